//! Program from outside: what it prints, where, and how it ends.

mod answers;
#[cfg(target_os = "linux")]
mod attack;
mod auger;
mod autotune;
mod book;
mod call;
#[cfg(target_os = "linux")]
mod requirements;
// The plainest client, the same that judges the hub in its own tests.
#[cfg(unix)]
#[path = "../../../server/tests/it/support/client.rs"]
mod client;
mod command_tree;
mod config;
mod connections;
#[cfg(unix)]
mod crash;
#[cfg(target_os = "linux")]
mod files;
mod groups;
mod guide;
mod guide_page;
mod hub_in_process;
mod lab_server;
mod login;
mod long_lists;
#[cfg(unix)]
mod loudml;
mod messages;
mod network;
mod profiles;
mod quickstart;
#[cfg(unix)]
mod readme;
mod readme_commands;
#[cfg(unix)]
#[path = "../../../../tests/support/ready.rs"]
mod ready;
#[cfg(target_os = "linux")]
mod real_proxies;
mod secrets;
mod serve;
mod served_hub;
mod streams;
mod support;
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(target_os = "linux")]
mod tune;
mod typed;
mod vantage6;
