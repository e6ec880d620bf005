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
