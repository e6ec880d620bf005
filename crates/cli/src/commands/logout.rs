//! `logout`: forgets the token in the profile.

use clap::Args;

use crate::command::{Command, CommandContext};
use crate::error::CliResult;
use crate::output::Out;
use crate::profile::access::{Access, Credential};
use crate::profile::credentials_file::CredentialsFile;
use crate::{platforms, terminal};

/// Forget the token in the profile
#[derive(Args, Debug)]
pub(crate) struct Logout {
    /// Which platform
    #[arg(value_parser = platforms::name_parser())]
    platform: String,
}

impl Command for Logout {
    const NAME: &str = "logout";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        logout(&Access::open(platforms::named(&self.platform)?, context.global)?, context.out).await
    }
}

/// Ends the login in the profile, at the server and here.
pub(crate) async fn logout(access: &Access, out: &Out) -> CliResult {
    let (name, profile) = (access.platform.name, &access.profile);
    let ended = match &access.credential {
        Credential::Stored(_) => match platforms::client(access) {
            Ok(client) => client.logout().await,
            Err(error) => Err(error),
        },
        _ => Ok(()),
    };
    if !CredentialsFile::open()?.forget(profile, name, &access.url).await? {
        out.notice(&format!("there was no token for {name} in the profile {profile:?}"));
        return Ok(());
    }
    out.notice(&format!("the token for {name} in the profile {profile:?} is forgotten"));
    if let Err(error) = ended {
        terminal::warn(&format!("the server could not be told, and takes the token until it ends: {error}"));
    }
    Ok(())
}
