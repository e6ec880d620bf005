//! HQ client that is signed in and has the organization's key.

use mlhub::vantage6::Client;
use mlhub::vantage6::crypto::PrivateKey;

use crate::error::{CliError, CliResult};
use crate::operation::context::PlatformContext;
use crate::operation::error::operation_error;
use crate::platforms::vantage6::{PLATFORM, PRIVATE_KEY, connect};
use crate::profile::access::Access;

/// HQ client, and who asks.
pub(super) struct HqClient {
    pub(super) client: Client,
    pub(super) access: Access,
}

impl HqClient {
    /// Signs in, and takes the key along where one is named.
    pub(super) async fn open(context: &PlatformContext<'_>) -> CliResult<HqClient> {
        let access = context.access()?;
        let client = connect(&access).await.map_err(|error| access.error(&error))?;
        if let Some(key) = key(&access)? {
            client.set_private_key(key);
        }
        Ok(HqClient { client, access })
    }

    /// The error of a call, with the command of its group that helps.
    pub(super) fn error(&self, error: &mlhub::Error) -> CliError {
        match error.operation().and_then(|id| PLATFORM.op(id)) {
            Some(op) => operation_error(&self.access, op, error),
            None => self.access.error(error),
        }
    }
}

/// Private key of the organization: a PEM text or the path of one.
pub(super) fn key(access: &Access) -> CliResult<Option<PrivateKey>> {
    let Some(said) = access.setting(&PRIVATE_KEY) else { return Ok(None) };
    let key = if said.contains("-----BEGIN") { PrivateKey::from_pem(&said) } else { PrivateKey::from_pem_file(&said) };
    // The text itself is a secret, so it is not repeated.
    key.map(Some).map_err(|error| CliError::usage(error.to_string(), "mlhub vantage6 key --help"))
}
