//! Check (`cargo xtask check`): nothing is checked in that refresh and the tests would write differently, no imports go
//! in a circle or reach a higher floor, and each row of the report tables has its test.

use std::path::PathBuf;

use mlhub_codegen::upstream::canonical;

use crate::failure::Failure;
use crate::workspace::Workspace;
use crate::{platforms, refresh, report_table, snapshots, structure};

/// How to find out about snapshots.
pub(crate) enum Snapshots {
    /// Not at all.
    Leave,
    /// By a run of all tests.
    Test,
    /// By what such a run has written into that file.
    Tested(PathBuf),
}

pub(crate) fn run(workspace: &Workspace, snapshots: Snapshots) -> Result<(), Failure> {
    let documents_only = matches!(snapshots, Snapshots::Leave);
    let mut problems = documents(workspace)?;
    problems.extend(structure::problems(workspace)?);
    problems.extend(report_table::problems(workspace)?);
    problems.extend(match snapshots {
        Snapshots::Leave => Vec::new(),
        Snapshots::Test => snapshots::problems(workspace)?,
        Snapshots::Tested(references) => snapshots::stray(workspace, &references)?,
    });
    if problems.is_empty() {
        println!("structure, documents{} are as they should be", if documents_only { "" } else { " and snapshots" });
        return Ok(());
    }
    Err(Failure::new(problems.join("\n")))
}

fn documents(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut problems = Vec::new();
    for platform in platforms::all(workspace)? {
        match refresh::fresh(workspace, &platform, None) {
            Ok(fresh) => {
                let path = workspace.document(&platform);
                if workspace.read(&path)?.as_deref() != Some(&canonical(&fresh.document)) {
                    problems.push(differs(&workspace.shown(&path), &platform));
                }
            }
            Err(failure) => problems.push(failure.to_string()),
        }
    }
    let schema = workspace.extension_schema();
    if workspace.read(&schema)?.as_deref() != Some(&refresh::extension_schema()) {
        problems.push(differs(&workspace.shown(&schema), "autotune"));
    }
    Ok(problems)
}

fn differs(file: &str, platform: &str) -> String {
    format!(
        "{file} is not what refresh writes; run `cargo xtask refresh {platform}`, read `cargo xtask diff {platform}`, commit it"
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    /// A workspace in order, with one platform that publishes nothing beside the hub's.
    fn in_order() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("openapi/overlays")).expect("folders");
        let workspace = Workspace::at(folder.path());
        let own = Workspace::here();
        fs::copy(own.overlay("autotune"), workspace.overlay("autotune")).expect("the overlay");
        refresh::run(&workspace, "autotune", None).expect("the hub's document");
        fs::write(workspace.document("notes"), canonical(&notes())).expect("a document");
        (folder, workspace)
    }

    fn notes() -> serde_json::Value {
        json!({
            "openapi": "3.0.3", "info": {"title": "Notes", "version": "1"}, "x-mlhub": {"platform": "notes"},
            "paths": {"/notes": {"get": {
                "operationId": "note_get", "tags": ["note"], "summary": "Reads the note",
                "responses": {"2XX": {"description": "The note"}},
            }}},
        })
    }

    #[test]
    fn a_workspace_in_order_passes() {
        let (_folder, workspace) = in_order();
        assert_eq!(run(&workspace, Snapshots::Leave), Ok(()));
    }

    #[test]
    fn an_edited_document_names_the_file_and_the_command() {
        let (_folder, workspace) = in_order();
        let path = workspace.document("autotune");
        let text = fs::read_to_string(&path).expect("the document").replace("experiment_ask", "experiment_query");
        fs::write(&path, text).expect("the document");
        let message = run(&workspace, Snapshots::Leave).expect_err("an edited document").to_string();
        assert!(message.contains("openapi/autotune.json"), "{message}");
        assert!(message.contains("cargo xtask refresh autotune"), "{message}");
    }

    #[test]
    fn a_document_out_of_order_or_outside_the_dialect_fails() {
        let (_folder, workspace) = in_order();
        fs::write(workspace.document("notes"), notes().to_string()).expect("a document");
        assert!(run(&workspace, Snapshots::Leave).expect_err("one line").to_string().contains("openapi/notes.json"));
        let mut broken = notes();
        broken["paths"]["/notes"]["get"]["tags"] = json!([]);
        fs::write(workspace.document("notes"), canonical(&broken)).expect("a document");
        assert!(run(&workspace, Snapshots::Leave).expect_err("no tag").to_string().contains("breaks tag"));
    }

    #[test]
    fn an_old_schema_of_the_extension_fails() {
        let (_folder, workspace) = in_order();
        fs::write(workspace.extension_schema(), "{}\n").expect("a schema");
        let message = run(&workspace, Snapshots::Leave).expect_err("an old schema").to_string();
        assert!(message.contains("openapi/x-mlhub.schema.json"), "{message}");
    }
}
