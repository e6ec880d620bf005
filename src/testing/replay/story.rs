//! Stories: what a service answers depends on what was done, and how long ago.

use std::collections::HashMap;
use std::time::Duration;

use super::exchange::Exchange;

/// The acts that have begun, by the name of their story. An act is an exchange
/// that does something, and the looks that follow it.
#[derive(Debug, Default)]
pub(super) struct Stories(HashMap<String, Act>);

#[derive(Clone, Copy, Debug)]
struct Act {
    /// The exchange that it begins with.
    begins: usize,
    /// When it was asked for.
    since: Duration,
}

impl Stories {
    /// The one of these parts of stories that answers a request at that moment;
    /// all fit it. A look is answered as the recorded one was that came as long
    /// after the beginning of the act. What belongs to a story that has not
    /// begun has no answer.
    pub(super) fn tell(&mut self, all: &[Exchange], fitting: &[usize], now: Duration) -> Option<usize> {
        fitting.iter().find_map(|index| {
            let exchange = all.get(*index)?;
            let story = exchange.story()?;
            let first = all.iter().position(|other| other.story() == Some(story))?;
            if is_deed(exchange) {
                let runs = *index == first || self.0.contains_key(story);
                runs.then(|| self.0.insert(story.to_owned(), Act { begins: *index, since: now }));
                return runs.then_some(*index);
            }
            let act = *self.0.get(story)?;
            let began = all.get(act.begins)?.at?;
            let passed = began + now.saturating_sub(act.since);
            let looks = (act.begins + 1..all.len()).take_while(|index| {
                all.get(*index).is_some_and(|other| other.story() == Some(story) && !is_deed(other))
            });
            let mut looks = looks.filter(|index| fitting.contains(index)).peekable();
            let earliest = *looks.peek()?;
            looks.filter(|index| all.get(*index).and_then(|look| look.at) <= Some(passed)).last().or(Some(earliest))
        })
    }
}

/// Whether it does something, and is no look.
fn is_deed(exchange: &Exchange) -> bool {
    !exchange.method.is_safe()
}
