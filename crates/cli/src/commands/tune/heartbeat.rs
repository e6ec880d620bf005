//! Heartbeat of a trial: renews its lease on the hub while it runs.

use std::time::Duration;

use mlhub::ErrorKind;
use mlhub::clock::{Clock as _, SystemClock};
use uuid::Uuid;

use super::study::Study;

/// Renewals in the time of a lease: two may fail before it ends.
const RENEWALS: u32 = 3;

/// Renews the lease for as long as the hub lets this worker have the trial; ends when it does not.
pub(super) async fn heartbeat<S: Study>(study: &S, trial: Uuid, lease: Duration) {
    loop {
        SystemClock::new().sleep(lease / RENEWALS).await;
        match study.renew(trial).await {
            // Told by somebody else, or deleted.
            Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::NotFound) => return,
            // Any other failure may pass, and the next renewal is not far.
            _ => {}
        }
    }
}
