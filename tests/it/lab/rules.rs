//! Rules choose by operation, attempt, probability, time and count.

use mlhub::autotune::ops::OPS;
use mlhub::clock::Clock as _;
use mlhub::op::{AuthKind, Op};
use mlhub::pipeline::Pipeline;
use mlhub::testing::{Fault, FaultRule, Lab, Reply};
use mlhub::{Options, RawCall};

use crate::support::{Checked, NEVER, READ, call, client_with, filled, seconds};

/// A call that no document names.
static RAW: Op = Op::raw("lab", AuthKind::None, "detail");

/// A lab that answers all and fails some.
fn lab(rule: FaultRule) -> Lab {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&1))).fault(rule);
    lab
}

/// How each of so many calls without repetition ends: `.` or `x`.
async fn pattern(lab: &Lab, calls: usize) -> Result<String, mlhub::Error> {
    let pipeline = client_with(lab, Options::no_retry)?;
    let mut pattern = String::new();
    for _ in 0..calls {
        pattern.push(if call(&pipeline, &READ).await.is_ok() { '.' } else { 'x' });
    }
    Ok(pattern)
}

fn find(id: &str) -> &'static Op {
    OPS.iter().find(|op| op.id == id).expect("an operation of the document")
}

async fn ask(pipeline: &Pipeline, id: &str) -> Result<serde_json::Value, mlhub::Error> {
    filled(pipeline, find(id)).send().await
}

#[tokio::test(start_paused = true)]
async fn by_operation() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&serde_json::json!({"items": [], "trial_id": 1}))))
        .fault(FaultRule::new(Fault::Status(500)).operation(OPS, "experiment_get"));
    // The client's address has a path of its own.
    let pipeline = client_with(&lab, Options::no_retry)?;
    assert!(ask(&pipeline, "experiment_get").await.is_err());
    assert!(ask(&pipeline, "experiment_best").await.is_ok());
    assert!(ask(&pipeline, "experiment_list").await.is_ok());
    let named: Vec<_> = lab.seen().iter().filter_map(|seen| seen.operation(OPS)).map(|op| op.id).collect();
    assert_eq!(named, ["experiment_get", "experiment_best", "experiment_list"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_operation_that_explains_most_of_a_request_is_meant() -> Checked {
    let row = |id, path| Op { id, path, ..Op::clone(&READ) };
    let rows = [row("any", "/{any}"), row("one", "/things/{id}"), row("all", "/things/all")];
    let rows: &'static [Op] = Box::leak(Box::new(rows));
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&1)));
    let pipeline = client_with(&lab, Options::no_retry)?;
    for path in ["/things/all", "/things/7", "/other"] {
        RawCall::raw(pipeline.clone(), &RAW, http::Method::GET, path).send::<u8>().await?;
    }
    let named: Vec<_> = lab.seen().iter().filter_map(|seen| seen.operation(rows)).map(|op| op.id).collect();
    assert_eq!(named, ["all", "one", "any"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn by_attempt() -> Checked {
    let lab = lab(FaultRule::new(Fault::Status(503)).attempts(1..=2));
    let pipeline = client_with(&lab, |o| o)?;
    for _ in 0..2 {
        call(&pipeline, &READ).await?;
    }
    let attempts: Vec<_> = lab.seen().iter().map(|seen| seen.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 1, 2, 3]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refused_attempt_counts_and_is_not_in_the_journal() -> Checked {
    let lab = lab(FaultRule::new(Fault::Refuse).attempt(1));
    call(&client_with(&lab, |o| o)?, &NEVER).await?;
    let attempts: Vec<_> = lab.seen().iter().map(|seen| seen.attempt).collect();
    assert_eq!(attempts, [2]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn by_probability_alike_in_every_run() -> Checked {
    let third = |seed| lab(FaultRule::new(Fault::Reset).probability(0.3, seed));
    let (one, again, other) = (third(1), third(1), third(2));
    let pattern_of_one = pattern(&one, 200).await?;
    assert_eq!(pattern_of_one, pattern(&again, 200).await?);
    assert_ne!(pattern_of_one, pattern(&other, 200).await?);
    let failed = pattern_of_one.matches('x').count();
    assert!((40..=80).contains(&failed), "{failed} of 200");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn by_time() -> Checked {
    let lab = lab(FaultRule::new(Fault::Refuse).between(seconds(1)..seconds(2)));
    let pipeline = client_with(&lab, Options::no_retry)?;
    let mut ends = Vec::new();
    for _ in 0..4 {
        ends.push(call(&pipeline, &READ).await.is_ok());
        lab.clock().sleep(seconds(1) / 2).await;
    }
    assert_eq!(ends, [true, true, false, false]);
    assert!(call(&pipeline, &READ).await.is_ok());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn by_count_and_the_first_that_fits_wins() -> Checked {
    let lab = lab(FaultRule::new(Fault::Reset).times(2));
    lab.fault(FaultRule::new(Fault::Status(500)).times(1));
    assert_eq!(pattern(&lab, 5).await?, "xxx..");
    let lab = self::lab(Fault::Reset.into());
    assert_eq!(pattern(&lab, 3).await?, "xxx");
    lab.heal();
    assert_eq!(pattern(&lab, 3).await?, "...");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_script_waits_while_a_fault_takes_its_place() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&1)).then(Reply::json(&2)).fault(FaultRule::new(Fault::Status(503)).times(1));
    let pipeline = client_with(&lab, |o| o)?;
    assert_eq!(call(&pipeline, &READ).await?, 1);
    assert_eq!(call(&pipeline, &READ).await?, 2);
    Ok(())
}
