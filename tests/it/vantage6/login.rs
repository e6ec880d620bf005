//! The ways to log in.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mlhub::clock::Clock;
use mlhub::testing::{Lab, Reply};
use mlhub::vantage6::{DevicePrompt, Login};
use mlhub::{ErrorKind, Token};
use serde_json::json;

use super::provider::{builder, client, field, form, refusal, requests, serve};
use crate::support::{Checked, failure};

const TOKEN: &str = "/token";

#[tokio::test(start_paused = true)]
async fn a_service_account_logs_in_by_its_secret_and_knows_who_it_is() -> Checked {
    let lab = Lab::new();
    serve(&lab, |_| None);
    let hub = client(&lab)?;
    hub.login(Login::service_account("svc", "s3cret")).await?;
    let identity = hub.identity().await?;
    let organization = identity.organization.as_ref().map(|organization| organization.name.as_str());
    assert_eq!((identity.user.username.as_str(), identity.organization_id, organization), ("svc", 2, Some("beta")));
    let asked = requests(&lab, "auth.test", TOKEN);
    let pairs = form(&asked[0]);
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expected =
        [("client_id", "svc-user-client"), ("client_secret", "s3cret"), ("grant_type", "client_credentials")];
    assert_eq!(pairs, expected);
    // Who that is was asked once.
    assert_eq!(requests(&lab, "hub.test", "/user/me").len(), 1);
    assert!(requests(&lab, "hub.test", "/user/me")[0].header("authorization") == Some("Bearer t1"));
    Ok(())
}

/// Answers the questions after a login at another device, one after the other.
fn device(lab: &Lab, answers: &'static [&'static str]) {
    let asked = AtomicUsize::new(0);
    serve(lab, move |seen| {
        if seen.host() != "auth.test" || !seen.path().ends_with(TOKEN) {
            return None;
        }
        let answer = answers.get(asked.fetch_add(1, Ordering::Relaxed))?;
        Some(match *answer {
            "(gone)" => Reply::reset(),
            error => refusal(error, ""),
        })
    });
}

#[tokio::test(start_paused = true)]
async fn a_person_confirms_at_another_device_and_is_asked_after_no_faster_than_allowed() -> Checked {
    let lab = Lab::new();
    device(&lab, &["authorization_pending", "slow_down", "(gone)"]);
    let hub = client(&lab)?;
    let prompts: Arc<Mutex<Vec<DevicePrompt>>> = Arc::default();
    let told = Arc::clone(&prompts);
    hub.login(Login::device(move |prompt| told.lock().expect("whole").push(prompt))).await?;
    let prompts = prompts.lock().expect("whole");
    assert_eq!(prompts.len(), 1);
    assert_eq!((prompts[0].code.as_str(), prompts[0].expires_in.as_secs()), ("ABCD-EFGH", 600));
    assert_eq!(prompts[0].url, "http://auth.test/device?user_code=ABCD-EFGH");
    let asked = requests(&lab, "auth.test", TOKEN);
    assert_eq!(field(&asked[0], "device_code").as_deref(), Some("dev-secret"));
    assert_eq!(field(&asked[0], "client_id").as_deref(), Some("c1"));
    let at: Vec<_> = asked.iter().map(|seen| seen.at.as_secs()).collect();
    let between: Vec<_> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // 5 s between two questions; 10 s after the provider has asked for more patience.
    assert_eq!((at[0], between), (5, vec![5, 10, 10]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_login_at_another_device_ends_where_it_is_denied_or_nobody_comes() -> Checked {
    for (answers, kind) in [
        (&["authorization_pending", "access_denied"][..], ErrorKind::Unauthenticated),
        (&["expired_token"], ErrorKind::Timeout),
        (&["authorization_pending"; 200], ErrorKind::Timeout),
    ] {
        let lab = Lab::new();
        device(&lab, answers);
        let error = failure(client(&lab)?.login(Login::device(|_| ())).await)?;
        assert_eq!(error.kind(), kind, "{error}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_the_providers_word_and_not_repeated() -> Checked {
    let lab = Lab::new();
    serve(&lab, |seen| seen.path().ends_with(TOKEN).then(|| refusal("invalid_grant", "Invalid user credentials")));
    let error = failure(client(&lab)?.login(Login::password("admin", "hunter2")).await)?;
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unauthenticated, Some("Invalid user credentials")));
    assert!(!format!("{error:?} {error}").contains("hunter2"));
    assert_eq!(requests(&lab, "auth.test", TOKEN).len(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_login_that_the_hub_does_not_know_leaves_nobody_logged_in() -> Checked {
    let lab = Lab::new();
    let unknown = json!({"msg": "Error loading the user 9999"});
    serve(&lab, move |seen| seen.path().ends_with("/me").then(|| Reply::status(401).with_json(&unknown)));
    let hub = client(&lab)?;
    failure(hub.login(Login::password("admin", "pw")).await)?;
    failure(hub.user().get_own_user().send().await)?;
    assert_eq!(lab.seen().last().and_then(|seen| seen.header("authorization").map(str::to_owned)), None);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_kept_token_goes_on_by_its_refresh_token() -> Checked {
    let lab = Lab::new();
    serve(&lab, |_| None);
    let hub = client(&lab)?;
    let kept = hub.sign_in(Login::password("admin", "pw")).await?;
    // Signing in for somebody else's sake does not log this client in.
    failure(hub.raw(http::Method::GET, "/nothing").send::<u8>().await)?;
    assert_eq!(lab.seen().last().and_then(|seen| seen.header("authorization").map(str::to_owned)), None);
    let refresh = kept.refresh().ok_or("a refresh token")?.clone();
    let next: Token = hub.refresh(&refresh).await?;
    assert_eq!((next.value().expose(), next.refresh().map(|token| token.expose())), ("t2", Some("r2")));
    let other = client(&lab)?;
    other.login(Login::token(next)).await?;
    assert_eq!(requests(&lab, "hub.test", "/me")[0].header("authorization"), Some("Bearer t2"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_hub_of_another_version_is_refused_before_any_secret_is_sent() -> Checked {
    let lab = Lab::new();
    serve(&lab, |seen| seen.path().ends_with("/version").then(|| Reply::json(&json!({"version": "4.15.2"}))));
    let error = failure(client(&lab)?.login(Login::password("admin", "pw")).await)?;
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("4.15.2"), "{error}");
    assert!(requests(&lab, "auth.test", "").is_empty());
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(404)));
    let error = failure(client(&lab)?.login(Login::password("admin", "pw")).await)?;
    assert!(error.to_string().contains("base path"), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn without_an_identity_provider_the_error_says_how_to_name_it() -> Checked {
    let lab = Lab::new();
    serve(&lab, |_| None);
    let error = failure(builder(&lab).build()?.login(Login::password("admin", "pw")).await)?;
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("the address of its identity provider"), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_meant_for_the_hub_alone_is_not_sent_to_the_provider() -> Checked {
    let lab = Lab::new();
    serve(&lab, |_| None);
    let keycloak = mlhub::vantage6::Keycloak::new("http://auth.test").realm("r1");
    let hub = builder(&lab).keycloak(keycloak).header("x-gateway", "hunter2").build()?;
    hub.login(Login::password("admin", "pw")).await?;
    let (hubs, providers): (Vec<_>, Vec<_>) = lab.seen().into_iter().partition(|seen| seen.host() == "hub.test");
    assert!(hubs.iter().all(|seen| seen.header("x-gateway").is_some()));
    assert!(!providers.is_empty() && providers.iter().all(|seen| seen.header("x-gateway").is_none()));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_life_of_a_token_is_read_in_every_form_and_none_ends_the_program() -> Checked {
    for (life, renewed_after) in [
        (json!(300), Some(300)),
        (json!("300"), Some(300)),
        (json!(300.9), Some(300)),
        (json!("300.9"), Some(300)),
        (json!(null), None),
        (json!(-1), None),
        (json!(1e300), None),
        (json!(u64::MAX), None),
        (json!(i64::MAX), None),
        (json!("9223372036854775807"), None),
    ] {
        let lab = Lab::new();
        let told = life.clone();
        serve(&lab, move |seen| {
            let token = seen.path().ends_with("/token");
            token.then(|| Reply::json(&json!({"access_token": "t", "expires_in": told, "token_type": "Bearer"})))
        });
        let client = client(&lab)?;
        client.login(Login::service_account("svc", "s")).await.map_err(|error| format!("{life}: {error}"))?;
        lab.clock().sleep(Duration::from_secs(renewed_after.unwrap_or(3600))).await;
        client.user().get_own_user().send().await.map_err(|error| format!("{life}: {error}"))?;
        let asked = requests(&lab, "auth.test", "/token").len();
        assert_eq!(asked, if renewed_after.is_some() { 2 } else { 1 }, "{life}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_prompt_with_times_beyond_reason_ends_all_the_same() -> Checked {
    for (life, interval) in [(json!(i64::MAX), json!(i64::MAX)), (json!("1e300"), json!(-5)), (json!(60.5), json!("5"))]
    {
        let lab = Lab::new();
        let (life, interval) = (life.clone(), interval.clone());
        serve(&lab, move |seen| match seen.path().rsplit('/').next() {
            Some("device") => Some(Reply::json(&json!({"device_code": "d", "user_code": "A", "expires_in": life,
                "interval": interval, "verification_uri": "http://auth.test/device"}))),
            Some("token") => Some(refusal("authorization_pending", "")),
            _ => None,
        });
        let error = failure(client(&lab)?.login(Login::device(|_| {})).await)?;
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    }
    Ok(())
}
