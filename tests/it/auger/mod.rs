//! Auger: every resource and action, what the Python client did wrong, and the
//! stand-in that all of this is tried against.

mod actions;
mod defects;
mod drift;
mod errors;
mod guide;
mod no_names;
mod recorded;
mod standin;
mod tokens;
mod waits;
mod walks;

use mlhub::auger::Client;
use mlhub::testing::Lab;
use mlhub_auger_standin::AugerHub;

/// A client of a stand-in, with everything by default.
fn client(standin: &AugerHub) -> Client {
    over(standin.lab())
}

/// A client of whatever a lab is scripted to be.
fn over(lab: &Lab) -> Client {
    Client::builder("http://hub.test")
        .project_token("fake-project-api-token")
        .optimizers_url("http://optimizers.test")
        .lab(lab)
        .build()
        .expect("plain addresses")
}
