//! The promises, held against what the servers wrote down.

use std::collections::HashSet;
use std::time::Duration;

use mlhub::op::RetryClass;

use super::scenario::{LONGEST_PAUSE, MAX_COOLDOWN, Mode, Scenario};
use super::world::{Arrival, Told, World};

/// Virtual time costs nothing, so that this is for rounding alone.
const OVERRUN: Duration = Duration::from_millis(10);
/// Attempts of a client that was told nothing.
const ATTEMPTS: usize = 4;
/// The bound on its first pause, which doubles up to the other.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LAST_PAUSE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: usize,
    pub(super) start: Duration,
    pub(super) end: Duration,
    pub(super) error: Option<String>,
}

/// What the judge has seen: a promise that was never put to the test proves nothing.
#[derive(Debug, Default)]
pub(super) struct Tally {
    calls: usize,
    failed: usize,
    requests: usize,
    repeated: usize,
    told_when: usize,
    /// Calls that had to succeed because there was a safe path.
    saved: usize,
    /// Failures after the last attempt of a client by default.
    exhausted: usize,
    /// Calls whose last attempt the deadline cut short.
    cut_short: usize,
}

impl Tally {
    pub(super) fn enough(&self) -> Result<(), String> {
        let all = [self.failed, self.repeated, self.told_when, self.saved, self.exhausted];
        // A deadline comes in the middle of an attempt where all nodes are silent to the end, which is rare.
        match all.iter().all(|count| *count >= 250) && self.cut_short >= 10 {
            true => Ok(()),
            false => Err(format!("the scenarios put too little to the test: {self:?}")),
        }
    }
}

pub(super) fn judge(scenario: &Scenario, world: &World, calls: &[Call], tally: &mut Tally) -> Result<(), String> {
    for call in calls {
        let requests = world.of(call.id);
        tally.calls += 1;
        tally.requests += requests.len();
        tally.failed += usize::from(call.error.is_some());
        let cut_short = |last: &Arrival| last.told == Told::Silence && call.end < last.end;
        tally.cut_short += usize::from(requests.last().is_some_and(cut_short));
        let fault = deadline(scenario, call)
            .and_then(|()| effects(scenario, &requests))
            .and_then(|()| order(scenario, &requests, tally))
            .and_then(|()| match &call.error {
                Some(_) => failure(scenario, world, call, &requests, tally),
                None => success(scenario, world, call, &requests, tally),
            });
        fault.map_err(|why| format!("call {}: {why}", call.id))?;
    }
    Ok(())
}

fn deadline(scenario: &Scenario, call: &Call) -> Result<(), String> {
    let took = call.end - call.start;
    check(took <= scenario.mode.deadline() + OVERRUN, || format!("took {took:?}"))
}

/// Nothing is done twice that must not be.
fn effects(scenario: &Scenario, requests: &[Arrival]) -> Result<(), String> {
    let applied = requests.iter().filter(|request| request.applied);
    let count = match scenario.op.retry {
        RetryClass::Safe => return Ok(()),
        RetryClass::Never => applied.count(),
        // The server does one key's work once.
        RetryClass::Keyed { .. } => applied.map(|request| &request.key).collect::<HashSet<_>>().len(),
    };
    check(count <= 1, || format!("was applied {count} times"))
}

/// Each request was allowed by the one before it, and came no sooner than asked.
fn order(scenario: &Scenario, requests: &[Arrival], tally: &mut Tally) -> Result<(), String> {
    let mut renewed = false;
    for pair in requests.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        tally.repeated += 1;
        let allowed = match before.told {
            Told::Renew => !std::mem::replace(&mut renewed, true),
            told => repeatable(scenario, told),
        };
        check(allowed, || format!("repeated after {before:?}"))?;
        tally.told_when += usize::from(!before.asks.is_zero());
        let gap = after.at.saturating_sub(before.end);
        check(gap >= before.asks, || format!("came back after {gap:?}, asked for {:?}", before.asks))?;
    }
    let renewals = usize::from(renewed);
    let most = if scenario.mode == Mode::Defaults { ATTEMPTS + renewals } else { usize::MAX };
    check(requests.len() <= most, || format!("{} requests", requests.len()))
}

fn repeatable(scenario: &Scenario, told: Told) -> bool {
    let harmless = scenario.op.retry != RetryClass::Never;
    match told {
        Told::Unsent | Told::TurnedAway => true,
        Told::NotNow => harmless,
        Told::Silence => harmless && scenario.mode == Mode::Unlimited,
        Told::Done | Told::Renew | Told::Final => false,
    }
}

/// Whether the call had to come through: nothing had ended it, and a node was
/// there long enough before the deadline for each other node to be found out.
fn must_succeed(scenario: &Scenario, world: &World, call: &Call, requests: &[Arrival]) -> bool {
    let search = (scenario.mode.timeout() + LONGEST_PAUSE + MAX_COOLDOWN) * (scenario.nodes as u32 + 1);
    let late = (call.start + scenario.mode.deadline()).saturating_sub(search);
    let renewals = requests.iter().filter(|request| request.told == Told::Renew).count();
    scenario.mode == Mode::Unlimited
        && renewals < 2
        && requests
            .iter()
            .all(|request| matches!(request.told, Told::Renew | Told::Done) || repeatable(scenario, request.told))
        && world.is_safe_from(late)
}

fn success(
    scenario: &Scenario,
    world: &World,
    call: &Call,
    requests: &[Arrival],
    tally: &mut Tally,
) -> Result<(), String> {
    tally.saved += usize::from(requests.len() > 1 && must_succeed(scenario, world, call, requests));
    let done = requests.last().is_some_and(|request| request.told == Told::Done);
    check(done, || "succeeded without an answer".to_owned())
}

fn failure(
    scenario: &Scenario,
    world: &World,
    call: &Call,
    requests: &[Arrival],
    tally: &mut Tally,
) -> Result<(), String> {
    let Some(last) = requests.last() else {
        return Err("failed untried".to_owned());
    };
    check(!must_succeed(scenario, world, call, requests), || "failed although there was a safe path".to_owned())?;
    check(last.told != Told::Done || last.end >= call.end, || "failed although it was done".to_owned())?;
    if scenario.mode == Mode::Unlimited {
        return Ok(());
    }
    let renewals = requests.iter().filter(|request| request.told == Told::Renew).count();
    // One renewal is on the house; the token was fresh for the second.
    check(last.told != Told::Renew || renewals > 1, || "gave up where a fresh token was due".to_owned())?;
    let tries = requests.len() - renewals;
    tally.exhausted += usize::from(tries == ATTEMPTS);
    let pause = (FIRST_PAUSE * 2u32.pow(tries.max(1) as u32 - 1)).min(LAST_PAUSE);
    let left = (call.start + scenario.mode.deadline()).saturating_sub(call.end);
    let allowed = repeatable(scenario, last.told) && tries < ATTEMPTS && left > pause + last.asks;
    check(!allowed, || format!("gave up after {tries} attempts with {left:?} left"))
}

fn check(kept: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if kept { Ok(()) } else { Err(why()) }
}
