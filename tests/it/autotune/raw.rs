//! Calls outside the document are understood as those in it.

use mlhub::ErrorKind;
use mlhub::autotune::Client;
use mlhub::testing::{Lab, Reply};
use serde_json::{Value, json};

#[tokio::test(start_paused = true)]
async fn a_refused_credential_is_known_by_the_words_of_the_document() {
    let lab = Lab::new();
    let refusal = |why: &str| Reply::status(403).with_json(&json!({"detail": why}));
    lab.then(refusal("Could not validate credentials")).then(refusal("not yours"));
    let builder = Client::builder("http://autotune.test").transport(lab.clone()).clock(lab.clock()).token("old");
    let tune = builder.build().expect("a plain address");
    for kind in [ErrorKind::Unauthenticated, ErrorKind::Forbidden] {
        let error = tune.raw(http::Method::GET, "/elsewhere").send::<Value>().await.expect_err("refused");
        assert_eq!(error.kind(), kind, "{error}");
    }
}
