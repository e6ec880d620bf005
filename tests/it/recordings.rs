//! Answers of real servers. They are not part of this repository; where they
//! are missing a test has nothing to check, which CI counts as a failure.

use std::path::PathBuf;

use serde_json::Value;

/// The recordings of that name; nothing where they are missing and not required.
pub(crate) fn read(name: &str) -> Option<Value> {
    found(folder(), name)
}

/// What was written down beside the recordings, such as messages that other
/// programs encrypted.
pub(crate) fn reference(name: &str) -> Option<Value> {
    found(folder().join("../reference"), name)
}

fn folder() -> PathBuf {
    std::env::var_os("MLHUB_RECORDINGS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/recordings")), PathBuf::from)
}

fn found(folder: PathBuf, name: &str) -> Option<Value> {
    match std::fs::read_to_string(folder.join(name)) {
        Ok(text) => Some(serde_json::from_str(&text).expect("recordings are JSON")),
        Err(cause) => {
            let required = std::env::var("MLHUB_REQUIRE").unwrap_or_default();
            assert!(!required.split(',').any(|what| what == "recordings"), "{name} in {}: {cause}", folder.display());
            eprintln!("skipped: no {name} in {}; set MLHUB_RECORDINGS to their folder", folder.display());
            None
        }
    }
}
