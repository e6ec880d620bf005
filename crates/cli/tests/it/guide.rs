//! Every command in the guide is run, page by page, in the order in which a reader runs it.

use std::path::Path;

use crate::page::Page;
use crate::support::Home;

/// A port that nobody listens on at this moment, in place of the one that the page names.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// Runs a page about tuning.
#[track_caller]
fn runs(page: &str) {
    Page::new(&format!("tuning/{page}"), Home::new()).says("8008", &free_port()).runs();
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
