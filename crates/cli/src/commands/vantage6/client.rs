//! A client that is signed in and has the organization's key.

use mlhub::vantage6::Client;
use mlhub::vantage6::crypto::PrivateKey;

use crate::commands::groups::{Context, fault};
use crate::fault::Fault;
use crate::platforms::vantage6::{PLATFORM, PRIVATE_KEY, connect};
use crate::profile::Access;

/// A hub, and who asks.
pub(super) struct Hub {
    pub(super) client: Client,
    pub(super) access: Access,
}

impl Hub {
    /// Signs in, and takes the key along where one is named.
    pub(super) async fn open(context: &Context<'_>) -> Result<Hub, Fault> {
        let access = context.access()?;
        let client = connect(&access).await.map_err(|error| access.fault(&error))?;
        if let Some(key) = key(&access)? {
            client.set_private_key(key);
        }
        Ok(Hub { client, access })
    }

    /// A failure, with the command of its group that helps.
    pub(super) fn fault(&self, error: &mlhub::Error) -> Fault {
        match error.operation().and_then(|id| PLATFORM.op(id)) {
            Some(op) => fault(&self.access, op, error),
            None => self.access.fault(error),
        }
    }
}

/// The organization's private key: a PEM text or the path of one.
pub(super) fn key(access: &Access) -> Result<Option<PrivateKey>, Fault> {
    let Some(said) = access.setting(&PRIVATE_KEY) else { return Ok(None) };
    let key = if said.contains("-----BEGIN") { PrivateKey::from_pem(&said) } else { PrivateKey::from_pem_file(&said) };
    // The text itself is a secret, so it is not repeated.
    key.map(Some).map_err(|error| Fault::usage(error.to_string(), "mlhub vantage6 key --help"))
}
