//! The document names paths and status words, and no Rust does.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mlhub::auger::ops::OPS;

/// What paths are made of, and the words that end or begin a wait.
fn names() -> BTreeSet<&'static str> {
    let paths =
        OPS.iter().flat_map(|op| op.path.split('/').chain(op.wire.and_then(|wire| wire.path).unwrap_or("").split('/')));
    // Too plain to be told from any other word.
    let parts = paths.filter(|part| {
        !part.is_empty() && !part.starts_with('{') && !["api", "v1", "v2", "status", "logs"].contains(part)
    });
    let words = OPS.iter().flat_map(|op| op.waits).flat_map(|wait| [wait.good, wait.bad, wait.start].concat());
    parts.chain(words).collect()
}

/// Everything written by hand about Auger.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src/auger", "testing/auger/src"];
    let inside = folders.iter().flat_map(|folder| fs::read_dir(root.join(folder)).expect("a folder"));
    let inside =
        inside.map(|file| file.expect("a file").path()).filter(|path| path.extension().is_some_and(|e| e == "rs"));
    inside.chain([root.join("crates/cli/src/platforms/auger.rs")]).collect()
}

#[test]
fn no_line_of_rust_names_a_path_or_a_status_word() {
    let names = names();
    assert!(names.contains("experiment_sessions") && names.contains("packaged_with_error"), "{names:?}");
    let mut lines = 0;
    for path in files() {
        let text = fs::read_to_string(&path).expect("text");
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            lines += 1;
            for literal in line.split('"').skip(1).step_by(2) {
                let named = literal.split('/').find(|part| names.contains(part));
                assert!(named.is_none(), "{}:{}: {line}", path.display(), number + 1);
                assert!(!literal.contains("/api/"), "{}:{}: {line}", path.display(), number + 1);
            }
        }
    }
    assert!(lines > 400, "only {lines} lines were looked at");
}
