//! Interop tests of `mlhub vantage6` as people type it, against the real HQ (public Python packages), with a stand-in
//! for its identity provider and simulated nodes. What they need is installed by `tests/interop/environment` at the
//! root; without that the tests say that they are skipped.

// The library's own tests of this sort have these. There is one way to start the real HQ, and one set of nodes, and no
// crate for what two test programs share.
#[path = "../../../../tests/interop/algorithms.rs"]
mod algorithms;
#[path = "../../../../tests/interop/federation.rs"]
mod federation;
mod groups;
mod guide;
#[path = "../it/guide_page.rs"]
mod guide_page;
#[path = "../../../../tests/interop/hq.rs"]
mod hq;
mod keys;
mod logins;
#[path = "../../../../tests/interop/peer.rs"]
mod peer;
#[path = "../../../../tests/interop/platform.rs"]
mod platform;
#[path = "../it/readme_commands.rs"]
mod readme_commands;
#[path = "../../../../tests/support/ready.rs"]
mod ready;
#[path = "../../../../tests/interop/restart.rs"]
mod restart;
mod secrets;
mod sessions;
mod shell;
#[path = "../../../../tests/interop/stand.rs"]
mod stand;
#[path = "../it/support.rs"]
mod support;
mod tasks;
mod waits;

/// Where the scripts are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/interop");
