//! Every command in the guide is run, page by page, in the order in which a reader runs it.

use std::path::Path;
use std::process::Command;

use crate::support::Home;

/// The fences that are files: the word after the language is the name.
struct Block<'a> {
    language: &'a str,
    file: Option<&'a str>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let (language, file) = info.split_once(' ').map_or((info, None), |(language, file)| (language, Some(file)));
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(Block { language, file, text: text.join("\n") + "\n" });
    }
    blocks
}

/// A port that nobody listens on at this moment, in place of the one that the page names.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// Runs a page about tuning.
#[track_caller]
fn runs(page: &str) {
    runs_with(&format!("tuning/{page}"), "8008", &free_port());
}

/// Runs a page in a home of its own, with another port in place of the one that it names; what it wrote is shown where
/// it fails.
#[track_caller]
pub(crate) fn runs_with(page: &str, port: &str, ours: &str) {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page)).unwrap();
    let text = text.replace(port, ours);
    let home = Home::new();
    let mut script = String::from("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n");
    let mut commands = 0;
    for block in blocks(&text) {
        match (block.language, block.file) {
            (_, Some(file)) => std::fs::write(home.path().join(file), block.text).unwrap(),
            ("sh", None) => {
                script += &block.text;
                commands += 1;
            }
            (other, None) => panic!("{page}: a block of {other:?} is neither a file nor a command"),
        }
    }
    assert!(commands > 0, "{page} has no commands");
    std::fs::write(home.path().join("page"), script).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_mlhub")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    // The page's compilers and interpreters find what they need in the home of whoever runs the tests; what the program
    // keeps goes elsewhere.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MLHUB_")) {
        bash.env_remove(name);
    }
    let done = bash
        .arg("page")
        .current_dir(home.path())
        .env("PATH", path)
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_DATA_HOME", home.path().join("data"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{page}: {}\n{said}", done.status);
}

#[test]
fn the_first_ten_minutes() {
    runs("first-ten-minutes.md");
}

#[test]
fn tuning_a_command_of_three_languages() {
    runs("tune-a-command.md");
}

#[test]
fn several_machines_on_one_hub() {
    runs("several-machines.md");
}

#[test]
fn moving_from_autotune() {
    runs("moving-from-autotune.md");
}

#[test]
fn every_page_of_the_guide_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tuning");
    let here = include_str!("guide.rs");
    for page in std::fs::read_dir(folder).unwrap() {
        let name = page.unwrap().file_name().into_string().unwrap();
        assert!(here.contains(&format!("runs(\"{name}\")")), "{name} is not run");
    }
}
