//! `diff`: what a changed document means for those who call it.

mod api;
mod calls;
mod meaning;
mod shapes;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
use crate::platforms;
use crate::workspace::{Workspace, json};

/// What a change does to a program that compiles today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    /// It may not compile, or its requests or replies no longer fit.
    Breaking,
    /// It compiles and is sent, retried, walked or waited for differently.
    Meaning,
    /// There is more to call or read.
    Additive,
}

/// All that changes between two documents, each once.
#[derive(Debug, Default)]
pub(crate) struct Changes(BTreeSet<(Effect, String)>);

impl Changes {
    pub(crate) fn between(old: &Value, new: &Value) -> Self {
        let mut changes = Self::default();
        calls::compare(&api::Api::new(old), &api::Api::new(new), &mut changes);
        changes
    }

    fn add(&mut self, effect: Effect, what: impl Into<String>) {
        self.0.insert((effect, what.into()));
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "nothing changes for callers");
        }
        for (effect, heading) in [
            (Effect::Breaking, "breaking: a program may not compile, or its requests or replies no longer fit"),
            (Effect::Meaning, "meaning: the same calls are carried out differently"),
            (Effect::Additive, "additive: there is more to call or read"),
        ] {
            let lines: Vec<_> = self.0.iter().filter(|(of, _)| *of == effect).collect();
            if !lines.is_empty() {
                writeln!(f, "{heading}")?;
            }
            for (_, line) in lines {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
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
