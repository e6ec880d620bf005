//! Tests of the structure: planted circles and planted imports that reach up, in a workspace of a few files.

use std::collections::BTreeSet;
use std::fs;

use super::circles::{of_files, of_folders};
use super::floors::{dependencies, upward};
use super::imports::imports;
use super::module_tree::Crate;
use crate::workspace::Workspace;

/// What is found in a crate of those files: circles of files, of folders, and imports that reach up.
fn found(files: &[(&str, &str)]) -> (Vec<BTreeSet<String>>, Vec<BTreeSet<String>>, BTreeSet<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join("src").join(path);
        fs::create_dir_all(path.parent().expect("its folder")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    let workspace = Workspace::at(folder.path());
    let tree = Crate::read(&workspace, &folder.path().join("src/lib.rs")).expect("a crate");
    let imports = imports(&tree);
    let nodes = |circles: Vec<super::Circle>| circles.into_iter().map(|circle| circle.nodes).collect();
    (nodes(of_files(&tree, &imports)), nodes(of_folders(&tree, &imports)), upward(&tree, &imports))
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_planted_circle_of_files_is_found_and_one_for_tests_alone_is_not() {
    let files = |attribute: &str| {
        let back = format!("{attribute}\nmod inner {{ use crate::a::A; }}\npub struct B;");
        found(&[("lib.rs", "mod a;\nmod b;"), ("a.rs", "use crate::b::B;\npub struct A(B);"), ("b.rs", &back)]).0
    };
    assert_eq!(files(""), [names(&["src/a.rs", "src/b.rs"])]);
    assert!(files("#[cfg(test)]").is_empty());
}

#[test]
fn a_circle_is_found_through_paths_macros_attributes_and_globs() {
    for back in [
        "fn f() { crate::a::f() }",
        "fn f() { assert!(crate::a::f()) }",
        "#[derive(D)] #[serde(with = \"crate::a::f\")] struct S;",
        "use super::a; fn f() { a::f() }",
        "use crate::a::*;",
    ] {
        let files = [("lib.rs", "mod a;\nmod b;"), ("a.rs", "use crate::b::B;\npub fn f() {}"), ("b.rs", back)];
        let files = files
            .map(|(path, text)| (path, if path == "b.rs" { format!("{text}\npub struct B;") } else { text.into() }));
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        assert_eq!(found(&files).0, [names(&["src/a.rs", "src/b.rs"])], "{back}");
    }
}

#[test]
fn a_name_that_a_parent_passes_on_leads_to_the_file_that_defines_it() {
    let parent = "mod a;\nmod b;\npub use self::a::A;\npub(crate) use b::B;";
    let (files, folders, _) = found(&[
        ("lib.rs", "mod inner;\npub use inner::A;"),
        ("inner/mod.rs", parent),
        ("inner/a.rs", "pub struct A;"),
        ("inner/b.rs", "use super::A;\npub struct B(A);"),
    ]);
    assert_eq!((files, folders), (vec![], vec![]));
    // What a parent takes from its own child makes no circle, and what its children take from each other does.
    let (files, _, _) = found(&[
        ("lib.rs", "mod a;\nuse a::A;\npub struct Shared;"),
        ("a.rs", "use super::Shared;\npub struct A(Shared);"),
    ]);
    assert!(files.is_empty());
    let back = "use crate::inner::B;\npub struct A(B);";
    let (files, _, _) = found(&[
        ("lib.rs", "mod inner;"),
        ("inner/mod.rs", parent),
        ("inner/a.rs", back),
        ("inner/b.rs", "use super::A;\npub struct B(A);"),
    ]);
    assert_eq!(files, [names(&["src/inner/a.rs", "src/inner/b.rs"])]);
}

#[test]
fn folders_are_in_a_circle_where_no_two_files_are() {
    let (files, folders, _) = found(&[
        ("lib.rs", "mod a;\nmod b;"),
        ("a/mod.rs", "pub mod low;\npub mod high;"),
        ("a/low.rs", "pub struct Low;"),
        ("a/high.rs", "use crate::b::B;"),
        ("b.rs", "use crate::a::low::Low;\npub struct B(Low);"),
    ]);
    assert_eq!((files, folders), (vec![], vec![names(&["a", "b"])]));
}

#[test]
fn a_planted_import_that_reaches_up_is_found_also_by_way_of_a_module_without_floor() {
    let lib = "mod auger;\nmod clock;\nmod error;\nmod other;\nmod vantage6;";
    let (_, _, upward) = found(&[
        ("lib.rs", lib),
        ("auger.rs", "use crate::vantage6::V;\nuse crate::error::Error;\npub struct A;"),
        ("clock.rs", "use crate::error::Error;\npub struct Clock;"),
        ("error.rs", "use crate::other::Other;\npub struct Error;"),
        ("other.rs", "use crate::clock::Clock;\npub struct Other;"),
        ("vantage6.rs", "pub struct V;"),
    ]);
    let across = "src/auger.rs -> src/vantage6.rs (crate::vantage6::V): auger and vantage6 stand apart";
    let up = "src/error.rs -> src/other.rs (crate::other::Other) -> src/clock.rs (crate::clock::Clock): \
              error lies below clock";
    assert_eq!(upward, names(&[across, up]));
}

#[test]
fn the_server_may_know_the_client_in_its_tests_only() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("crates/server")).expect("folders");
    let workspace = Workspace::at(folder.path());
    let manifest = folder.path().join("crates/server/Cargo.toml");
    fs::write(&manifest, "[dependencies]\nmlhub-engine = 1\n[dev-dependencies]\nmlhub = 1\n").expect("a file");
    assert!(dependencies(&workspace).expect("read").is_empty());
    fs::write(&manifest, "[dependencies]\nmlhub = { workspace = true }\n").expect("a file");
    assert_eq!(dependencies(&workspace).expect("read").len(), 1);
}
