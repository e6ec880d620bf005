//! Servers that do what a scenario says, and write down what they did.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mlhub::clock::Clock;
use mlhub::testing::{Reply, RetryAfter, SeenRequest, VirtualClock};
use serde_json::json;

use super::scenario::{Scenario, Trouble};
use crate::dice::Dice;

/// The header that says which call a request is of.
pub(super) const CALL: &str = "x-call";

pub(super) fn address(node: usize) -> String {
    format!("http://n{node}.test")
}

/// What a client knows when a request has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It is done.
    Done,
    /// Nothing was sent.
    Unsent,
    /// Not now, or the connection broke: it may have been done.
    NotNow,
    /// Not now, and when to come back: nothing was done.
    TurnedAway,
    /// Nothing, for as long as an attempt may take.
    Silence,
    /// The token is no good; nothing was done.
    Renew,
    /// No, or something that is no answer: it may have been done.
    Final,
}

/// One request, as its server knows it.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) call: usize,
    pub(super) at: Duration,
    /// When the client knows how it ended, unless its own time was over before.
    pub(super) end: Duration,
    pub(super) told: Told,
    /// How long the server wants to be left alone from then on.
    pub(super) asks: Duration,
    /// Whether what was asked for was done.
    pub(super) applied: bool,
    pub(super) key: Option<String>,
}

pub(super) struct World {
    windows: Vec<(Duration, Duration)>,
    trouble: Trouble,
    intensity: f64,
    timeout: Duration,
    clock: VirtualClock,
    state: Mutex<(Dice, Vec<Arrival>)>,
}

impl World {
    pub(super) fn new(scenario: &Scenario, clock: VirtualClock) -> Self {
        World {
            windows: scenario.windows.clone(),
            trouble: scenario.trouble,
            intensity: scenario.intensity,
            timeout: scenario.mode.timeout(),
            clock,
            state: Mutex::new((Dice::new(!scenario.seed), Vec::new())),
        }
    }

    /// Does one request, or spoils it, and writes it down.
    pub(super) fn answer(&self, seen: &SeenRequest) -> Reply {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (dice, arrivals) = &mut *state;
        let node: usize = seen.host().trim_start_matches('n').trim_end_matches(".test").parse().expect("a node");
        let (from, to) = self.windows[node];
        let spoilt = seen.at >= from && seen.at < to && dice.unit() < self.intensity;
        let good = Reply::json(&json!({"done": true, "by": node}));
        let (reply, told, asks, applied, takes) = match spoilt {
            false => (good, Told::Done, Duration::ZERO, true, Duration::ZERO),
            true => self.spoil(good, dice),
        };
        arrivals.push(Arrival {
            call: seen.header(CALL).and_then(|id| id.parse().ok()).expect("each call has its number"),
            at: seen.at,
            end: seen.at + takes,
            told,
            asks,
            applied,
            key: seen.header("idempotency-key").map(str::to_owned),
        });
        reply
    }

    fn spoil(&self, good: Reply, dice: &mut Dice) -> (Reply, Told, Duration, bool, Duration) {
        let maybe = dice.below(2) == 0;
        let seconds = 1 + dice.below(5);
        let wish = Duration::from_secs(seconds);
        // Dates are whole seconds.
        let until = wish - Duration::from_nanos(self.clock.now().subsec_nanos().into());
        let none = Duration::ZERO;
        let told = |spelling: RetryAfter| {
            let text = spelling.text(self.clock.wall()).expect("a spelling with a time");
            Reply::status(429).header("retry-after", &text)
        };
        let late = Duration::from_millis(700);
        match self.trouble.one(dice) {
            Trouble::Refuse => (Reply::no_connection(), Told::Unsent, none, false, none),
            Trouble::Reset => (Reply::reset(), Told::NotNow, none, maybe, none),
            Trouble::HangUp => (Reply::hang_up(), Told::NotNow, none, maybe, none),
            Trouble::StallBeforeHeaders => (Reply::hang(), Told::Silence, none, maybe, self.timeout),
            Trouble::StallInBody => (good.stall(), Told::Silence, none, true, self.timeout),
            Trouble::Slow => (good.after(late), Told::Done, none, true, late),
            Trouble::CutBody => (good.cut(), Told::NotNow, none, true, none),
            Trouble::Garbage => (Reply::garbage(), Told::NotNow, none, maybe, none),
            Trouble::GarbledBody => (Reply::bytes("{no json"), Told::Final, none, true, none),
            Trouble::Missing => (Reply::status(404), Told::Final, none, false, none),
            Trouble::Broken => (Reply::status(500), Told::Final, none, maybe, none),
            Trouble::Busy => (Reply::status(503), Told::NotNow, none, maybe, none),
            Trouble::ToldSeconds => (told(RetryAfter::Seconds(seconds)), Told::TurnedAway, wish, false, none),
            Trouble::ToldDate => (told(RetryAfter::Date(wish)), Told::TurnedAway, until, false, none),
            Trouble::Expired | Trouble::Anything => (Reply::status(401), Told::Renew, none, false, none),
        }
    }

    /// The requests of that call, in order.
    pub(super) fn of(&self, call: usize) -> Vec<Arrival> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1.iter().filter(|arrival| arrival.call == call).cloned().collect()
    }

    /// Whether some node has no trouble from then on.
    pub(super) fn is_safe_from(&self, moment: Duration) -> bool {
        self.windows.iter().any(|(from, to)| *to <= moment || from == to)
    }
}

/// The journal, for whoever has to understand a failure.
impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1.iter().try_for_each(|arrival| writeln!(f, "{arrival:?}"))
    }
}
