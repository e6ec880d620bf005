//! Whether the promises were kept, by what the servers wrote down.
//!
//! Nothing here knows how the client chooses. What it should have done follows
//! from the schedule, the journal, and the promised cooldowns.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::world::{Arrival, World};

/// One call, from outside.
pub(super) struct Call {
    pub(super) start: Duration,
    pub(super) end: Duration,
    pub(super) error: Option<String>,
}

/// What happened.
pub(super) struct Run {
    pub(super) world: Arc<World>,
    /// In the order in which they began.
    pub(super) calls: Vec<Call>,
    /// All servers live from then on, and every cooldown is over.
    pub(super) healed: Duration,
    /// From then on every server has had its probe.
    pub(super) even_from: Duration,
}

/// What was judged, so that a run that judged nothing shows.
#[derive(Default)]
pub(super) struct Sum {
    calls: usize,
    failed: usize,
    attempts: usize,
    returns: usize,
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sum { calls, failed, attempts, returns } = self;
        write!(f, "{calls} calls, {failed} of them failed with no server alive, {attempts} attempts, {returns} returns")
    }
}

pub(super) fn judge(run: &Run, sum: &mut Sum) -> Result<(), String> {
    let arrivals = run.world.arrivals();
    sum.calls += run.calls.len();
    sum.attempts += arrivals.len();
    no_failure_while_one_lives(run, sum)?;
    for node in 0..run.world.phases.len() {
        traffic_returns(run, node, &arrivals, sum)?;
        if !arrivals.iter().any(|arrival| arrival.node == node && arrival.at >= run.healed) {
            return Err(format!("n{node} is left alone for longer than any cooldown"));
        }
    }
    load_is_even(run, &arrivals)
}

fn no_failure_while_one_lives(run: &Run, sum: &mut Sum) -> Result<(), String> {
    for call in &run.calls {
        let Some(error) = &call.error else { continue };
        sum.failed += 1;
        if let Some(node) = (0..run.world.phases.len()).find(|node| run.world.lives(*node, call.start, call.end)) {
            return Err(format!("a call from {:?} to {:?} failed while n{node} lived: {error}", call.start, call.end));
        }
    }
    Ok(())
}

/// A server that heals is tried as soon as its cooldown is over, a tenth of it more
/// at most: by the next calls, one for each server that may be due.
fn traffic_returns(run: &Run, node: usize, arrivals: &[Arrival], sum: &mut Sum) -> Result<(), String> {
    let phases = &run.world.phases[node];
    for (pair, (healed, state)) in phases.iter().zip(&phases[1..]) {
        if pair.1.lives() || !state.lives() {
            continue;
        }
        // What went wrong there since its last answer, as far as the client knows.
        let mut before: Vec<_> = arrivals.iter().filter(|seen| seen.node == node && seen.at < *healed).collect();
        before.sort_by_key(|seen| seen.end);
        let failures = before.iter().rev().take_while(|seen| !seen.answered).count();
        let Some(last) = before.last().filter(|_| failures > 0) else { continue };
        let cooldown = Duration::from_secs(1 << (failures - 1).min(5)).min(Duration::from_secs(30));
        let by = (*healed).max(last.end + cooldown.mul_f64(1.1));
        let after = run.calls.iter().filter(|call| call.start >= by).nth(run.world.phases.len() - 1);
        let Some(call) = after.filter(|call| run.world.lives(node, *healed, call.start)) else { continue };
        sum.returns += 1;
        if !arrivals.iter().any(|seen| seen.node == node && seen.at >= *healed && seen.at <= call.start) {
            return Err(format!(
                "n{node} lives since {healed:?}, its cooldown ended by {by:?}; no traffic at {:?}",
                call.start
            ));
        }
    }
    Ok(())
}

/// No server gets more than 1.1 times the mean.
fn load_is_even(run: &Run, arrivals: &[Arrival]) -> Result<(), String> {
    let count = run.world.phases.len();
    let mut load = vec![0usize; count];
    for arrival in arrivals.iter().filter(|arrival| arrival.at >= run.even_from) {
        load[arrival.node] += 1;
    }
    let mean = load.iter().sum::<usize>() as f64 / count as f64;
    let most = load.iter().max().copied().unwrap_or_default() as f64;
    (mean > 0.0 && most <= 1.1 * mean).then_some(()).ok_or_else(|| format!("the load is not even: {load:?}"))
}
