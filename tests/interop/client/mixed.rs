//! Not all alike: organizations that fail among others, and clients with
//! different keys at the same time.

use std::time::Duration;

use mlhub::ErrorKind;
use mlhub::vantage6::{Login, PrivateKey};
use serde_json::{Value, json};

use super::replies::Replies;
use super::results::echo;
use super::{Checked, OFTEN, beside, failure, member, organizations, stranger};
use crate::federation::{self, Federation, PASSWORD};
use crate::hq;

const LONG: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn of_25_organizations_one_fails_one_is_killed_one_never_began_and_22_results_are_there() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = super::many(hq);
    let client = member(hq, federation).await?;
    let task = client.create_task(echo(federation, json!({"n": 1}))).await?;
    let (fine, bad) = federation.members.split_at(22);
    beside(federation.work(fine, 22, json!({"task": task.id}))).await?;
    // While these are open the task is.
    let early = client.wait_for_results(task.id).every(OFTEN).timeout(Duration::from_millis(300));
    assert!(failure(early.await)?.is_timeout());
    let [killed, crashed, idle] = organizations(federation)[22..] else { return Err("three are left".into()) };
    let statuses = json!({killed.to_string(): "killed by user", crashed.to_string(): "crashed"});
    beside(federation.work(&bad[..2], 2, json!({"task": task.id, "statuses": statuses}))).await?;

    let told = failure(client.wait_for_results(task.id).every(OFTEN).timeout(LONG).await)?;
    assert_eq!(told.kind(), ErrorKind::Failed);
    let words = told.to_string();
    // HQ itself ends a run that was not begun, and says so in its log.
    for (node, organization, end) in [
        (22, killed, "killed by user, its log ends with \"simulated node: killed by user\""),
        (23, crashed, "crashed, its log ends with \"simulated node: crashed\""),
        (24, idle, "failed, its log ends with \"Marked as failed because sibling run"),
    ] {
        let part = format!("at organization {organization} (node many-{node}): {end}");
        assert!(words.contains(&part), "{part} in {words}");
    }
    assert_eq!(words.matches("at organization").count(), 3, "{words}");
    let results = client.results(task.id).await?;
    assert_eq!(results.rows.len(), 25);
    for organization in organizations(federation) {
        let row = results.of(organization).ok_or("a row for each organization")?;
        let fine = ![killed, crashed, idle].contains(&organization);
        assert_eq!((row.completed, row.json::<Value>().is_ok(), row.bytes.is_some()), (fine, fine, fine));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_with_different_keys_wait_at_once_and_each_opens_its_own() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "keys", 2, true);
    let first = member(hq, &federation).await?;
    let other = federation::user(hq, "keys-other", &federation.members[1]);
    let second = stranger(hq, &Replies::default())?;
    second.login(Login::password(&other, PASSWORD)).await?;
    second.set_private_key(PrivateKey::from_pem(federation.members[1].key.as_deref().ok_or("a key")?)?);

    let (mine, theirs) = tokio::try_join!(
        first.create_task(echo(&federation, json!({"by": "first"}))),
        second.create_task(echo(&federation, json!({"by": "second"}))),
    )?;
    let worked = beside(federation.work(&federation.members, 4, json!({})));
    let wait = |client: &mlhub::vantage6::Client, task| client.wait_for_results(task).every(OFTEN).timeout(LONG);
    let (my_results, their_results) = tokio::try_join!(wait(&first, mine.id), wait(&second, theirs.id))?;
    worked.await?;
    for (results, by) in [(&my_results, "first"), (&their_results, "second")] {
        let values = results.json::<Value>()?;
        assert!(values.len() == 2 && values.iter().all(|value| value["echo"] == json!({"by": by})), "{values:?}");
    }
    // The other's results are not for this key, and the other way round.
    assert_eq!(failure(first.results(theirs.id).await)?.kind(), ErrorKind::Decrypt);
    assert_eq!(failure(second.results(mine.id).await)?.kind(), ErrorKind::Decrypt);
    Ok(())
}
