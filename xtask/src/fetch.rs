//! Reads a published document from an address or a file.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::failure::Failure;
use crate::workspace::{Workspace, json};

/// How long a server may take to hand over its document.
const TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) fn document(workspace: &Workspace, from: &str) -> Result<Value, Failure> {
    let text = if from.starts_with("http://") || from.starts_with("https://") {
        download(from)?
    } else {
        let path = Path::new(from);
        workspace
            .read(path)?
            .ok_or_else(|| Failure::new(format!("there is no file {from}; give an http address or a file to --from")))?
    };
    json(from, &text)
}

fn download(address: &str) -> Result<String, Failure> {
    let failed = |error: reqwest::Error| Failure::new(format!("{address} cannot be read: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("no runtime to read {address} with: {error}")))?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(failed)?;
        let response = client.get(address).send().await.map_err(failed)?;
        response.error_for_status().map_err(failed)?.text().await.map_err(failed)
    })
}
