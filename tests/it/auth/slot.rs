//! The place of the credential.

use std::sync::Arc;

use mlhub::Token;
use mlhub::pipeline::{Basic, Bearer};
use mlhub::testing::{Lab, Reply};

use super::support::tokens;
use crate::support::{Checked, READ, builder, call, client, failure};

#[tokio::test(start_paused = true)]
async fn a_login_through_one_clone_logs_in_all() -> Checked {
    let lab = Lab::new();
    lab.times(4, Reply::json(&1));
    let pipeline = client(&lab)?;
    let clone = pipeline.with(|o| o.header("x", "1"));
    call(&clone, &READ).await?;
    pipeline.auth().set(Arc::new(Bearer::fixed("abc")?));
    call(&clone, &READ).await?;
    call(&pipeline.without_auth(), &READ).await?;
    clone.auth().clear();
    call(&pipeline, &READ).await?;
    assert_eq!(tokens(&lab), ["none", "abc", "none", "none"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_source_that_calls_the_same_server_does_not_keep_the_client_alive() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json("fresh")).then(Reply::json(&1));
    let pipeline = client(&lab)?;
    let own = pipeline.without_auth();
    let alive = Arc::new(());
    let witness = Arc::downgrade(&alive);
    pipeline.auth().set(Arc::new(Bearer::from_source(move |_: Option<Token>| {
        let (own, _alive) = (own.clone(), Arc::clone(&alive));
        async move {
            let token = call(&own, &READ).await?;
            Ok(Token::new(token.as_str().unwrap_or_default()))
        }
    })));
    call(&pipeline, &READ).await?;
    assert_eq!(tokens(&lab), ["none", "fresh"]);
    drop(pipeline);
    assert!(witness.upgrade().is_none(), "the client and its credential keep each other alive");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn user_and_password_travel_as_basic() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    call(&builder(&lab).basic("Aladdin", "open sesame").build()?, &READ).await?;
    // The example of RFC 7617.
    assert_eq!(lab.seen()[0].header("authorization"), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    assert!(Basic::new("a:b", "c").is_err());
    Ok(())
}

#[test]
fn a_credential_that_fits_no_header_is_refused_when_the_client_is_built() -> Result<(), String> {
    let error =
        failure(mlhub::Builder::new("http://x", |pipeline: mlhub::pipeline::Pipeline| pipeline).token("a\nb").build())?;
    assert_eq!(error.code(), "MLH-CONFIG");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_copied_with_the_word_before_it_is_sent_once() -> Checked {
    for token in ["x.y", "Bearer x.y", "bearer  x.y", " BEARER x.y\n", "x.y\n"] {
        let lab = Lab::new();
        lab.times(2, Reply::json(&1));
        call(&builder(&lab).token(token).build()?, &READ).await?;
        let source = Bearer::from_source(move |_: Option<Token>| async move { Ok(Token::new(token)) });
        call(&builder(&lab).authenticate(source).build()?, &READ).await?;
        let sent: Vec<_> = lab.seen().iter().map(|seen| seen.header("authorization").map(str::to_owned)).collect();
        assert_eq!(sent, [Some("Bearer x.y".to_owned()), Some("Bearer x.y".to_owned())], "{token:?}");
    }
    // One that only begins like it is another.
    assert_eq!(Token::new("bearerx").value().expose(), "bearerx");
    Ok(())
}
