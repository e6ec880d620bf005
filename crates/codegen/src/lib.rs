//! Code generator: compiles mlhub's OpenAPI documents into typed endpoint methods.
//!
//! A document is read ([`spec`]) with what its endpoints mean ([`extension`]), linted ([`dialect`]), lowered to what
//! progenitor compiles well, generated, rewritten and completed: our own `send`, groups, streams, waits and the table of
//! operations.
//! [`upstream`] goes the other way, from what a server publishes to a document.
//!
//! A build script calls [`compile`]; what it refuses, [`dialect::lint`] says beforehand:
//!
//! ```
//! let document = serde_json::json!({"openapi": "3.1.0", "info": {"title": "Notes", "version": "1"}, "paths": {}});
//! for violation in mlhub_codegen::dialect::lint("notes", &document) {
//!     println!("{violation}"); // the document, the place, the rule, and what to write instead
//! }
//! ```

pub mod dialect;
mod emit;
mod error;
pub mod extension;
mod generate;
mod generated;
mod identifier;
mod lower;
mod rewrite;
pub mod spec;
pub mod upstream;

use std::path::{Path, PathBuf};

pub use error::Error;
pub use generate::{Settings, generate};

/// Compiles one document from a build script: `NAME.json` to `OUT_DIR/NAME.rs`.
///
/// # Errors
///
/// A file that cannot be read or written, or a document that cannot be compiled.
pub fn compile(document: impl AsRef<Path>, settings: &Settings) -> Result<(), Error> {
    let path = document.as_ref();
    let shown = path.display().to_string();
    println!("cargo::rerun-if-changed={shown}");
    let fail = |what: String| Error::new(&shown, "", what);
    let text = std::fs::read_to_string(path).map_err(|e| fail(format!("cannot be read: {e}")))?;
    let code = generate(&shown, &text, settings)?;
    let out =
        std::env::var_os("OUT_DIR").ok_or_else(|| fail("OUT_DIR is not set; call this from a build script".into()))?;
    let name = path.file_stem().unwrap_or(path.as_os_str());
    let target = PathBuf::from(out).join(name).with_extension("rs");
    std::fs::write(&target, code).map_err(|e| fail(format!("{} cannot be written: {e}", target.display())))
}
