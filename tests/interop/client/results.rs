//! Tasks and what comes of them.

use std::time::Duration;

use mlhub::ErrorKind;
use mlhub::vantage6::{Login, NewTask, PrivateKey, crypto::KeyRegistration};
use serde_json::{Value, json};

use super::replies::Replies;
use super::{Checked, OFTEN, beside, failure, member, organizations, signed, stranger};
use crate::federation::{Federation, PASSWORD};
use crate::{hq, peer};

const LONG: Duration = Duration::from_secs(120);

/// A task at all members, whose results are what it is given.
pub(super) fn echo(federation: &Federation, arguments: Value) -> NewTask {
    NewTask::new("registry.test/average", "partial_average")
        .name("echo")
        .collaboration(signed(federation.collaboration))
        .organizations(organizations(federation))
        .session(signed(federation.session))
        .action("federated_compute")
        .arguments(arguments)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_at_25_organizations_gives_25_results_each_with_its_organization() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = super::many(hq);
    let client = member(hq, federation).await?;
    let first = organizations(federation)[0];
    let task = client.create_task(echo(federation, json!({"n": 1})).arguments_for(first, json!({"n": 2}))).await?;
    beside(federation.work(&federation.members, 25, json!({"task": task.id})));
    let mut seen = 0;
    let results = client.wait_for_results(task.id).every(OFTEN).timeout(LONG).on_progress(|_| seen += 1).await?;
    assert_eq!(results.json::<Value>()?.len(), 25);
    for organization in organizations(federation) {
        let said: Value = results.of(organization).ok_or("a row for each organization")?.json()?;
        let n = if organization == first { 2 } else { 1 };
        assert_eq!(said, json!({"organization_id": organization, "echo": {"n": n}}));
    }
    let again = client.task().get_with_results(task.id).await?;
    assert_eq!(again.results, results);
    assert_eq!(client.result().from_task(task.id).await?, results);
    let runs = client.run().from_task(task.id).items();
    assert_eq!(futures::TryStreamExt::try_collect::<Vec<_>>(runs).await?.len(), 25);
    assert!(seen > 0, "a wait tells how it goes");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn encrypted_end_to_end_whole_and_as_a_stream() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "encrypted", 3, true);
    let client = member(hq, &federation).await?;
    assert_eq!(client.check_key().await?, KeyRegistration::Same);
    let task = client.create_task(echo(&federation, json!({"text": "zażółć"}))).await?;
    beside(federation.work(&federation.members, 3, json!({"task": task.id})));
    let results = client.wait_for_results(task.id).every(OFTEN).timeout(LONG).await?;
    for row in &results.rows {
        assert_eq!(row.json::<Value>()?["echo"], json!({"text": "zażółć"}));
        let mut written = Vec::new();
        client.write_result(row.run, &mut written).await?;
        assert_eq!(Some(written.as_slice()), row.bytes.as_deref());
    }
    // Another client in the same program, with another key: an error, and never the cipher text.
    let other = member(hq, &federation).await?;
    other.set_private_key(PrivateKey::from_pem(federation.members[1].key.as_deref().ok_or("a key")?)?);
    assert_eq!(failure(other.results(task.id).await)?.kind(), ErrorKind::Decrypt);
    assert_eq!(client.results(task.id).await?, results);
    // The server's copy of a key is only replaced when that is said.
    assert_eq!(other.check_key().await?, KeyRegistration::Other);
    assert_eq!(failure(other.register_public_key().await)?.kind(), ErrorKind::Conflict);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_is_named_with_the_end_of_its_log_and_the_others_can_be_read() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "failing", 2, false);
    let client = member(hq, &federation).await?;
    let task = client.create_task(echo(&federation, json!({}))).await?;
    beside(federation.work(&federation.members[..1], 1, json!({"task": task.id}))).await?;
    let log = "Traceback\nKeyError: 'age'";
    let crash = json!({"task": task.id, "status": "crashed", "log": log});
    beside(federation.work(&federation.members[1..], 1, crash));
    let error = failure(client.wait_for_results(task.id).every(OFTEN).timeout(LONG).await)?;
    assert_eq!(error.kind(), ErrorKind::Failed);
    let told = error.to_string();
    let organization = format!("organization {}", organizations(&federation)[1]);
    for part in [organization.as_str(), "crashed", "KeyError: 'age'"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let results = client.result().from_task(task.id).await?;
    assert_eq!(results.rows.iter().map(|row| row.completed).collect::<Vec<_>>(), [true, false]);
    assert!(results.rows[0].json::<Value>().is_ok());
    assert_eq!(failure(results.rows[1].json::<Value>())?.kind(), ErrorKind::Failed);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_are_waited_for_together_by_the_task_list() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "together", 2, false);
    let replies = Replies::default();
    let client = stranger(hq, &replies)?;
    client.login(Login::password(&federation.user, PASSWORD)).await?;
    let mut tasks = Vec::new();
    for number in 0..12 {
        tasks.push(client.create_task(echo(&federation, json!({"n": number}))).await?.id);
    }
    let fails = json!({"task": tasks[0], "status": "crashed"});
    let work = |task| federation.work(&federation.members, 2, json!({"task": task}));
    let orders: Vec<_> = tasks[1..].iter().map(work).collect();
    beside(federation.work(&federation.members[..1], 1, fails)).await?;
    tokio::task::spawn_blocking(move || orders.into_iter().for_each(|order| drop(peer::order(order))));
    // One that was never there, beside those that are.
    let wanted = tasks.iter().copied().chain([1_000_000]);
    let waits = wanted.map(|id| client.wait_for_results(id).every(OFTEN).timeout(LONG));
    let mut ends = mlhub::wait_all(waits).await;
    let kind = |end: Option<Result<_, mlhub::Error>>| end.and_then(Result::err).map(|error| error.kind());
    assert_eq!(kind(ends.pop()), Some(ErrorKind::NotFound));
    for (number, end) in ends.into_iter().enumerate() {
        match number {
            0 => assert_eq!(kind(Some(end)), Some(ErrorKind::Failed)),
            _ => {
                let said: Vec<Value> = end?.json()?;
                assert_eq!(said.iter().map(|row| &row["echo"]["n"]).collect::<Vec<_>>(), [number, number]);
            }
        }
    }
    assert!(replies.answered().contains_key("task_list"), "the list was read");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_is_given_up_stops_the_task_where_that_was_asked_for() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "killed", 1, false);
    let client = member(hq, &federation).await?;
    let task = client.create_task(echo(&federation, json!({}))).await?;
    let wait = client.wait_for_results(task.id).every(OFTEN).cancel_on_drop();
    assert!(tokio::time::timeout(Duration::from_millis(500), wait).await.is_err());
    let error = failure(client.wait_for_results(task.id).every(OFTEN).timeout(LONG).await)?;
    assert!(error.to_string().contains("killed"), "{error}");
    // It has ended already.
    assert_eq!(failure(client.kill_task(task.id).await)?.kind(), ErrorKind::Invalid);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_task_is_not_found_at_once() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let client = super::admin(hq).await?;
    assert_eq!(failure(client.wait_for_results(999_999).await)?.kind(), ErrorKind::NotFound);
    assert_eq!(failure(client.results(999_999).await)?.kind(), ErrorKind::NotFound);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_node_is_waited_for_also_by_another_process() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "late", 1, false);
    let client = member(hq, &federation).await?;
    let task = client.create_task(echo(&federation, json!({"n": 7}))).await?;
    let wait = client.wait_for_results(task.id).every(OFTEN).timeout(Duration::from_secs(1));
    let saved = wait.handle().to_string();
    assert!(saved.len() < 512);
    assert!(failure(wait.await)?.is_timeout());
    beside(federation.work(&federation.members, 1, json!({"task": task.id})));
    let another = member(hq, &federation).await?;
    let results = another.resume_results(&saved)?.every(OFTEN).timeout(LONG).await?;
    assert_eq!(results.json::<Value>()?[0]["echo"], json!({"n": 7}));
    Ok(())
}
