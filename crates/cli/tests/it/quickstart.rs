//! Quickstart from its first line to its last, with few trials.

use serde_json::Value;

use crate::support::Home;

#[test]
fn one_object_says_what_was_found() {
    let args = ["quickstart", "--trials", "6", "-o", "json"];
    let first = Home::new().run(&args).ok();
    let found: Value = serde_json::from_str(&first).unwrap();
    assert_eq!((&found["trials"], &found["failed"]), (&6.into(), &0.into()), "{found}");
    let best = found["best"].as_object().unwrap();
    let mut names: Vec<_> = best.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["neighbours", "order", "scale", "weight"]);
    let (value, defaults) = (found["value"].as_f64().unwrap(), found["defaults"]["accuracy"].as_f64().unwrap());
    assert!((0.0..=1.0).contains(&value) && defaults <= 0.95, "{found}");
    // The same seed, the same answer.
    assert_eq!(Home::new().run(&args).ok(), first);
}

#[test]
fn people_get_a_table_on_stdout_and_the_rest_on_stderr() {
    let home = Home::new();
    let ran = home.run(&["quickstart", "--trials", "3"]);
    assert!(ran.stderr.contains("accuracy by trial") && ran.stderr.contains("trial 1: "), "{ran:?}");
    let rows: Vec<_> = ran.ok().lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    assert_eq!(rows, ["defaults", "defaults, scaled", "best found"]);
    // Nothing is left behind.
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_and_leaves_nothing_behind() {
    use std::io::{BufRead as _, BufReader};
    let home = Home::new();
    let folder = home.path().join("tmp");
    std::fs::create_dir(&folder).unwrap();
    // More trials than could be done before the signal arrives.
    let args = ["quickstart", "--trials", "1000"];
    let mut child = home.command(&args).env("TMPDIR", &folder).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("trial 1: ") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended before its first trial");
    }
    assert_ne!(std::fs::read_dir(&folder).unwrap().count(), 0, "its database lies elsewhere");
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    // The pipe is read to its end, so that the program is not held up by it.
    let said: Vec<_> = stderr.lines().map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said:?}");
    assert!(said.last().unwrap().starts_with("  next: "), "{said:?}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}
