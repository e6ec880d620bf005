//! Finite spaces, which a study can use up.

use serde_json::{Value, json};

use super::shared::token;
use super::{Bench, object};
use crate::served_hub::{self, Served};
use crate::support::{Home, Ran};

/// Two options, and so two trials.
fn two_options(bench: &Bench) {
    bench.write("space.yaml", "x: {type: cat, options: [a, b]}");
}

/// Gives one of them a better value.
const SCRIPT: &str = "echo run >> runs; [ \"$1\" = a ] && echo 1 || echo 2";

#[test]
fn a_space_that_is_used_up_ends_the_study_with_its_report() {
    let bench = Bench::new(SCRIPT);
    two_options(&bench);
    for parallel in ["1", "3"] {
        let ran = bench.tune(&["--trials", "3", "--parallel", parallel, "-o", "json"]);
        assert!(
            ran.stderr.contains("every point of the space was tried, so there are 2 trials and no more"),
            "{ran:?}"
        );
        let found = object(&ran.ok());
        assert_eq!((&found["trials"], &found["value"], &found["best"]), (&json!(2), &json!(2.0), &json!({"x": "b"})));
    }
    // With whole numbers, and going on with it.
    bench.write("space.yaml", "x: {type: int, min: 1, max: 3}");
    let options = ["--name", "forest", "--trials", "9", "--parallel", "2", "-o", "json"];
    let first = bench.tune(&options).ok();
    assert_eq!(object(&first)["trials"], json!(3));
    assert_eq!(bench.tune(&options).ok(), first);
    assert_eq!(bench.lines("runs").len(), 7);
}

#[test]
fn workers_of_a_hub_end_when_its_space_is_used_up() {
    let home = served_hub::home();
    let hub = Served::start(&home, &[]);
    let token = token(&home, &hub.url);
    let script = "echo run >> runs; until [ -e go ]; do sleep 0.05; done; echo 1";
    let bench = Bench::over(Home::new().with("MLHUB_AUTOTUNE_TOKEN", &token), script);
    two_options(&bench);
    let options = ["--hub", &hub.url, "--name", "forest", "--trials", "5", "-o", "json"];
    let workers = [bench.start(&options), bench.start(&options), bench.start(&options)];
    // One of them finds nothing that is left, and waits for what the others have.
    bench.wait_for_lines("runs", 2);
    bench.write("go", "");
    for worker in workers {
        let found: Value = object(&Ran::of(worker.wait_with_output().unwrap()).ok());
        assert_eq!((&found["trials"], &found["failed"]), (&json!(2), &json!(0)), "{found}");
    }
    assert_eq!(bench.lines("runs").len(), 2);
}
