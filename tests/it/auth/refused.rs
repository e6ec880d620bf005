//! The server refuses the credential.

use std::sync::LazyLock;

use futures::future::join_all;
use mlhub::op::{AuthKind, BodyKind, Op, Refused, RetryClass};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, Retry};
use serde_json::json;

use super::support::{Source, tokens};
use crate::support::{Checked, NEVER, READ, builder, call, failure};

#[tokio::test(start_paused = true)]
async fn one_repetition_with_a_new_token_also_for_what_is_never_repeated() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(401)).then(Reply::json(&1));
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).retry(Retry::never()).authenticate(source.bearer()).build()?;
    call(&pipeline, &NEVER).await?;
    assert_eq!(tokens(&lab), ["t1", "t2"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_second_refusal_is_final() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::status(401).with_json(&json!({"detail": "who?"})));
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    let error = failure(call(&pipeline, &READ).await)?;
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unauthenticated, Some("who?")));
    assert_eq!((error.attempts().len(), source.begun()), (2, 2));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn eight_refused_callers_need_one_fetch() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| {
        let old = seen.header("authorization") == Some("Bearer t1");
        Some(if old { Reply::status(401) } else { Reply::json(&1) })
    });
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    for result in join_all((0..8).map(|_| call(&pipeline, &READ))).await {
        result?;
    }
    assert_eq!(source.begun(), 2);
    assert_eq!(lab.seen().len(), 16);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_fixed_token_that_is_refused_is_not_sent_again() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::status(401));
    failure(call(&builder(&lab).token("fixed").build()?, &READ).await)?;
    assert_eq!(tokens(&lab), ["fixed"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_is_not_a_matter_of_the_token() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::status(403));
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    assert_eq!(failure(call(&pipeline, &READ).await)?.kind(), ErrorKind::Forbidden);
    assert_eq!(source.begun(), 1);
    Ok(())
}

/// A change on a service that refuses a token as if a permission were missing.
static FORBIDDING: LazyLock<Op> = LazyLock::new(|| Op {
    refused: &[Refused { status: 403, message: Some("bad token"), unsure: false }],
    ..crate::support::op("forbidding", RetryClass::Never)
});

#[tokio::test(start_paused = true)]
async fn what_the_document_calls_a_refused_token_renews_it_once() -> Checked {
    let refused = Reply::status(403).with_json(&json!({"detail": "bad token"}));
    let lab = Lab::new();
    lab.then(refused.clone()).then(Reply::json(&1)).times(2, refused);
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    call(&pipeline, &FORBIDDING).await?;
    assert_eq!(tokens(&lab), ["t1", "t2"]);
    let error = failure(call(&pipeline, &FORBIDDING).await)?;
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unauthenticated, Some("bad token")));
    assert_eq!((error.attempts().len(), source.begun()), (2, 3));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_same_status_for_another_reason_is_a_missing_permission() -> Checked {
    for reply in [
        Reply::status(403),
        Reply::status(403).with_json(&json!({"detail": "not your thing"})),
        Reply::status(403).with_json(&json!({"detail": "bad token, or so"})),
    ] {
        let lab = Lab::new();
        lab.times(2, reply);
        let source = Source::new(&lab, None);
        let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
        assert_eq!(failure(call(&pipeline, &FORBIDDING).await)?.kind(), ErrorKind::Forbidden);
        assert_eq!(tokens(&lab), ["t1"]);
    }
    Ok(())
}

/// A service that says 401 both to a token that has ended and to who may not do what is asked.
const ENDED: &[Refused] = &[
    Refused { status: 401, message: Some("ended"), unsure: false },
    Refused { status: 500, message: Some("oh"), unsure: true },
];
static TELLING: LazyLock<Op> =
    LazyLock::new(|| Op { refused: ENDED, ..crate::support::op("telling", RetryClass::Never) });
static TELLING_READ: LazyLock<Op> =
    LazyLock::new(|| Op { refused: ENDED, ..crate::support::op("telling_read", RetryClass::Safe) });

#[tokio::test(start_paused = true)]
async fn where_the_document_says_which_401_refuses_the_token_another_one_does_not() -> Checked {
    let told = |text: &str| Reply::status(401).with_json(&json!({"detail": text}));
    let lab = Lab::new();
    lab.then(told("you may not")).then(told("ended")).then(Reply::json(&1));
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    assert_eq!(failure(call(&pipeline, &TELLING).await)?.kind(), ErrorKind::Forbidden);
    call(&pipeline, &TELLING).await?;
    assert_eq!(tokens(&lab), ["t1", "t1", "t2"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_may_be_the_tokens_renews_it_once_for_what_may_be_repeated() -> Checked {
    let oh = || Reply::status(500).with_json(&json!({"detail": "oh"}));
    let lab = Lab::new();
    lab.then(oh()).then(Reply::json(&1)).times(2, oh()).then(oh());
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    call(&pipeline, &TELLING_READ).await?;
    assert_eq!(tokens(&lab), ["t1", "t2"]);
    // Not the token after all: the error stays what it is.
    let error = failure(call(&pipeline, &TELLING_READ).await)?;
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Server, 2));
    let error = failure(call(&pipeline, &TELLING).await)?;
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Server, 1));
    assert!(error.may_have_been_applied());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_token_in_the_body_is_replaced_there() -> Checked {
    static PARAMS: LazyLock<Op> = LazyLock::new(|| Op {
        body: BodyKind::Params,
        auth: AuthKind::Body,
        ..crate::support::op("params", RetryClass::Never)
    });
    let lab = Lab::new();
    lab.then(Reply::status(401)).then(Reply::json(&1));
    let source = Source::new(&lab, None);
    let pipeline = builder(&lab).authenticate(source.bearer()).build()?;
    call(&pipeline, &PARAMS).await?;
    let bodies: Vec<_> = lab.seen().iter().map(|seen| seen.json()).collect();
    assert_eq!(bodies, [json!({"token": "t1", "n": 1}), json!({"token": "t2", "n": 1})]);
    Ok(())
}
