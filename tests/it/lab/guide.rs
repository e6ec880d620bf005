use mlhub::autotune::{Client, ops::OPS};
use mlhub::testing::{Fault, FaultRule, Lab, Reply};
use mlhub::{Error, ErrorKind};
use serde_json::json;

/// The code under test: a report on the account that is logged in.
async fn report(tune: &Client) -> Result<String, Error> {
    let me = tune.auth().me().send().await?;
    Ok(format!("{} has experiments", me.email))
}

/// A client of a service that knows one operation.
fn service() -> Result<(Lab, Client), Error> {
    let lab = Lab::new();
    let me = json!({
        "id": 1,
        "uuid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "email": "me@example.org",
        "active": true,
        "time_created": "2026-11-21T08:00:00Z",
    });
    lab.on(OPS, "auth_me", Reply::json(&me));
    let tune = Client::builder("http://hub.test").token("a-token").lab(&lab).build()?;
    Ok((lab, tune))
}

#[tokio::test(start_paused = true)]
async fn the_report_names_the_account() -> Result<(), Error> {
    let (_, tune) = service()?;
    assert_eq!(report(&tune).await?, "me@example.org has experiments");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_report_survives_a_busy_server() -> Result<(), Error> {
    let (lab, tune) = service()?;
    lab.fault(FaultRule::new(Fault::Status(503)).operation(OPS, "auth_me").attempts(1..=2));
    report(&tune).await?;
    assert_eq!(lab.seen().len(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_report_says_when_the_token_has_expired() -> Result<(), Error> {
    let (lab, tune) = service()?;
    lab.fault(Fault::ExpiredToken);
    let kind = report(&tune).await.err().map(|error| error.kind());
    assert_eq!(kind, Some(ErrorKind::Unauthenticated));
    Ok(())
}
