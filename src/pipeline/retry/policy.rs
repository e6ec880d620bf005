//! Retry policy: how often a call is repeated, and its backoff: exponential, with full jitter, capped.

use std::fmt;
use std::time::{Duration, TryFromFloatSecsError};

use serde::{Deserialize, Serialize};

use crate::error::{Attempt, Outcome};

/// Attempts of one call, the first included.
pub const MAX_ATTEMPTS: u32 = 4;
/// Upper bound of the pause before the first repetition; it doubles from there.
pub const BASE_DELAY: Duration = Duration::from_millis(250);
/// No pause of ours is longer; one that the server asks for may be.
pub const MAX_DELAY: Duration = Duration::from_secs(20);

/// The retry policy: plain data that prints and compares.
///
/// What may be repeated at all is decided by the operation: a call that changes
/// something is only repeated when nothing was sent, or when the server honours
/// an idempotency key. The pause before repetition *n* is a random part of
/// `base · 2ⁿ⁻¹`, at most `cap`, on top of the server's `Retry-After`. All
/// clones of a client share a budget for repetitions, so that a server in
/// trouble is not hit with a multiple of the usual load.
///
/// ```
/// use mlhub::Retry;
/// let patient = Retry::default().max_attempts(8).on_timeout(true);
/// assert_eq!(patient.to_string(), "8 attempts, pauses up to 0.25 s doubling to 20 s, timeouts repeated");
/// ```
/// It is read from and written to a configuration as seconds; what is left out
/// is as by default:
///
/// ```
/// # fn main() -> Result<(), serde_json::Error> {
/// let policy: mlhub::Retry = serde_json::from_str(r#"{"max_attempts": 8, "base": 0.5}"#)?;
/// assert_eq!(policy, mlhub::Retry::default().max_attempts(8).base(std::time::Duration::from_millis(500)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RetryConfig", into = "RetryConfig")]
#[must_use]
pub struct Retry {
    max_attempts: u32,
    max_connects: Option<u32>,
    base: Duration,
    cap: Duration,
    on_timeout: bool,
    budget: bool,
}

/// A policy as a configuration has it.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RetryConfig {
    max_attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_connects: Option<u32>,
    base: f64,
    cap: f64,
    on_timeout: bool,
    budget: bool,
}

impl Default for RetryConfig {
    fn default() -> Self {
        Retry::default().into()
    }
}

impl From<Retry> for RetryConfig {
    fn from(retry: Retry) -> Self {
        let Retry { max_attempts, max_connects, base, cap, on_timeout, budget } = retry;
        let (base, cap) = (base.as_secs_f64(), cap.as_secs_f64());
        RetryConfig { max_attempts, max_connects, base, cap, on_timeout, budget }
    }
}

impl TryFrom<RetryConfig> for Retry {
    type Error = TryFromFloatSecsError;

    fn try_from(config: RetryConfig) -> Result<Self, Self::Error> {
        let (base, cap) = (Duration::try_from_secs_f64(config.base)?, Duration::try_from_secs_f64(config.cap)?);
        let retry = Retry { base, cap, on_timeout: config.on_timeout, budget: config.budget, ..Retry::default() };
        let retry = retry.max_attempts(config.max_attempts);
        Ok(config.max_connects.map_or(retry, |attempts| retry.max_connects(attempts)))
    }
}

impl Default for Retry {
    fn default() -> Self {
        let (base, cap) = (BASE_DELAY, MAX_DELAY);
        Retry { max_attempts: MAX_ATTEMPTS, max_connects: None, base, cap, on_timeout: false, budget: true }
    }
}

impl Retry {
    /// One attempt, whatever happens.
    pub fn never() -> Self {
        Retry::default().max_attempts(1)
    }

    /// Attempts of one call, the first included; 0 counts as 1. Default: 4.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Attempts that find no connection, counted by themselves: those that do
    /// then count for [`max_attempts`](Self::max_attempts) alone. 0 counts as 1.
    /// Default: all count alike.
    pub fn max_connects(mut self, attempts: u32) -> Self {
        self.max_connects = Some(attempts.max(1));
        self
    }

    /// Upper bound of the first pause. Default: 0.25 s.
    pub fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// Upper bound of every pause. Default: 20 s.
    pub fn cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// Whether an attempt that ran out of time is repeated where repeating does
    /// no harm. Default: no, because a slow server gets slower by it.
    pub fn on_timeout(mut self, yes: bool) -> Self {
        self.on_timeout = yes;
        self
    }

    /// Whether repetitions draw on the budget that a client's clones share: about a hundred in a row, refilled by
    /// successes. Default: yes, because many clients without one keep a server in trouble down. Without it attempts and
    /// deadline alone bound a call; what other calls draw is not touched.
    pub fn budget(mut self, yes: bool) -> Self {
        self.budget = yes;
        self
    }

    /// Attempts of one call, the first included.
    pub fn attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Whether there is no attempt left after the last one of these, which was
    /// the first or so-many-th repetition.
    pub(crate) fn is_spent(&self, repetition: u32, attempts: &[Attempt]) -> bool {
        let Some(most) = self.max_connects else {
            return repetition >= self.max_attempts;
        };
        let unsent = attempts.iter().filter(|attempt| attempt.outcome == Outcome::NotSent).count();
        let unsent = u32::try_from(unsent).unwrap_or(u32::MAX);
        match attempts.last().map(|attempt| attempt.outcome) {
            Some(Outcome::NotSent) => unsent >= most,
            _ => repetition.saturating_sub(unsent) >= self.max_attempts,
        }
    }

    pub(crate) fn repeats_timeouts(&self) -> bool {
        self.on_timeout
    }

    pub(crate) fn has_budget(&self) -> bool {
        self.budget
    }

    /// The backoff before that repetition (the first is 1): full jitter, as
    /// `unit` in `0..1` has it.
    pub(crate) fn backoff(&self, repetition: u32, unit: f64) -> Duration {
        let doubled = 2f64.powi(repetition.saturating_sub(1).min(1000) as i32);
        let bound = (self.base.as_secs_f64() * doubled).min(self.cap.as_secs_f64());
        // Only a cap near the end of all time does not fit.
        Duration::try_from_secs_f64(bound * unit).unwrap_or(self.cap)
    }
}

impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.max_attempts, self.max_connects) {
            (1, None) => return f.write_str("1 attempt"),
            (1, _) => f.write_str("1 attempt")?,
            (most, _) => write!(f, "{most} attempts")?,
        }
        if let Some(most) = self.max_connects {
            write!(f, " and {most} that find no connection")?;
        }
        write!(
            f,
            ", pauses up to {} s doubling to {} s, timeouts {}{}",
            self.base.as_secs_f64(),
            self.cap.as_secs_f64(),
            if self.on_timeout { "repeated" } else { "not repeated" },
            if self.budget { "" } else { ", no budget" },
        )
    }
}
