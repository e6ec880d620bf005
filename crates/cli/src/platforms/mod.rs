//! The platforms that can be called, one row each: the only place that lists
//! them.

pub(crate) mod auger;
pub(crate) mod autotune;
pub(crate) mod loudml;
pub(crate) mod vantage6;

use futures::future::BoxFuture;
use mlhub::op::AuthKind;
use mlhub::{Error, Op, RawCall, Secret, Wait, WaitHandle};
use serde_json::Value;

use crate::fault::Fault;
use crate::profile::{Access, Credential, Login, Setting};

/// A platform.
#[derive(Debug)]
pub(crate) struct Platform {
    /// Its name on the command line, in the environment and in profiles.
    pub(crate) name: &'static str,
    /// Where its server is looked for when nobody says.
    pub(crate) url: &'static str,
    /// What else can be told about it.
    pub(crate) settings: &'static [Setting],
    /// Every operation of its document.
    pub(crate) ops: &'static [Op],
    /// A client with that address and credential.
    pub(crate) client: fn(&Access) -> Result<Box<dyn Client>, Error>,
}

/// What commands need of a platform's client.
pub(crate) trait Client: Send + Sync {
    /// A call of an operation.
    fn call(&self, op: &'static Op) -> RawCall;

    /// Takes up a wait of one of these operations.
    fn resume(&self, op: &'static Op, ops: &'static [Op], handle: &WaitHandle) -> Result<Wait<'static, Value>, Error> {
        self.call(op).held(handle).wait(ops, handle.goal())
    }

    /// Uses name and password for all calls that follow.
    fn sign_in<'a>(&'a self, username: &'a str, password: &'a Secret) -> BoxFuture<'a, Result<(), Error>>;

    /// Fetches a token that outlives this process; it is proved to work.
    fn login<'a>(
        &'a self,
        url: &'a str,
        username: &'a str,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<Login, Error>>;

    /// Tells the server that the credential is not to be taken any longer.
    fn logout(&self) -> BoxFuture<'_, Result<(), Error>>;

    /// Who the credential speaks for: no secrets in it.
    fn whoami(&self) -> BoxFuture<'_, Result<Value, Error>>;
}

/// The platforms.
pub(crate) static PLATFORMS: &[Platform] = &[auger::PLATFORM, autotune::PLATFORM, loudml::PLATFORM, vantage6::PLATFORM];

/// Their names.
pub(crate) fn names() -> Vec<&'static str> {
    PLATFORMS.iter().map(|platform| platform.name).collect()
}

/// The platform of that name.
pub(crate) fn find(name: &str) -> Option<&'static Platform> {
    PLATFORMS.iter().find(|platform| platform.name == name)
}

impl Platform {
    /// The groups of its operations.
    pub(crate) fn groups(&self) -> Vec<&'static str> {
        let groups: std::collections::BTreeSet<_> = self.ops.iter().map(|op| op.group).collect();
        groups.into_iter().collect()
    }

    /// The operations of a group.
    pub(crate) fn members<'a>(&self, group: &'a str) -> impl Iterator<Item = &'static Op> + use<'a> {
        let ops: &'static [Op] = self.ops;
        ops.iter().filter(move |op| op.group == group)
    }

    /// The operation of that group and verb.
    pub(crate) fn verb(&self, group: &str, verb: &str) -> Option<&'static Op> {
        self.members(group).find(|op| op.verb == verb)
    }

    /// The operation of a group that lists what is in it.
    pub(crate) fn listing(&self, group: &str) -> Option<&'static Op> {
        self.verb(group, "list").or_else(|| self.members(group).find(|op| op.paging.is_some()))
    }

    /// The operation of a group that can be waited for.
    pub(crate) fn waiting(&self, group: &str) -> Option<&'static Op> {
        let waits = |op: &&Op| !op.waits.is_empty();
        self.verb(group, "get").filter(waits).or_else(|| self.members(group).find(waits))
    }

    /// What a call of that operation can go on to wait for: itself, or what it begins.
    pub(crate) fn awaited(&self, op: &'static Op) -> Option<&'static Op> {
        if !op.waits.is_empty() {
            return Some(op);
        }
        if let Some(starts) = op.starts {
            return self.op(starts.operation);
        }
        let begins = !matches!(op.method.as_str(), "GET" | "HEAD" | "DELETE");
        self.waiting(op.group).filter(|_| begins)
    }

    /// The operation of that id.
    pub(crate) fn op(&self, id: &str) -> Option<&'static Op> {
        self.ops.iter().find(|op| op.id == id)
    }
}

/// A client that is signed in, as far as the operation asks for that.
pub(crate) async fn connect(access: &Access, op: &Op) -> Result<Box<dyn Client>, Fault> {
    let client = (access.platform.client)(access).map_err(|error| access.fault(&error))?;
    if let (Credential::Password { username, password }, true) = (&access.credential, op.auth != AuthKind::None) {
        client.sign_in(username, password).await.map_err(|error| access.fault(&error))?;
    }
    Ok(client)
}
