//! Commands, one file or folder each, and the list of them.

mod autotune;
#[cfg(feature = "hub")]
mod backup;
mod call;
mod completions;
mod config;
mod explain;
mod login;
mod logout;
mod loudml;
mod man;
mod ops;
pub(crate) mod platform;
#[cfg(feature = "hub")]
mod quickstart;
#[cfg(feature = "hub")]
mod serve;
pub(crate) mod tune;
mod vantage6;
mod wait;
mod whoami;

use crate::command::CommandEntry;

/// Commands, in the order of the help text.
pub(crate) static COMMANDS: &[CommandEntry] = &[
    #[cfg(feature = "hub")]
    CommandEntry::of::<quickstart::Quickstart>(),
    #[cfg(feature = "hub")]
    CommandEntry::of::<serve::Serve>(),
    #[cfg(feature = "hub")]
    CommandEntry::of::<backup::Backup>(),
    CommandEntry::of::<tune::Tune>(),
    platform::ENTRY,
    CommandEntry::of::<call::Call>(),
    CommandEntry::of::<ops::Ops>(),
    CommandEntry::of::<login::LoginArgs>(),
    CommandEntry::of::<logout::Logout>(),
    CommandEntry::of::<whoami::Whoami>(),
    CommandEntry::of::<wait::Wait>(),
    CommandEntry::of::<explain::Explain>(),
    CommandEntry::of::<config::Config>(),
    CommandEntry::of::<completions::Completions>(),
    CommandEntry::of::<man::Man>(),
];
