//! `vantage6 key`: the organization's key, here and on the server.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use mlhub::vantage6::crypto::{KeyRegistration, PrivateKey};

use super::client::{HqClient, key};
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::operation::context::PlatformContext;
use crate::output::Table;

pub(super) const KEY: &str = "key";
const NEW: &str = "new";
const SHOW: &str = "show";
const REGISTER: &str = "register";
const FILE: &str = "own:file";
const REPLACE: &str = "own:replace";

pub(super) fn command() -> Command {
    let file = Arg::new(FILE).value_name("FILE").required(true).value_parser(clap::value_parser!(PathBuf));
    let replace = Arg::new(REPLACE).long("replace").action(ArgAction::SetTrue);
    Command::new(KEY)
        .about("The key that encrypts what organizations send each other: make, show, register")
        .long_about(
            "The key that encrypts what organizations send each other\n\nThe private key is named by \
             MLHUB_VANTAGE6_PRIVATE_KEY (a path, or the PEM text itself), or by `organization_key` in the profile.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new(NEW)
                .about("Make a private key in a new file that only you can read")
                .arg(file.help("The file; one that exists is left alone")),
        )
        .subcommand(Command::new(SHOW).about("Print the public half of the key, and whether the server has it"))
        .subcommand(Command::new(REGISTER).about("Give the server the public half of the key").arg(
            replace.help("In place of another one: what was encrypted for that one is lost to who holds only this"),
        ))
}

pub(super) async fn run(context: &PlatformContext<'_>, matches: &ArgMatches) -> CliResult {
    match matches.subcommand() {
        Some((NEW, matches)) => new(context, matches.get_one::<PathBuf>(FILE).cloned().unwrap_or_default()).await,
        Some((REGISTER, matches)) => register(context, matches.get_flag(REPLACE)).await,
        _ => show(context).await,
    }
}

async fn new(context: &PlatformContext<'_>, file: PathBuf) -> CliResult {
    if file.exists() {
        let message =
            format!("{} is there already: a key that was overwritten decrypts nothing any more", file.display());
        return Err(CliError::new(Exit::Conflict, message, "mlhub vantage6 key new OTHER.pem"));
    }
    let path = file.clone();
    // It takes a processor a second or so.
    let made = tokio::task::spawn_blocking(move || {
        let key = PrivateKey::generate()?;
        key.save(&path).map(|()| key)
    });
    let key = made.await.map_err(CliError::local)?;
    let key = key.map_err(|error| CliError::of(&error, format!("ls -ld {}", file.display())).with_exit(Exit::Other))?;
    context.out.notice(&format!(
        "wrote {}; next: MLHUB_VANTAGE6_PRIVATE_KEY={} mlhub vantage6 key register",
        file.display(),
        file.display()
    ));
    context.out.text(&format!("{}\n", key.public_key().to_api()))
}

async fn show(context: &PlatformContext<'_>) -> CliResult {
    let access = context.access()?;
    let Some(key) = key(&access)? else { return Err(none()) };
    let hub = HqClient::open(context).await?;
    hub.client.set_private_key(key.clone());
    let registered = match hub.client.check_key().await.map_err(|error| hub.error(&error))? {
        KeyRegistration::Same => "yes",
        KeyRegistration::Missing => "no",
        _ => "another one",
    };
    let mut table = Table::new(["public_key", "registered"]);
    table.row([key.public_key().to_api().into(), registered.into()]);
    context.out.record(&table)
}

async fn register(context: &PlatformContext<'_>, replace: bool) -> CliResult {
    let Some(key) = key(&context.access()?)? else { return Err(none()) };
    let hub = HqClient::open(context).await?;
    hub.client.set_private_key(key);
    let registered =
        if replace { hub.client.replace_public_key().await } else { hub.client.register_public_key().await };
    let organization = registered.map_err(|error| {
        let failed = hub.error(&error);
        match error.kind() {
            mlhub::ErrorKind::Conflict => failed.with_next("mlhub vantage6 key register --replace"),
            _ => failed,
        }
    })?;
    context.out.notice(&format!("the server has the public key of organization {} now", organization.id));
    Ok(())
}

fn none() -> CliError {
    let message =
        "no private key is named: neither by MLHUB_VANTAGE6_PRIVATE_KEY nor by `organization_key` in the profile";
    CliError::usage(message, "mlhub vantage6 key new organization.pem")
}
