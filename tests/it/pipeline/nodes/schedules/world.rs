//! Servers that do what a schedule says, and write down who came.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mlhub::testing::Reply;

use super::TIMEOUT;
use crate::dice::Dice;

/// What a server does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Answers at once, or nearly.
    Up,
    /// Answers late, but in time.
    Slow(Duration),
    /// Takes requests and never answers them, nor those that it has.
    Frozen,
    /// Takes no connection, and breaks those that it has.
    Dead,
}

impl State {
    pub(super) fn lives(self) -> bool {
        matches!(self, State::Up | State::Slow(_))
    }
}

/// One request, as the server knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) node: usize,
    pub(super) at: Duration,
    /// When the client knows how it ends.
    pub(super) end: Duration,
    pub(super) answered: bool,
}

/// All servers of a schedule.
pub(super) struct World {
    /// For each server what it does from when on, the first from the start.
    pub(super) phases: Vec<Vec<(Duration, State)>>,
    arrivals: Mutex<Vec<Arrival>>,
}

/// The last trouble begins before this.
const TROUBLES: u64 = 40_000;

pub(super) fn address(node: usize) -> String {
    format!("http://n{node}.test")
}

impl World {
    /// Servers with up to four phases each, the last of which is `Up`.
    pub(super) fn random(dice: &mut Dice, count: usize) -> Self {
        let phases = (0..count)
            .map(|_| {
                let mut times: Vec<u64> = (0..dice.below(5)).map(|_| dice.below(TROUBLES)).collect();
                times.sort_unstable();
                times.dedup();
                let mut phases = vec![(Duration::ZERO, random_state(dice))];
                for at in times {
                    phases.push((Duration::from_millis(at), random_state(dice)));
                }
                phases.push((Duration::from_millis(TROUBLES), State::Up));
                phases
            })
            .collect();
        World { phases, arrivals: Mutex::default() }
    }

    /// When calls begin while there is trouble, and whether they read.
    pub(super) fn starts(&self, dice: &mut Dice) -> Vec<(Duration, bool)> {
        let mut starts = Vec::new();
        for _ in 0..8 {
            let at = Duration::from_millis(dice.below(TROUBLES));
            // A few at once, sometimes.
            for _ in 0..1 + dice.below(3) {
                starts.push((at + Duration::from_millis(dice.below(20)), dice.below(2) == 0));
            }
        }
        starts
    }

    /// From when on all live.
    pub(super) fn healed_at(&self) -> Duration {
        Duration::from_millis(TROUBLES)
    }

    /// Whether that server lives at every moment from the one to the other.
    pub(super) fn lives(&self, node: usize, from: Duration, to: Duration) -> bool {
        let phases = &self.phases[node];
        phases.iter().enumerate().all(|(index, (begin, state))| {
            let end = phases.get(index + 1).map_or(Duration::MAX, |(next, _)| *next);
            state.lives() || *begin > to || end <= from
        })
    }

    /// What it does with a request, which is written down.
    pub(super) fn answer(&self, host: &str, now: Duration) -> Reply {
        let node = host.trim_start_matches('n').trim_end_matches(".test").parse().unwrap_or(usize::MAX);
        let phases = &self.phases[node];
        let state = phases.iter().rev().find(|(begin, _)| *begin <= now).map_or(State::Dead, |(_, state)| *state);
        let takes = match state {
            State::Slow(time) => time,
            _ => Duration::from_millis(2),
        };
        let trouble = phases.iter().find(|(begin, state)| *begin > now && *begin <= now + takes && !state.lives());
        let (reply, end, answered) = match (state, trouble) {
            (State::Dead, _) => (Reply::no_connection(), now, false),
            (State::Frozen, _) | (_, Some((_, State::Frozen))) => (Reply::hang(), now + TIMEOUT, false),
            (_, Some((at, _))) => (Reply::reset().after(*at - now), *at, false),
            (_, None) => (Reply::json(&node).after(takes), now + takes, true),
        };
        let arrival = Arrival { node, at: now, end, answered };
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).push(arrival);
        reply
    }

    /// Everything that was written down, in order.
    pub(super) fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn random_state(dice: &mut Dice) -> State {
    match dice.below(5) {
        0 => State::Dead,
        1 => State::Frozen,
        2 => State::Slow(Duration::from_millis(100 + dice.below(800))),
        _ => State::Up,
    }
}

/// The schedule, for whoever has to understand a failure.
impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (node, phases) in self.phases.iter().enumerate() {
            writeln!(f, "n{node}: {phases:?}")?;
        }
        for arrival in self.arrivals() {
            writeln!(f, "{arrival:?}")?;
        }
        Ok(())
    }
}
