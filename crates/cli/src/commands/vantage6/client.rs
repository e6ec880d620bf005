//! HQ client that is signed in, with the organization's key where something may have to be decrypted.

use mlhub::ErrorKind;
use mlhub::vantage6::Client;
use mlhub::vantage6::crypto::PrivateKey;

use crate::error::{CliError, CliResult};
use crate::input::home_path;
use crate::operation::context::PlatformContext;
use crate::operation::error::operation_error;
use crate::platforms::vantage6::{PLATFORM, PRIVATE_KEY, connect};
use crate::profile::access::Access;

/// HQ client, and who asks.
pub(super) struct HqClient {
    pub(super) client: Client,
    pub(super) access: Access,
    /// Why the key that is named cannot be had. Told where it is missed: most of what comes is not encrypted.
    keyless: Option<mlhub::Error>,
}

impl HqClient {
    /// Signs in, for what needs no key.
    pub(super) async fn open(context: &PlatformContext<'_>) -> CliResult<HqClient> {
        let access = context.access()?;
        let client = connect(&access).await.map_err(|error| access.error(&error))?;
        Ok(HqClient { client, access, keyless: None })
    }

    /// Signs in, and takes the key along where one is named and can be read.
    pub(super) async fn open_with_key(context: &PlatformContext<'_>) -> CliResult<HqClient> {
        let hub = HqClient::open(context).await?;
        match read_key(&hub.access) {
            Ok(None) => Ok(hub),
            Ok(Some(key)) => {
                hub.client.set_private_key(key);
                Ok(hub)
            }
            Err(error) => Ok(HqClient { keyless: Some(error), ..hub }),
        }
    }

    /// The error of a call, with the command of its group that helps.
    pub(super) fn error(&self, error: &mlhub::Error) -> CliError {
        let no_key = error.kind() == ErrorKind::Config && error.to_string().contains("private key");
        match (&self.keyless, error.operation().and_then(|id| PLATFORM.op(id))) {
            (Some(why), _) if no_key || error.kind() == ErrorKind::Decrypt => bad_key(why),
            (_, Some(op)) => operation_error(&self.access, op, error),
            (_, None) => self.access.error(error),
        }
    }
}

/// Private key of the organization, where one is named.
pub(super) fn key(access: &Access) -> CliResult<Option<PrivateKey>> {
    read_key(access).map_err(|error| bad_key(&error))
}

/// The setting is a PEM text or the path of one.
fn read_key(access: &Access) -> Result<Option<PrivateKey>, mlhub::Error> {
    let Some(said) = access.setting(&PRIVATE_KEY) else { return Ok(None) };
    let key = if said.contains("-----BEGIN") {
        PrivateKey::from_pem(&said)
    } else {
        PrivateKey::from_pem_file(home_path(&said))
    };
    key.map(Some)
}

/// The text itself is a secret, so it is not repeated.
fn bad_key(error: &mlhub::Error) -> CliError {
    CliError::of(error, "mlhub vantage6 key --help")
}
