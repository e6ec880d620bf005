//! The dialect's lint: every rule has a document that breaks it and nothing else, and what
//! passes can be compiled.

mod compiles;
mod description;
mod never_panics;
mod rules;
mod upstream;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mlhub_codegen::upstream::merge_patch;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialect")
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A document that uses everything the dialect allows.
fn good() -> Value {
    read(&folder().join("good.json"))
}

/// By rule: the good document with the one change that breaks it.
fn broken() -> BTreeMap<String, Value> {
    let files = fs::read_dir(folder().join("documents")).expect("the folder of documents");
    files
        .map(|file| file.expect("a file of the folder").path())
        .map(|path| {
            let rule = path.file_stem().expect("a file name").to_string_lossy();
            let mut document = good();
            merge_patch(&mut document, &read(&path));
            (rule.into_owned(), document)
        })
        .collect()
}
