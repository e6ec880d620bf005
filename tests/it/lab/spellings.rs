//! Every spelling of `Retry-After` means what it says.

use std::time::Duration;

use mlhub::testing::{Fault, FaultRule, Lab, Reply, RetryAfter};

use crate::support::{Checked, READ, call, client_with, failure, times};

/// What a client has to make of a spelling with seven seconds in it.
fn meaning(spelling: &RetryAfter) -> Option<Duration> {
    match spelling {
        RetryAfter::Absent | RetryAfter::Text(_) => None,
        RetryAfter::Past(_) => Some(Duration::ZERO),
        _ => Some(Duration::from_secs(7)),
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_keeps_to_each_of_them() -> Checked {
    for spelling in RetryAfter::samples(Duration::from_secs(7)) {
        let lab = Lab::new();
        lab.rule(|_| Some(Reply::json(&1))).fault(FaultRule::new(Fault::TooMany(spelling.clone())).attempt(1));
        let pipeline = client_with(&lab, |o| o)?;
        if spelling == RetryAfter::Huge {
            let error = failure(call(&pipeline, &READ).await)?;
            assert!(error.to_string().contains("asks to be left alone for"), "{error}");
            continue;
        }
        call(&pipeline, &READ).await?;
        let gap = times(&lab)[1];
        let asked = meaning(&spelling).unwrap_or_default().as_millis();
        assert!(gap >= asked && gap < asked + 250, "{spelling:?}: {gap} ms");
    }
    Ok(())
}
