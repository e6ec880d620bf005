//! Guide pages, run: every command, page by page, in the order in which a reader runs it.

use crate::guide_page::Page;
use crate::support::Home;

/// A port that nobody listens on at this moment, in place of the one that the page names.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// Runs a page that may start a hub.
#[track_caller]
fn runs(page: &str) {
    Page::new(page, Home::new()).says("8008", &free_port()).runs();
}

#[test]
fn start() {
    runs("start.md");
}

#[test]
fn the_hub() {
    runs("hub.md");
}

#[test]
fn settings() {
    runs("settings.md");
}

#[test]
fn errors() {
    runs("errors.md");
}

#[test]
fn the_first_ten_minutes() {
    runs("tuning/first-ten-minutes.md");
}

#[test]
fn tuning_a_command_of_three_languages() {
    runs("tuning/tune-a-command.md");
}

#[test]
fn several_machines_on_one_hub() {
    runs("tuning/several-machines.md");
}

#[test]
fn moving_from_autotune() {
    runs("tuning/moving-from-autotune.md");
}

#[test]
fn troubleshooting() {
    let made = [("python3", "--version"), ("openssl", "version"), ("curl", "--version")];
    let there = |(program, argument): &(&str, &str)| {
        crate::requirements::can("troubleshooting", std::process::Command::new(program).arg(argument))
    };
    if made.iter().all(there) {
        runs("troubleshooting.md");
    }
}
