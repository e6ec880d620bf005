//! What each command does.

pub(crate) mod autotune;
#[cfg(feature = "hub")]
mod backup;
pub(crate) mod call;
mod config;
mod explain;
pub(crate) mod groups;
mod login;
pub(crate) mod loudml;
mod ops;
mod scripts;
#[cfg(feature = "hub")]
pub(crate) mod serve;
pub(crate) mod vantage6;

use crate::args::{Cli, Command, Config};
use crate::fault::Fault;
use crate::output::Out;
use crate::platforms::{self, Platform};
use crate::profile::Access;

/// Carries the command out, until its end or Ctrl-C.
pub(crate) async fn run(cli: Cli, out: &Out) -> Result<(), Fault> {
    #[cfg(feature = "hub")]
    if let Command::Serve(options) = &cli.command {
        // Ctrl-C is how a server is asked to stop.
        return serve::serve(options, out).await;
    }
    if let Command::Tune(options) = &cli.command {
        // Ctrl-C is how its trials are asked to stop.
        return crate::tune::run(options, &cli.global, out).await;
    }
    #[cfg(unix)]
    if let Command::Guard(options) = &cli.command {
        return crate::tune::guard::run(&options.command).await;
    }
    // Ctrl-C leaves what these wait for, and they say how to come back.
    match &cli.command {
        Command::Platform(group) => return groups::run(group, &cli.global, out).await,
        Command::Wait(options) => return groups::resume(options, &cli.global, out).await,
        _ => {}
    }
    tokio::select! {
        // In this order: Ctrl-C is caught before the command begins.
        biased;
        Ok(()) = tokio::signal::ctrl_c() => Err(Fault::interrupted()),
        result = dispatch(&cli, out) => result,
    }
}

async fn dispatch(cli: &Cli, out: &Out) -> Result<(), Fault> {
    let global = &cli.global;
    match &cli.command {
        #[cfg(feature = "hub")]
        Command::Quickstart(options) => crate::quickstart::run(options, out).await,
        #[cfg(feature = "hub")]
        Command::Serve(options) => serve::serve(options, out).await,
        #[cfg(feature = "hub")]
        Command::Backup(options) => backup::backup(options, out).await,
        Command::Tune(options) => crate::tune::run(options, global, out).await,
        #[cfg(unix)]
        Command::Guard(options) => crate::tune::guard::run(&options.command).await,
        Command::Platform(group) => groups::run(group, global, out).await,
        Command::Wait(options) => groups::resume(options, global, out).await,
        Command::Call(options) => {
            let access = Access::open(platform(&options.platform)?, global)?;
            call::call(&access, options, out).await
        }
        Command::Ops(options) => ops::ops(options, out),
        Command::Login(options) => {
            let access = Access::open(platform(&options.platform)?, global)?;
            match groups::login(access.platform) {
                Some(own) => own(&access, options, out).await,
                None => login::login(&access, options, out).await,
            }
        }
        Command::Logout(options) => {
            let access = Access::open(platform(&options.platform)?, global)?;
            login::logout(&access, out).await
        }
        Command::Whoami(options) => {
            let access = Access::open(platform(&options.platform)?, global)?;
            login::whoami(&access, out).await
        }
        Command::Explain(options) => explain::explain(options, out),
        Command::Config(Config::Explain(options)) => config::explain(options, global, out),
        Command::Completions(options) => scripts::completions(options, out),
        Command::Man(options) => scripts::man(options, out),
    }
}

fn platform(name: &str) -> Result<&'static Platform, Fault> {
    platforms::find(name).ok_or_else(|| Fault::usage(format!("there is no platform {name:?}"), "mlhub ops"))
}
