//! Stand-in for Auger's Hub: a service that keeps state, for tests and examples without the real one.
//!
//! It is **not** the Hub: what its objects look like was taken from answers of
//! a real one, which our own tests hold it against, and how they change with
//! time is in `hub.json` beside this file. Everything else is left out.

mod objects;
mod requests;
mod routes;
mod store;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use mlhub::clock::Clock;
use mlhub::testing::Lab;

use objects::HubState;

/// A stand-in for Auger's Hub, with its optimizers service and its file store.
///
/// It keeps what it is told: objects are made, changed and deleted, a status
/// moves on with the lab's clock, files that are sent arrive. Objects are named
/// by the part of the path that lists them, such as `trials`. Faults are those
/// of its lab.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
/// # runtime.block_on(async {
/// use mlhub::auger::Client;
/// use mlhub_auger_standin::AugerHub;
///
/// let standin = AugerHub::new();
/// let hub = Client::builder("http://hub.test").project_token("t").lab(standin.lab()).build()?;
/// let model = hub.pipeline().create().trial_id("t1").send().await?.data;
/// let model = hub.pipeline().get(&model.id).wait().await?;
/// assert_eq!(model.status.as_deref(), Some("ready"));
/// assert!(standin.lab().seen().len() > 2);
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone)]
pub struct AugerHub {
    lab: Lab,
    state: Arc<Mutex<HubState>>,
}

impl AugerHub {
    /// A hub with a few objects of every sort, on a lab of its own. Must be made
    /// on a tokio runtime.
    pub fn new() -> Self {
        Self::over(Lab::new())
    }

    /// The same on that lab, which answers what it has rules for first.
    pub fn over(lab: Lab) -> Self {
        let hub = AugerHub { lab, state: Arc::new(Mutex::new(HubState::new())) };
        let state = Arc::clone(&hub.state);
        hub.lab.rule(move |seen| Some(routes::answer(&mut locked(&state), seen)));
        hub
    }

    /// Its lab: the network and the clock of the client under test, the journal,
    /// the faults.
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// Takes only that token from now on; any text serves before.
    pub fn only_token(&self, token: &str) -> &Self {
        self.hub().token = Some(token.to_owned());
        self
    }

    /// Puts an object into a list, with those fields over the template's, and
    /// gives its id. Its status stays as it is. Null for a list that there is not.
    pub fn add(&self, list: &str, fields: Value) -> Value {
        let fields = fields.as_object().cloned().unwrap_or_default();
        self.hub().put(list, fields, None).unwrap_or_default()
    }

    /// The same in front of all others, so that the list shifts under who walks it.
    pub fn add_in_front(&self, list: &str, fields: Value) -> Value {
        let id = self.add(list, fields);
        if let Some(objects) = self.hub().lists.get_mut(list) {
            objects.rotate_right(1);
        }
        id
    }

    /// Takes an object out of a list.
    pub fn remove(&self, list: &str, id: &str) -> &Self {
        self.hub().remove(list, id);
        self
    }

    /// Changes fields of an object.
    pub fn change(&self, list: &str, id: &str, fields: Value) -> &Self {
        let fields = fields.as_object().cloned().unwrap_or_default();
        self.hub().merge(list, id, &fields);
        self
    }

    /// Lets the status of an object say these words, each from so long after now on.
    pub fn story(&self, list: &str, id: &str, words: &[(Duration, &str)]) -> &Self {
        let now = self.lab.clock().now();
        let words = words.iter().map(|(after, word)| (now + *after, (*word).to_owned())).collect();
        self.hub().tell(list, id, words);
        self
    }

    /// An object as it is now.
    pub fn object(&self, list: &str, id: &str) -> Option<Value> {
        let now = self.lab.clock().now();
        self.hub().find(list, id).map(|object| Value::Object(object.view(now)))
    }

    /// The files that have arrived, by their keys.
    pub fn files(&self) -> BTreeMap<String, Bytes> {
        self.hub().files.clone()
    }

    fn hub(&self) -> MutexGuard<'_, HubState> {
        locked(&self.state)
    }
}

impl Default for AugerHub {
    fn default() -> Self {
        Self::new()
    }
}

/// A test that fails may leave the lock poisoned; its state still serves.
fn locked(state: &Mutex<HubState>) -> MutexGuard<'_, HubState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for AugerHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AugerHub({:?})", self.lab)
    }
}
