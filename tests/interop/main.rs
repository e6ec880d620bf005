//! The client against the real vantage6 HQ (public Python packages), with
//! stand-ins for its identity provider and its stores, and simulated nodes.
//! `tests/interop/environment` installs what it needs; without that the tests
//! say that they are skipped.

mod algorithms;
mod checklist;
mod client;
mod cost;
mod crypto;
mod federation;
mod hq;
mod measure;
mod peer;
mod platform;
#[path = "../support/ready.rs"]
mod ready;
mod restart;
mod server;
mod stand;
mod stores;
mod tasks;

/// Where the scripts are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop");
