//! Commands of README: what stands in its shell blocks, without the comments.

use std::path::Path;

use crate::guide_page::blocks;

/// Lines of a shell block, each whole and without its comment.
pub(crate) fn lines(block: &str) -> Vec<String> {
    let whole = block.replace("\\\n    ", "");
    whole.lines().map(|line| line.split("  #").next().unwrap().trim().to_owned()).collect()
}

/// Every line that begins with `mlhub`.
pub(crate) fn commands() -> Vec<String> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let blocks = blocks(&readme);
    blocks
        .iter()
        .filter(|block| block.language == "sh")
        .flat_map(|block| lines(&block.text))
        .filter(|line| line.starts_with("mlhub "))
        .collect()
}

/// The one command of a platform.
pub(crate) fn command(platform: &str) -> String {
    let commands = commands();
    let mut found = commands.into_iter().filter(|line| line.starts_with(&format!("mlhub {platform} ")));
    let only = found.next().unwrap_or_else(|| panic!("README has no command of {platform}"));
    assert!(found.next().is_none(), "README has several commands of {platform}");
    only
}
