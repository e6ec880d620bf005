//! Idempotency keys.

use std::sync::LazyLock;

use mlhub::Op;
use mlhub::op::RetryClass;
use mlhub::testing::{Lab, Reply};

use crate::support::{Checked, KEYED, call, client, failure, op};

static STAMPED: LazyLock<Op> =
    LazyLock::new(|| Op { key: Some("idempotency-key"), ..op("stamped", RetryClass::Never) });

fn keys(lab: &Lab) -> Vec<String> {
    lab.seen().iter().filter_map(|seen| seen.header("idempotency-key").map(str::to_owned)).collect()
}

#[tokio::test(start_paused = true)]
async fn all_attempts_of_a_call_carry_the_same_key() -> Checked {
    let lab = Lab::new();
    let clock = lab.clock();
    lab.rule(move |seen| {
        // A key made anew would be another one: chance changes with each request.
        clock.set_chance(0.1 + seen.at.as_secs_f64() / 100.0);
        None
    });
    lab.then(Reply::status(503)).then(Reply::reset()).then(Reply::json(&1));
    call(&client(&lab)?, &KEYED).await?;
    let keys = keys(&lab);
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0] && key.len() == 36), "{keys:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_call_has_a_key_of_its_own() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    let pipeline = client(&lab)?;
    call(&pipeline, &KEYED).await?;
    lab.clock().set_chance(0.25);
    call(&pipeline, &KEYED).await?;
    let keys = keys(&lab);
    assert_ne!(keys[0], keys[1]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_key_of_the_caller_stays() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    call(&client(&lab)?.with(|o| o.header("Idempotency-Key", "mine")), &KEYED).await?;
    assert_eq!(keys(&lab), ["mine"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_key_alone_makes_no_call_repeatable() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::status(503));
    failure(call(&client(&lab)?, &STAMPED).await)?;
    assert_eq!(keys(&lab).len(), 1);
    Ok(())
}
