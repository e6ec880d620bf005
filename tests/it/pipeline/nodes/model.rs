//! Any row of events, held against a small model of what servers may be asked: the one whose cooldown is over, else one
//! that lives, else the one closest to waking; and never one twice before each was asked.

use std::collections::BTreeSet;

use mlhub::clock::Clock;
use mlhub::testing::Reply;
use mlhub::{Cooldown, Retry};
use proptest::prelude::*;

use super::site::Site;
use crate::support::{READ, call, seconds};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
/// One attempt, in milliseconds.
const TIMEOUT: u64 = 1000;

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Up,
    Dead,
    Hung,
    Busy,
}

#[derive(Clone, Debug)]
enum Event {
    Call,
    Set(usize, State),
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    let state = prop_oneof![Just(State::Up), Just(State::Dead), Just(State::Hung), Just(State::Busy)];
    prop_oneof![
        4 => Just(Event::Call),
        2 => (0..NAMES.len(), state).prop_map(|(node, state)| Event::Set(node, state)),
        2 => (0..40u64).prop_map(|tenths| Event::Pass(tenths * 100)),
        1 => (0..40u64).prop_map(|second| Event::Pass(second * 1000)),
    ]
}

/// What the model knows of a server.
#[derive(Clone, Copy, Debug)]
struct Known {
    state: State,
    /// Failures in a row, and when the rest after the last is over.
    failures: u32,
    wakes: u64,
}

struct Model {
    nodes: Vec<Known>,
}

impl Model {
    /// The servers that the next attempt may go to, after those in `asked`, at that millisecond.
    fn allowed(&self, asked: &[usize], now: u64) -> BTreeSet<usize> {
        let fresh = |node: &usize| !asked.contains(node);
        let all: Vec<usize> = (0..self.nodes.len()).filter(fresh).collect();
        let kind = |wanted: fn(&Known, u64) -> bool| -> Vec<usize> {
            all.iter().copied().filter(|node| wanted(&self.nodes[*node], now)).collect()
        };
        let living = kind(|known, _| known.failures == 0);
        let due = kind(|known, now| known.failures > 0 && known.wakes <= now);
        // A call's first attempt is what finds out; a later one goes where life is likely.
        let order = if asked.is_empty() { [due, living] } else { [living, due] };
        let first = order.into_iter().find(|nodes| !nodes.is_empty()).unwrap_or_else(|| all.clone());
        if first.iter().all(|node| self.nodes[*node].failures == 0) {
            return first.into_iter().collect();
        }
        let soonest = first.iter().map(|node| self.nodes[*node].wakes).min();
        first.into_iter().filter(|node| Some(self.nodes[*node].wakes) == soonest).collect()
    }

    /// What an attempt at that server, begun then, teaches; when it ended, and whether it succeeded.
    fn attempt(&mut self, node: usize, at: u64) -> (u64, bool) {
        let known = &mut self.nodes[node];
        let end = if known.state == State::Hung { at + TIMEOUT } else { at };
        if known.state == State::Up {
            (known.failures, known.wakes) = (0, 0);
            return (end, true);
        }
        // What fails during its cooldown, because nobody else is there, does not make it longer.
        if known.failures == 0 || known.wakes <= at {
            known.failures += 1;
            known.wakes = end + 1000 * 2u64.pow(known.failures - 1).min(30);
        }
        (end, false)
    }
}

async fn play(nodes: usize, events: &[Event]) -> Result<(), TestCaseError> {
    let fail = |error: mlhub::Error| TestCaseError::fail(error.to_string());
    let site = Site::new();
    let retry = Retry::default().max_attempts(nodes as u32).on_timeout(true).budget(false);
    let pipeline =
        site.pipeline(nodes).cooldown(Cooldown::default()).retry(retry).timeout(seconds(TIMEOUT / 1000)).build();
    let pipeline = pipeline.map_err(fail)?;
    let up = Known { state: State::Up, failures: 0, wakes: 0 };
    let mut model = Model { nodes: vec![up; nodes] };
    for event in events {
        match *event {
            Event::Pass(milliseconds) => site.pass(std::time::Duration::from_millis(milliseconds)).await,
            Event::Set(node, _) if node >= nodes => {}
            Event::Set(node, state) => {
                model.nodes[node].state = state;
                match state {
                    State::Up => site.heal(NAMES[node]),
                    State::Dead => site.set(NAMES[node], Reply::no_connection()),
                    State::Hung => site.set(NAMES[node], Reply::hang()),
                    State::Busy => site.set(NAMES[node], Reply::status(503)),
                }
            }
            Event::Call => {
                let began = site.lab.clock().now().as_millis() as u64;
                let result = call(&pipeline, &READ).await;
                let (mut now, mut asked, mut done) = (began, Vec::new(), false);
                for (at, name) in site.timed_arrivals() {
                    prop_assert!(!done, "asked {name} after an answer");
                    prop_assert_eq!(at, now, "chance is nought: the next attempt comes at once");
                    let node = NAMES.iter().position(|known| *known == name).expect("a server of the site");
                    let allowed = model.allowed(&asked, now);
                    prop_assert!(allowed.contains(&node), "{} at {now}, allowed: {allowed:?}, {:?}", name, model.nodes);
                    (now, done) = model.attempt(node, at);
                    asked.push(node);
                }
                prop_assert!(done || asked.len() == nodes, "gave up after {asked:?}");
                prop_assert_eq!(result.is_ok(), done);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::dice::cases(512))]

    #[test]
    fn servers_are_asked_as_the_model_says(nodes in 1..=NAMES.len(), events in prop::collection::vec(event(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.expect("a runtime").block_on(play(nodes, &events))?;
    }
}
