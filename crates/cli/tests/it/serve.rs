//! `serve` starts, says where, and stops in good order.

use std::io::{BufRead as _, BufReader};
use std::process::Child;

use crate::support::{Home, Ran};

const KEY: &str = "canary-signing-key-0123456789abcdef";

/// Starts a hub and waits for its line; its address.
fn start(home: &Home, more: &[&str]) -> (Child, BufReader<std::process::ChildStdout>, String) {
    let args = [&["serve", "--listen", "127.0.0.1:0", "--database", "sqlite://hub.sqlite"], more].concat();
    let mut child = home.start(&args);
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let url = line.trim_end().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?}")).to_owned();
    (child, stdout, url)
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args([name, &id]).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn it_says_where_it_listens_and_ends_well_when_it_is_told_to() {
    for name in ["-INT", "-TERM"] {
        let home = Home::new().with("MLHUB_JWT_SECRET", KEY);
        let (child, _stdout, url) = start(&home, &[]);
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        home.run(&["call", "autotune", "hub_info", "--url", &url]).ok();
        signal(&child, name);
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(!ran.stderr.contains(KEY), "{ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_was_kept_is_there_after_a_restart() {
    let home = Home::new().with("MLHUB_JWT_SECRET", KEY);
    let (child, _stdout, url) = start(&home, &[]);
    let signup = ["call", "autotune", "user_signup", "email=a@example.org", "password=hunter2hunter2"];
    home.run(&[&signup[..], &["--url", &url]].concat()).ok();
    signal(&child, "-TERM");
    child.wait_with_output().unwrap();
    let (child, _stdout, url) = start(&home, &["--token-lifetime", "2h"]);
    let login = ["login", "autotune", "--username", "a@example.org", "--password-stdin", "--url", &url];
    home.run_with_stdin(&login, "hunter2hunter2").ok();
    signal(&child, "-TERM");
    child.wait_with_output().unwrap();
}

#[test]
fn without_a_key_it_starts_for_development_on_this_machine_only() {
    let listen = |address: &'static str| ["serve", "--database", "sqlite://hub.sqlite", "--listen", address];
    let said = Home::new().run(&listen("127.0.0.1:0")).fails(2);
    assert!(said.contains("MLHUB_JWT_SECRET"), "{said}");
    Home::new().run(&[&listen("0.0.0.0:0")[..], &["--development"]].concat()).fails(2);
    let said = Home::new().with("MLHUB_JWT_SECRET", "short").run(&listen("127.0.0.1:0")).fails(2);
    assert!(!said.contains("short:") && said.contains("32"), "{said}");
    let home = Home::new();
    let (mut child, _stdout, url) = start(&home, &["--development"]);
    home.run(&["call", "autotune", "hub_info", "--url", &url]).ok();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_document_is_printed_without_a_key() {
    let text = Home::new().run(&["serve", "--print-openapi"]).ok();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.0"));
    assert_eq!(text, mlhub_server::openapi_document());
}
