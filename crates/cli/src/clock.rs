//! The one place that asks what time it is.

use std::time::SystemTime;

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "the clock of this crate")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}
