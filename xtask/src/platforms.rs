//! Platforms: which there are, and what each of them publishes.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::failure::Failure;
use crate::fetch;
use crate::workspace::{Workspace, json};

/// The platform whose server is part of this repository.
const OWN_HUB: &str = "autotune";
/// What stands beside the documents and is none.
const NO_DOCUMENT: &str = "x-mlhub.schema.json";

/// Where a platform's document comes from.
pub(crate) enum Source {
    /// A server publishes it: what it says, and where it was read.
    Published(Value, String),
    /// Nobody does: the checked-in document is all there is.
    Own(Value),
}

/// All platforms that have a document, or whose server tells one.
pub(crate) fn all(workspace: &Workspace) -> Result<BTreeSet<String>, Failure> {
    let folder = workspace.root().join("openapi");
    let files = fs::read_dir(&folder).map_err(|error| Failure::file(&folder, &error))?;
    let mut names = BTreeSet::from([OWN_HUB.to_owned()]);
    for file in files {
        let name = file.map_err(|error| Failure::file(&folder, &error))?.file_name();
        let name = name.to_string_lossy();
        if let Some(platform) = name.strip_suffix(".json").filter(|_| name != NO_DOCUMENT) {
            names.insert(platform.to_owned());
        }
    }
    Ok(names)
}

pub(crate) fn source(workspace: &Workspace, platform: &str, from: Option<&str>) -> Result<Source, Failure> {
    if let Some(from) = from {
        return Ok(Source::Published(fetch::document(workspace, from)?, from.to_owned()));
    }
    if platform == OWN_HUB {
        let published = json("the hub's document", &mlhub_server::openapi_document())?;
        return Ok(Source::Published(published, "the hub in this repository".to_owned()));
    }
    let path = workspace.document(platform);
    match workspace.read_json(&path)? {
        Some(document) => Ok(Source::Own(document)),
        None => {
            let known: Vec<String> = all(workspace)?.into_iter().collect();
            Err(Failure::new(format!(
                "there is no {}; write it, give --from URL|FILE, or name one of: {}",
                workspace.shown(&path),
                known.join(", ")
            )))
        }
    }
}
