//! Replayed stories: what a service answers depends on what was done, and how long ago.

use std::collections::HashMap;
use std::time::Duration;

use super::exchange::RecordedExchange;

/// The acts that have begun, by the name of their story. An act is an exchange
/// that does something, and the polls that follow it.
#[derive(Debug, Default)]
pub(super) struct Stories(HashMap<String, StoryAct>);

#[derive(Clone, Copy, Debug)]
struct StoryAct {
    /// The exchange that it begins with.
    begins: usize,
    /// When it was asked for.
    since: Duration,
}

impl Stories {
    /// The one of these parts of stories that answers a request at that moment;
    /// all fit it. A poll is answered as the recorded one was that came as long
    /// after the beginning of the act. What belongs to a story that has not
    /// begun has no answer.
    pub(super) fn tell(&mut self, all: &[RecordedExchange], fitting: &[usize], now: Duration) -> Option<usize> {
        fitting.iter().find_map(|index| {
            let exchange = all.get(*index)?;
            let story = exchange.story()?;
            let first = all.iter().position(|other| other.story() == Some(story))?;
            if is_deed(exchange) {
                let runs = *index == first || self.0.contains_key(story);
                runs.then(|| self.0.insert(story.to_owned(), StoryAct { begins: *index, since: now }));
                return runs.then_some(*index);
            }
            let act = *self.0.get(story)?;
            let began = all.get(act.begins)?.at?;
            let passed = began + now.saturating_sub(act.since);
            let polls = (act.begins + 1..all.len()).take_while(|index| {
                all.get(*index).is_some_and(|other| other.story() == Some(story) && !is_deed(other))
            });
            let mut polls = polls.filter(|index| fitting.contains(index)).peekable();
            let earliest = *polls.peek()?;
            polls.filter(|index| all.get(*index).and_then(|poll| poll.at) <= Some(passed)).last().or(Some(earliest))
        })
    }
}

/// Whether it does something, and is no poll.
fn is_deed(exchange: &RecordedExchange) -> bool {
    !exchange.method.is_safe()
}
