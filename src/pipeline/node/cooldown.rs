//! Cooldown of a node that failed: how long it gets no calls.

use std::fmt;
use std::time::Duration;

/// Cooldown of a node that has failed for the first time.
pub const BASE_COOLDOWN: Duration = Duration::from_secs(1);
/// The longest cooldown. This and the first are the figures of Elastic's transport
/// library: short enough for a node that is only restarted, long enough for one
/// that is gone.
pub const MAX_COOLDOWN: Duration = Duration::from_secs(30);

/// A cooldown is shorter by up to this part, by chance: clients that lost a node
/// together do not come back to it together.
const JITTER: f64 = 0.1;

/// The cooldown of a node that failed: plain data that prints and compares.
///
/// The cooldown after failure *n* in a row is `base · 2ⁿ⁻¹`, at most `cap`, less a
/// random part of up to a tenth. One answer that the node gives ends it.
///
/// ```
/// use mlhub::Cooldown;
/// use std::time::Duration;
///
/// assert_eq!(Cooldown::default().to_string(), "1 s doubling to 30 s");
/// // As the Python client of Loud ML has it.
/// let classic = Cooldown::default().base(Duration::from_secs(60)).cap(Duration::from_secs(1920));
/// assert_eq!(classic.to_string(), "60 s doubling to 1920 s");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Cooldown {
    base: Duration,
    cap: Duration,
}

impl Default for Cooldown {
    fn default() -> Self {
        Cooldown { base: BASE_COOLDOWN, cap: MAX_COOLDOWN }
    }
}

impl Cooldown {
    /// The first cooldown. Default: 1 s.
    pub fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// The longest cooldown. Default: 30 s.
    pub fn cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// The cooldown after that many failures in a row, with chance in `0..1`.
    pub(super) fn after(&self, failures: u32, unit: f64) -> Duration {
        let doubled = 2f64.powi(failures.saturating_sub(1).min(1000) as i32);
        let whole = (self.base.as_secs_f64() * doubled).min(self.cap.as_secs_f64());
        // Only a cap near the end of all time does not fit.
        Duration::try_from_secs_f64(whole * (1.0 - JITTER * unit)).unwrap_or(self.cap)
    }
}

impl fmt::Display for Cooldown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s doubling to {} s", self.base.as_secs_f64(), self.cap.as_secs_f64())
    }
}
