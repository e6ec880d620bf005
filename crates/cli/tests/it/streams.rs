//! Output streams: data on stdout, everything else on stderr, and readers that leave early.

use std::process::Stdio;

use crate::hub_in_process::HUB;
use crate::support::{Home, Ran};

#[test]
fn data_goes_to_stdout_and_nothing_else_does() {
    let home = Home::new();
    for args in [&["ops"][..], &["explain"], &["explain", "mlh-auth"], &["completions", "bash"], &["man"]] {
        let ran = home.run(args);
        assert!(ran.code == Some(0) && ran.stderr.is_empty() && !ran.stdout.is_empty(), "{args:?} {ran:?}");
    }
    let ran = HUB.outside().run(&["call", "autotune", "hub_info"]);
    assert!(ran.stderr.is_empty(), "{ran:?}");
}

#[test]
fn a_pipe_gets_rows_without_a_heading_and_without_colours() {
    let rows = Home::new().run(&["ops", "autotune"]).ok();
    assert!(rows.lines().all(|line| line.split('\t').count() == 6), "{rows}");
    assert!(
        rows.lines().any(|line| line.starts_with("experiment_create\tautotune\tPOST\t/experiment/new\t")),
        "{rows}"
    );
    assert!(!rows.contains('\u{1b}'), "{rows}");
    let said = Home::new().run(&["explain", "nothing"]).fails(2);
    assert!(!said.contains('\u{1b}'), "{said}");
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let said = |home: Home, args: &[&str]| home.run(args).stderr;
    assert!(said(Home::new(), &["explain", "nothing", "--color", "always"]).contains('\u{1b}'));
    assert!(!said(Home::new().with("NO_COLOR", "1"), &["explain", "nothing"]).contains('\u{1b}'));
    assert!(!said(Home::new().with("CLICOLOR_FORCE", "1"), &["explain", "x", "--color", "never"]).contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_failure() {
    for args in [&["ops"][..], &["completions", "zsh"], &["man"], &["explain", "-o", "json"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::of(Home::new().command(args).stdout(Stdio::from(writer)).output().unwrap());
        assert!(ran.code == Some(0) && ran.stderr.is_empty(), "{args:?} {ran:?}");
    }
}

#[test]
fn the_parameters_of_an_operation_are_listed() {
    let rows = Home::new().run(&["ops", "autotune", "trial_tell"]).ok();
    assert!(rows.contains("trial_id\tpath\ttrue\tfalse\t"), "{rows}");
    assert!(rows.contains("value\tbody\t") || rows.contains("--body\tbody\t"), "{rows}");
    Home::new().run(&["ops", "autotune", "nothing"]).fails(2);
}
