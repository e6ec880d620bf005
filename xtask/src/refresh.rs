//! Refresh (`cargo xtask refresh`): from what a server publishes to the checked-in document.

use std::fs;
use std::path::Path;

use mlhub_codegen::upstream::{canonical, lower, merge_patch};
use mlhub_codegen::{dialect, extension};
use serde_json::Value;

use crate::diff;
use crate::failure::Failure;
use crate::platforms::{self, Source};
use crate::workspace::Workspace;

/// A document as it should be checked in.
pub(crate) struct Fresh {
    pub(crate) document: Value,
    /// Where it came from, as a sentence.
    pub(crate) origin: String,
}

/// Reads, lowers, overlays and lints; writes nothing.
pub(crate) fn fresh(workspace: &Workspace, platform: &str, from: Option<&str>) -> Result<Fresh, Failure> {
    let overlay = workspace.overlay(platform);
    let shown = workspace.shown(&workspace.document(platform));
    let (document, origin) = match platforms::source(workspace, platform, from)? {
        Source::Own(document) => {
            (document, format!("{platform} publishes nothing: {shown} is its own source, rewritten in order"))
        }
        Source::Published(published, place) => {
            let mut document = lower(published).map_err(|error| Failure::new(format!("{place}: {error}")))?;
            let mut origin = format!("read from {place}");
            if let Some(patch) = workspace.read_json(&overlay)? {
                merge_patch(&mut document, &patch);
                origin.push_str(&format!(", with {} laid over it", workspace.shown(&overlay)));
            }
            (document, origin)
        }
    };
    let violations = dialect::lint(&shown, &document);
    if violations.is_empty() {
        return Ok(Fresh { document, origin });
    }
    let lines: Vec<String> = violations.iter().map(|violation| format!("  {violation}")).collect();
    Err(Failure::new(format!(
        "{platform} does not keep to the dialect; mend the server, or say it in {}:\n{}",
        workspace.shown(&overlay),
        lines.join("\n")
    )))
}

/// The JSON Schema of `x-mlhub`, as it should be checked in.
pub(crate) fn extension_schema() -> String {
    canonical(&extension::schema())
}

pub(crate) fn run(workspace: &Workspace, platform: &str, from: Option<&str>) -> Result<(), Failure> {
    let fresh = fresh(workspace, platform, from)?;
    println!("{}", fresh.origin);
    let path = workspace.document(platform);
    // What was there may not even be JSON; then there is nothing to compare.
    let before = workspace.read_json(&path).ok().flatten();
    write(workspace, &path, &canonical(&fresh.document))?;
    write(workspace, &workspace.extension_schema(), &extension_schema())?;
    if let Some(before) = before {
        print!("{}", diff::Changes::between(&before, &fresh.document));
    }
    Ok(())
}

fn write(workspace: &Workspace, path: &Path, text: &str) -> Result<(), Failure> {
    let shown = workspace.shown(path);
    if workspace.read(path)?.as_deref() == Some(text) {
        println!("{shown}: unchanged");
        return Ok(());
    }
    fs::write(path, text).map_err(|error| Failure::file(path, &error))?;
    println!("{shown}: written");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: &str = r#"{
        "openapi": "3.1.0", "info": {"title": "Runs", "version": "1"},
        "paths": {"/runs": {"get": {"tags": ["run"], "summary": "Lists runs", "operationId": "list_runs",
            "responses": {
                "200": {"description": "Runs", "content": {"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}}},
                "422": {"description": "No"}}}}}}"#;
    const OVERLAY: &str =
        r#"{"x-mlhub": {"platform": "runs"}, "paths": {"/runs": {"get": {"operationId": "run_list"}}}}"#;

    fn workspace(overlay: &str) -> (tempfile::TempDir, Workspace, String) {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("openapi/overlays")).expect("folders");
        let published = folder.path().join("published.json");
        fs::write(&published, PUBLISHED).expect("a file");
        let workspace = Workspace::at(folder.path());
        fs::write(workspace.overlay("runs"), overlay).expect("a file");
        (folder, workspace, published.to_string_lossy().into_owned())
    }

    #[test]
    fn a_published_document_is_lowered_overlaid_and_written_in_order() {
        let (_folder, workspace, published) = workspace(OVERLAY);
        run(&workspace, "runs", Some(&published)).expect("a refresh");
        let text = fs::read_to_string(workspace.document("runs")).expect("the document");
        insta::assert_snapshot!(text);
        assert_eq!(fs::read_to_string(workspace.extension_schema()).expect("the schema"), extension_schema());
    }

    #[test]
    fn twice_changes_nothing() {
        let (_folder, workspace, published) = workspace(OVERLAY);
        run(&workspace, "runs", Some(&published)).expect("a refresh");
        let once = fs::read_to_string(workspace.document("runs")).expect("the document");
        run(&workspace, "runs", Some(&published)).expect("a refresh");
        assert_eq!(fs::read_to_string(workspace.document("runs")).expect("the document"), once);
        // Without a server to ask, the document is its own source and in order already.
        run(&workspace, "runs", None).expect("a refresh");
        assert_eq!(fs::read_to_string(workspace.document("runs")).expect("the document"), once);
    }

    #[test]
    fn what_breaks_the_dialect_is_not_written() {
        let (_folder, workspace, published) = workspace("{}");
        let failure = run(&workspace, "runs", Some(&published)).expect_err("no overlay, no extension");
        let message = failure.to_string();
        assert!(message.contains("openapi/overlays/runs.json"), "{message}");
        assert!(message.contains("operation-name"), "{message}");
        assert!(!workspace.document("runs").exists());
    }

    #[test]
    fn a_platform_without_document_names_those_that_have_one() {
        let (_folder, workspace, _) = workspace(OVERLAY);
        let failure = run(&workspace, "elsewhere", None).expect_err("no such document").to_string();
        assert!(failure.contains("openapi/elsewhere.json") && failure.contains("autotune"), "{failure}");
    }
}
