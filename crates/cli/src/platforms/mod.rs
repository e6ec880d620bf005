//! Platforms that can be called, one row each: the only list of them.

pub(crate) mod auger;
pub(crate) mod autotune;
pub(crate) mod client;
pub(crate) mod loudml;
pub(crate) mod vantage6;

use clap::builder::PossibleValuesParser;
use mlhub::op::AuthKind;
use mlhub::{Error, ErrorKind, Op, Secret};

use crate::error::{CliError, CliResult};
use crate::platform::Platform;
use crate::profile::access::{Access, Credential};
use crate::profile::credentials_file::StoredLogin;
use client::PlatformClient;

/// Constructor of a client with that address and credential.
type NewClient = fn(&Access) -> Result<Box<dyn PlatformClient>, Error>;

/// Platforms, and how a client of each is made.
static PLATFORMS: &[(&Platform, NewClient)] = &[
    (&auger::PLATFORM, auger::client),
    (&autotune::PLATFORM, autotune::client),
    (&loudml::PLATFORM, loudml::client),
    (&vantage6::PLATFORM, vantage6::client),
];

/// All platforms.
pub(crate) fn all() -> impl Iterator<Item = &'static Platform> {
    PLATFORMS.iter().map(|(platform, _)| *platform)
}

/// The platform of that name, or all of them.
pub(crate) fn one_or_all(name: Option<&str>) -> impl Iterator<Item = &'static Platform> {
    all().filter(move |platform| name.is_none_or(|name| platform.name == name))
}

/// Parser of an argument that names a platform.
pub(crate) fn name_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(all().map(|platform| platform.name))
}

/// The platform of that name.
pub(crate) fn find(name: &str) -> Option<&'static Platform> {
    all().find(|platform| platform.name == name)
}

/// The platform of that name, which an argument gives.
pub(crate) fn named(name: &str) -> CliResult<&'static Platform> {
    find(name).ok_or_else(|| CliError::usage(format!("there is no platform {name:?}"), "mlhub ops"))
}

/// Client with that address and credential.
pub(crate) fn client(access: &Access) -> Result<Box<dyn PlatformClient>, Error> {
    let row = PLATFORMS.iter().find(|(platform, _)| platform.name == access.platform.name);
    let (_, new) = row.ok_or_else(|| Error::new(ErrorKind::Config, "there is no client of that platform"))?;
    new(access)
}

/// Login of a person, with a token that outlives this process and is proved to work.
pub(crate) async fn login(access: &Access, username: &str, password: &Secret) -> Result<StoredLogin, Error> {
    let token = client(&access.anonymous())?.fetch_token(username, password).await?;
    let proof = access.with_credential(Credential::given_token(token.value().clone()));
    client(&proof)?.whoami().await?;
    Ok(StoredLogin::of(access.url.clone(), username.to_owned(), &token))
}

/// Client that is signed in, as far as the operation asks for that.
pub(crate) async fn connect(access: &Access, op: &Op) -> CliResult<Box<dyn PlatformClient>> {
    let client = client(access).map_err(|error| access.error(&error))?;
    if let (Credential::Password { username, password }, true) = (&access.credential, op.auth != AuthKind::None) {
        client.sign_in(username, password).await.map_err(|error| access.error(&error))?;
    }
    Ok(client)
}
