//! The one place that asks what time it is, and the one that waits.

use std::time::{Duration, SystemTime};

/// The present moment.
#[expect(clippy::disallowed_methods, reason = "the clock of this crate")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// Ends after that time. Tests let it pass at once by pausing the runtime's timer.
#[expect(clippy::disallowed_methods, reason = "the clock of this crate")]
pub(crate) async fn sleep(time: Duration) {
    tokio::time::sleep(time).await;
}
