//! Each way to log in, tokens that end, and a hub that goes away.

use std::time::Duration;

use mlhub::vantage6::{Login, types};
use mlhub::{ErrorKind, Secret};
use serde_json::json;

use super::replies::Replies;
use super::{Checked, OFTEN, beside, failure, member, organizations, stranger};
use crate::federation::Federation;
use crate::hq::{self, ADMIN, Hq};
use crate::ready::until;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_logs_in_at_another_device() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let client = stranger(hq, &Replies::default())?;
    let login = Login::device(move |prompt| {
        // Somebody else's browser.
        let code = prompt.code;
        std::thread::spawn(move || hq.identity(&format!("approve?user_code={code}&username={ADMIN}")));
    });
    client.login(login).await?;
    assert_eq!(client.identity().await?.user.username, ADMIN);
    let denied = stranger(hq, &Replies::default())?;
    let login = Login::device(move |prompt| {
        let code = prompt.code;
        std::thread::spawn(move || hq.identity(&format!("deny?user_code={code}")));
    });
    assert_eq!(failure(denied.login(login).await)?.kind(), ErrorKind::Unauthenticated);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_account_has_an_identity_and_reads_results() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "service", 1, true);
    let user = member(hq, &federation).await?;
    let organization = organizations(&federation)[0];
    let root = user.user().get_own_user().include_permissions(true).send().await?;
    let roles = root.permissions.and_then(|may| may.roles).unwrap_or_default();
    let account = types::UserBody::builder()
        .username("service-robot".to_owned())
        .organization_id(organization)
        .roles(roles)
        .is_service_account(true);
    let made = user.user().create().body(account).send().await?;
    let secret: Secret = made.client_secret.ok_or("a secret")?;
    let replies = Replies::default();
    let robot = stranger(hq, &replies)?;
    robot.login(Login::service_account("service-robot", secret)).await?;
    // The login itself has asked who that is.
    assert!(["user_get_own_user", "organization_get"].iter().all(|op| replies.answered().contains_key(op)));
    let identity = robot.identity().await?;
    assert_eq!((identity.user.username.as_str(), identity.organization_id), ("service-robot", organization));
    robot.set_private_key(user.private_key().ok_or("a key")?);
    let task = super::results::echo(&federation, json!({"column_name": "age"}));
    let task = robot.create_task(task).await?;
    beside(federation.work(&federation.members, 1, json!({"task": task.id})));
    let results = robot.wait_for_results(task.id).every(OFTEN).timeout(Duration::from_secs(60)).await?;
    assert_eq!(results.json::<serde_json::Value>()?[0]["echo"], json!({"column_name": "age"}));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_and_the_server_restarts_in_the_middle_of_a_wait() -> Checked {
    let Some(_) = hq::shared() else { return Ok(()) };
    // One of this test's own: others would see it go away.
    let hq: &'static Hq = Box::leak(Box::new(Hq::start(0)));
    let federation = Federation::new(hq, "restart", 1, false);
    // Tokens that live for less than the server takes to come back.
    hq.identity("lifetime?seconds=3&told=3&azp=public_client");
    let client = member(hq, &federation).await?;
    let task = client.create_task(super::results::echo(&federation, json!({}))).await?;
    // A busy machine takes its time to bring the server back, more than a wait bears if it is told nothing.
    let wait =
        client.wait_for_results(task.id).every(OFTEN).timeout(Duration::from_secs(120)).max_consecutive_failures(100);
    let refreshed = || hq.identity("count")["refresh_token"].as_u64().unwrap_or_default();
    let before = tokio::task::spawn_blocking(refreshed).await?;
    let waiting = tokio::spawn(wait);
    let state = waiting.abort_handle();
    tokio::task::spawn_blocking(move || {
        hq.restart(|| ());
        // Nobody works until the wait has gone on with new tokens, before the restart or after it; one that has not gone
        // on says why below.
        until("two tokens that were refreshed", || state.is_finished() || refreshed() >= before + 2);
    })
    .await?;
    beside(federation.work(&federation.members, 1, json!({"task": task.id}))).await?;
    let results = waiting.await??;
    assert_eq!(results.rows.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_hub_no_longer_takes_is_replaced_also_where_it_says_500() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let client = super::admin(hq).await?;
    // HQ answers 500 to this one where algorithms may call too, and 422 elsewhere.
    for first in ["garbage", "rubbish", "waste"] {
        let spare = hq.token(ADMIN, ADMIN);
        let tokens = mlhub::pipeline::Bearer::from_source(move |_| {
            let spare = spare.clone();
            async move { Ok(mlhub::Token::new(spare)) }
        });
        let tokens = tokens.starting_with(mlhub::Token::new(first))?;
        let stale = mlhub::vantage6::Client::builder(&hq.url).no_proxy().authenticate(tokens).build()?;
        match first {
            "garbage" => drop(stale.task().list().send().await?),
            "rubbish" => drop(stale.user().get_own_user().send().await?),
            // What makes something is not sent again after a 500: with the new token HQ would say what is wrong with it.
            _ => {
                let body = types::TaskBody::builder().image("i".to_owned()).method("m".to_owned()).session_id(999_999);
                let error = failure(stale.task().create().body(body.organizations(Vec::new())).send().await)?;
                assert_eq!(error.status().map(|status| status.as_u16()), Some(500), "{error}");
            }
        }
    }
    let known = client.identity().await?;
    assert_eq!(known.user.username, ADMIN);
    Ok(())
}
