//! The program itself, over the workspace that it belongs to.

use std::process::Command;

#[test]
fn documents_are_what_refresh_writes() {
    let checked = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["check", "--documents-only"]).output();
    let checked = checked.expect("the program starts");
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}");
    assert_eq!(String::from_utf8_lossy(&checked.stdout), "structure, documents are as they should be\n");
}

#[test]
fn scripts_ask_cargo_where_it_builds() {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/target-folder");
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = folder.path().canonicalize().expect("its path").join("elsewhere");
    let said = Command::new(script).env("CARGO_TARGET_DIR", &elsewhere).output().expect("the script starts");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim_end(), elsewhere.display().to_string());
}
