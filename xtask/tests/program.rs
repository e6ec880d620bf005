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
