//! No line of the platform's Rust repeats what its document says.

use std::fs;
use std::path::Path;

use mlhub::loudml::ops::OPS;

/// The lines of code under `src/loudml`, without comments and tests.
fn lines() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/loudml");
    let mut lines = Vec::new();
    for file in fs::read_dir(folder).expect("the platform's folder") {
        let path = file.expect("a file").path();
        let text = fs::read_to_string(&path).expect("Rust");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//") && !line.contains("include!("));
        lines.extend(code.map(|line| (path.display().to_string(), line.to_owned())));
    }
    lines
}

/// The texts between quotes in a line.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

#[test]
fn rust_names_neither_paths_nor_states() {
    let words: Vec<&str> = OPS
        .iter()
        .flat_map(|op| op.waits)
        .flat_map(|wait| [wait.good, wait.bad, wait.start].concat())
        .chain(["idle", "waiting", "running", "canceling"])
        .collect();
    assert!(words.contains(&"done") && words.contains(&"canceled"), "{words:?}");
    let segments: Vec<&str> = OPS
        .iter()
        .flat_map(|op| op.path.split('/').chain(op.wire.iter().flat_map(|w| w.path.unwrap_or_default().split('/'))))
        // The scheme of an address is a part of a path as well.
        .filter(|part| !part.is_empty() && !part.starts_with('{') && *part != "http")
        .collect();
    assert!(segments.contains(&"_train") && segments.contains(&"_nodes"), "{segments:?}");
    let lines = lines();
    assert!(lines.len() > 200, "{}", lines.len());
    let named: Vec<_> = lines
        .iter()
        .filter(|(_, line)| {
            quoted(line).any(|text| {
                let path = text.starts_with('/') && text.len() > 1 && !text.contains('{');
                path || words.contains(&text) || segments.contains(&text)
            })
        })
        .collect();
    assert!(named.is_empty(), "{named:#?}");
}

#[test]
fn a_line_that_does_is_found() {
    let words: Vec<_> = quoted(r#"let x = ["done", "/models"]; // "#).collect();
    assert_eq!(words, ["done", "/models"]);
}
