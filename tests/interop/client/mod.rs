//! The client itself: logins, lists, every resource, tasks and their results.

mod example;
mod faults;
mod large;
mod lists;
mod logins;
mod mixed;
mod places;
mod recorded;
mod replies;
mod resources;
mod results;
mod sessions;

use std::sync::OnceLock;
use std::time::Duration;

use mlhub::vantage6::{Client, Keycloak, Login, PrivateKey};

use crate::federation::{Federation, PASSWORD};
use crate::hq::{ADMIN, Hq};
use crate::peer;
use replies::{Replies, Tap};
use serde_json::Value;

/// The result of a test: any error fails it.
type Checked = Result<(), Box<dyn std::error::Error>>;

/// How often a wait polls: the simulated nodes are quick.
const OFTEN: Duration = Duration::from_millis(100);

/// A client that nobody is logged in to; each of its replies is held against the document.
fn stranger(hq: &Hq, replies: &Replies) -> Result<Client, mlhub::Error> {
    let keycloak = Keycloak::new(&hq.auth).client("public_client");
    Client::builder(&hq.url).keycloak(keycloak).no_proxy().transport(Tap::new(replies)?).build()
}

/// A client of the first account, which may do everything.
async fn admin(hq: &Hq) -> Result<Client, mlhub::Error> {
    let client = stranger(hq, &Replies::default())?;
    client.login(Login::password(ADMIN, ADMIN)).await?;
    Ok(client)
}

/// A client of the user of the first member, with its key if there is one.
async fn member(hq: &Hq, federation: &Federation) -> Result<Client, Box<dyn std::error::Error>> {
    let client = stranger(hq, &Replies::default())?;
    client.login(Login::password(&federation.user, PASSWORD)).await?;
    if let Some(key) = &federation.members[0].key {
        client.set_private_key(PrivateKey::from_pem(key)?);
    }
    Ok(client)
}

/// 25 organizations, of all tests: to make them takes seconds.
fn many(hq: &'static Hq) -> &'static Federation {
    static MANY: OnceLock<Federation> = OnceLock::new();
    MANY.get_or_init(|| Federation::new(hq, "many", 25, false))
}

/// Its organizations, as the client has ids.
fn organizations(federation: &Federation) -> Vec<i64> {
    federation.members.iter().map(|member| signed(member.organization)).collect()
}

/// Has the nodes work beside the test.
fn beside(order: Value) -> tokio::task::JoinHandle<Value> {
    tokio::task::spawn_blocking(move || peer::order(order))
}

/// An id as the client has it.
fn signed(id: u64) -> i64 {
    i64::try_from(id).expect("ids are small")
}

/// The failure of something that must fail.
fn failure<T>(result: Result<T, mlhub::Error>) -> Result<mlhub::Error, String> {
    result.err().ok_or_else(|| "succeeded where it had to fail".to_owned())
}
