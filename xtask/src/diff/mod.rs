//! Document diff (`cargo xtask diff`): what a changed document means for those who call it.

mod changes;
mod extension;
mod operations;
mod schemas;

use std::collections::BTreeSet;
use std::path::Path;

pub(crate) use changes::Changes;
use mlhub_codegen::spec::Spec;
use serde_json::Value;

use crate::failure::Failure;
use crate::platforms;
use crate::workspace::{Workspace, json};

impl Changes {
    /// All that changes from one document to another.
    pub(crate) fn between(old: &Value, new: &Value) -> Self {
        let mut changes = Self::default();
        operations::compare(&Spec::new("old", old), &Spec::new("new", new), &mut changes);
        changes
    }
}

pub(crate) fn run(workspace: &Workspace, platform: Option<&str>, against: &str) -> Result<(), Failure> {
    let names = match platform {
        Some(platform) => BTreeSet::from([platform.to_owned()]),
        None => platforms::all(workspace)?,
    };
    for platform in names {
        let path = workspace.document(&platform);
        let shown = workspace.shown(&path);
        let Some(new) = workspace.read_json(&path)? else {
            return Err(Failure::new(format!("there is no {shown}; `cargo xtask refresh {platform}` writes it")));
        };
        match old(workspace, &shown, against)? {
            Some(old) => print!("{platform}, against {against}:\n{}", Changes::between(&old, &new)),
            None => println!("{platform}: {shown} is not in {against}; all of it is new"),
        }
    }
    Ok(())
}

/// The document to compare with: a file of that name, else the same file in that revision.
fn old(workspace: &Workspace, shown: &str, against: &str) -> Result<Option<Value>, Failure> {
    if let Some(document) = workspace.read_json(Path::new(against))? {
        return Ok(Some(document));
    }
    if workspace.git(&["rev-parse", "--verify", "--quiet", &format!("{against}^{{commit}}")]).is_err() {
        return Err(Failure::new(format!("{against} is neither a file nor a revision; give one of them to --against")));
    }
    // In a revision that does not have the file yet, this fails.
    let text = workspace.git(&["show", &format!("{against}:{shown}")]).ok();
    text.map(|text| json(&format!("{against}:{shown}"), &text)).transpose()
}

#[cfg(test)]
mod tests;
