//! What a call says that ends for want of a token.

use mlhub::clock::Clock;
use mlhub::pipeline::{Bearer, Pipeline};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, Retry, Token};
use serde_json::json;

use crate::support::{Checked, READ, SAFE, builder, call, failure, seconds};

/// A client whose first token ends before its call does, and whose second
/// comes from `login`.
fn client<F, Fut>(lab: &Lab, login: F) -> Result<Pipeline, mlhub::Error>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Token, mlhub::Error>> + Send + 'static,
{
    let first = Token::new("t1").with_expiry(lab.clock().wall() + seconds(5));
    let bearer = Bearer::from_source(move |_: Option<Token>| login()).starting_with(first)?;
    builder(lab)
        .authenticate(bearer)
        .with(|o| o.retry(Retry::default().on_timeout(true)).timeout(seconds(10)).deadline(seconds(60)))
        .build()
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_may_have_worked_is_not_forgotten_when_the_next_token_fails() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::hang());
    let service = Lab::new();
    service.times(2, Reply::status(401).with_json(&json!({"detail": "wrong password"})));
    let login = builder(&service).build()?;
    let pipeline = client(&lab, move || {
        let login = login.clone();
        async move { call(&login, &READ).await.map(|_| Token::new("t2")) }
    })?;
    let error = failure(call(&pipeline, &SAFE).await)?;
    assert_eq!((error.operation(), error.attempts().len()), (Some("safe"), 1));
    assert!(error.may_have_been_applied());
    // The login stays what it was, and is the cause.
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthenticated, Some(http::StatusCode::UNAUTHORIZED)));
    assert_eq!(error.message(), Some("wrong password"));
    let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<mlhub::Error>());
    assert_eq!(cause.and_then(mlhub::Error::operation), Some("read"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn nor_when_the_next_token_does_not_come() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::hang());
    let error = failure(call(&client(&lab, std::future::pending)?, &SAFE).await)?;
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Timeout, 1));
    assert!(error.may_have_been_applied());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refused_attempt_is_counted_when_no_time_is_left_for_another() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(401).after(seconds(60)));
    let pipeline = builder(&lab)
        .authenticate(Bearer::from_source(|_: Option<Token>| async { Ok(Token::new("t")) }))
        .with(|o| o.timeout(seconds(61)).deadline(seconds(60)))
        .build()?;
    let error = failure(call(&pipeline, &SAFE).await)?;
    let line = error.to_string();
    assert!(line.contains("was over before the next attempt"), "{line}");
    Ok(())
}
