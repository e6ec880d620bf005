//! What a source of credentials is told of a refusal.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use mlhub::Error;
use mlhub::clock::Clock;
use mlhub::pipeline::{Authenticate, Credential};
use mlhub::testing::{Lab, Reply};

use crate::support::{Checked, READ, builder, call};

/// Notes for which attempts it is told of a refusal.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<bool>>>);

impl Authenticate for Told {
    fn credential<'a>(
        &'a self,
        _: &'a dyn Clock,
        refused: Option<&'a Credential>,
    ) -> BoxFuture<'a, Result<Credential, Error>> {
        if let Ok(mut told) = self.0.lock() {
            told.push(refused.is_some());
        }
        Box::pin(async { Credential::bearer(&"t".into()) })
    }

    fn renews(&self) -> bool {
        true
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_for_the_attempt_right_after_it_alone() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(401)).then(Reply::status(503)).then(Reply::json(&1));
    let told = Told::default();
    call(&builder(&lab).authenticate(told.clone()).build()?, &READ).await?;
    let told = told.0.lock().map_err(|_| "poisoned")?.clone();
    assert_eq!(told, [false, true, false]);
    Ok(())
}
