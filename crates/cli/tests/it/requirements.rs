//! Requirements of tests that this machine may lack.

use std::process::{Command, Stdio};

/// Whether this machine can do something, by a command that succeeds where it can. Where MLHUB_REQUIRE names it, as in
/// CI, it has to.
pub(crate) fn can(what: &str, proof: &mut Command) -> bool {
    let done = proof.stdin(Stdio::null()).output();
    if done.as_ref().is_ok_and(|done| done.status.success()) {
        return true;
    }
    let required = std::env::var("MLHUB_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|name| name == what), "{what}: {done:?}");
    eprintln!("skipped: this machine has no {what}: {done:?}");
    false
}
