//! What an error says.

use std::error::Error as _;

use mlhub::testing::{Lab, Reply};
use mlhub::{Error, ErrorKind};
use serde_json::json;

use crate::support::{Checked, KEYED, NEVER, READ, SAFE, call, client, failure};

/// The error of a call whose service answers like that.
async fn error(op: &'static mlhub::Op, reply: Reply) -> Result<Error, Box<dyn std::error::Error>> {
    let lab = Lab::new();
    lab.times(4, reply);
    Ok(failure(call(&client(&lab)?, op).await)?)
}

#[tokio::test(start_paused = true)]
async fn one_line_tells_the_story() -> Checked {
    let refused = Reply::status(422).with_json(&json!({"detail": [{"loc": ["body", "n"], "msg": "too\nsmall"}]}));
    let refused = error(&NEVER, refused.header("x-request-id", "r-7")).await?;
    assert_eq!(
        refused.to_string(),
        "lab/never: the server answered 422 Unprocessable Entity: body.n: too small \
         (POST http://hub.test/prefix/things) [request r-7] [MLH-INVALID]"
    );
    let down = error(&READ, Reply::status(503)).await?;
    assert_eq!(
        down.to_string(),
        "lab/read: the server answered 503 Service Unavailable \
         (GET http://hub.test/prefix/things, 4 attempts) [MLH-SERVER]"
    );
    let gone = error(&READ, Reply::no_connection()).await?;
    assert_eq!(
        gone.to_string(),
        "lab/read: cannot connect to http://hub.test (GET http://hub.test/prefix/things, 4 attempts) [MLH-CONNECT]"
    );
    let mut chain = Vec::new();
    let mut cause = gone.source();
    while let Some(error) = cause {
        chain.push(error.to_string());
        cause = error.source();
    }
    assert_eq!(chain, ["no connection", "nothing listens there"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn statuses_have_kinds() -> Checked {
    for (status, kind) in [
        (300, ErrorKind::Status),
        (400, ErrorKind::Invalid),
        (401, ErrorKind::Unauthenticated),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (408, ErrorKind::Timeout),
        (409, ErrorKind::Conflict),
        (410, ErrorKind::NotFound),
        (412, ErrorKind::Conflict),
        (418, ErrorKind::Invalid),
        (422, ErrorKind::Invalid),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Server),
        (503, ErrorKind::Server),
    ] {
        let error = error(&NEVER, Reply::status(status)).await?;
        assert_eq!((error.kind(), error.status().map(|s| s.as_u16())), (kind, Some(status)));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_change_may_have_been_applied_unless_the_server_or_the_socket_says_no() -> Checked {
    for (reply, applied) in [
        (Reply::hang(), true),
        (Reply::reset(), true),
        (Reply::json(&1).cut(), true),
        (Reply::status(500), true),
        (Reply::status(504), true),
        (Reply::bytes("no json"), true),
        (Reply::no_connection(), false),
        (Reply::status(409), false),
        (Reply::status(501), false),
    ] {
        for op in [&NEVER, &SAFE, &KEYED] {
            let lab = Lab::new();
            lab.times(4, reply.clone());
            let result = client(&lab)?;
            let error = failure(mlhub::RawCall::of(result, op).body(json!({})).send::<Vec<u8>>().await)?;
            assert_eq!(error.may_have_been_applied(), applied, "{} {error}", op.id);
        }
        let lab = Lab::new();
        lab.times(4, reply);
        let error = failure(mlhub::RawCall::of(client(&lab)?, &READ).send::<Vec<u8>>().await)?;
        assert!(!error.may_have_been_applied(), "a read changes nothing: {error}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_long_body_is_cut_and_a_page_of_a_proxy_is_told_as_text() -> Checked {
    let long = error(&NEVER, Reply::status(500).with_pieces([vec![b'x'; 200_000]])).await?;
    assert_eq!(long.body().map(|body| body.len()), Some(64 * 1024));
    assert!(long.to_string().len() < 700, "{}", long.to_string().len());
    let page =
        error(&NEVER, Reply::status(502).with_pieces(["<html><body><h1>Bad&nbsp;Gateway</h1></body></html>"])).await?;
    assert_eq!(page.message(), Some("Bad Gateway"));
    assert!(page.body().is_some());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_redirect_elsewhere_is_shown_and_not_followed() -> Checked {
    let moved = error(&READ, Reply::status(302).location("https://other.test/x?token=abc")).await?;
    assert_eq!(moved.kind(), ErrorKind::Status);
    assert!(moved.to_string().contains("a redirect to https://other.test/x?token=*** that is not followed"), "{moved}");
    Ok(())
}

#[test]
fn each_kind_has_a_code_a_cause_and_a_cure() {
    let kinds: Vec<_> = ErrorKind::all().collect();
    assert_eq!(kinds.len(), 17);
    for kind in kinds {
        assert_eq!(ErrorKind::from_code(&kind.code().to_lowercase()), Some(kind));
        let text = kind.explain();
        assert!(text.cause.ends_with('.') && text.remedy.ends_with('.'), "{kind}");
    }
    assert_eq!(ErrorKind::from_code("MLH-NOPE"), None);
}

#[test]
fn codes_are_stable() {
    let codes: Vec<_> = ErrorKind::all().map(ErrorKind::code).collect();
    insta::assert_snapshot!(codes.join("\n"));
}
