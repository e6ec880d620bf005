//! `quickstart` from its first word to its last, with few trials.

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
