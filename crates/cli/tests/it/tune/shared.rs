//! Shared studies: several workers on one hub, each a process of its own.

use serde_json::Value;

use super::{Bench, object, set};
use crate::served_hub::{self, Served};
use crate::support::{Home, Ran};

/// Notes who tried what; the first worker hangs at its third trial.
const WORKER: &str = r#"
echo "$MLHUB_TRIAL" >> "started.$WHO"
if [ "$WHO" = first ] && [ "$(wc -l < started.first)" -ge 3 ]; then sleep 1000; fi
echo "$MLHUB_TRIAL" >> ended
echo "$1"
"#;

/// A token for a new account of that hub.
pub(super) fn token(home: &Home, url: &str) -> String {
    let account = ["email=a@example.org", "password=hunter2hunter2"];
    home.run(&[&["call", "autotune", "user_signup"], &account[..], &["--url", url]].concat()).ok();
    let login = ["call", "autotune", "auth_token", "username=a@example.org", "password=hunter2hunter2", "--url", url];
    let reply: Value = serde_json::from_str(&home.run(&login).ok()).unwrap();
    reply["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn the_trials_of_a_worker_that_was_killed_are_tried_by_the_other() {
    let home = served_hub::home();
    let hub = Served::start(&home, &[]);
    let token = token(&home, &hub.url);
    let bench = Bench::over(Home::new().with("MLHUB_AUTOTUNE_TOKEN", &token), WORKER);
    let options = ["--hub", &hub.url, "--name", "forest", "--trials", "12", "--lease", "2s", "-o", "json"];
    let line = bench.line(&options);
    let mut first = bench.home.command(&line).env("WHO", "first").spawn().unwrap();
    bench.wait_for_lines("started.first", 3);
    let hung = bench.lines("started.first").split_off(2);
    let second = bench.home.command(&line).env("WHO", "second").spawn().unwrap();
    // Both are at work when one of them is killed.
    bench.wait_for_lines("started.second", 1);
    first.kill().unwrap();
    first.wait().unwrap();
    let found = object(&Ran::of(second.wait_with_output().unwrap()).ok());
    assert_eq!((&found["trials"], &found["failed"]), (&12.into(), &0.into()), "{found}");
    assert!(set(&bench.lines("started.second")).is_superset(&set(&hung)));
    // None was run to its end twice.
    let ended = bench.lines("ended");
    assert_eq!((ended.len(), set(&ended).len()), (12, 12));
    bench.nothing_runs_soon();
}

#[test]
fn a_hub_that_is_away_for_a_while_loses_no_value() {
    let home = served_hub::home();
    let mut hub = Served::start(&home, &[]);
    let address = hub.url.strip_prefix("http://").unwrap().to_owned();
    let token = token(&home, &hub.url);
    let bench = Bench::over(
        Home::new().with("MLHUB_AUTOTUNE_TOKEN", &token),
        "echo run >> runs; until [ -e go ]; do sleep 0.05; done; echo ended >> ended; echo \"$1\"",
    );
    let options = ["--hub", &hub.url, "--name", "forest", "--trials", "2", "-o", "json"];
    let child = bench.start(&options);
    bench.wait_for_lines("runs", 1);
    hub.kill();
    // The trial ends while there is no hub.
    bench.write("go", "");
    bench.wait_for_lines("ended", 1);
    let _hub = Served::start_on(&home, &address, &[]);
    let found = object(&Ran::of(child.wait_with_output().unwrap()).ok());
    assert_eq!((&found["trials"], &found["failed"]), (&2.into(), &0.into()), "{found}");
    assert_eq!(bench.lines("runs").len(), 2);
}

#[test]
fn a_hub_that_refuses_ends_the_work_with_the_value_in_its_message() {
    let home = served_hub::home();
    let hub = Served::start(&home, &["--token-lifetime", "1h"]);
    let token = token(&home, &hub.url);
    let script = "echo run >> runs; until [ -e go ]; do sleep 0.05; done; echo 0.125";
    let bench = Bench::over(Home::new().with("MLHUB_AUTOTUNE_TOKEN", &token), script);
    let child = bench.start(&["--hub", &hub.url, "--name", "forest", "--trials", "2"]);
    bench.wait_for_lines("runs", 1);
    // Signed out meanwhile, so the token is not taken any more.
    let out = std::process::Command::new("curl")
        .args([
            "-sf",
            "-X",
            "POST",
            "-H",
            &format!("Authorization: Bearer {token}"),
            &format!("{}/auth/logout", hub.url),
        ])
        .output()
        .unwrap();
    assert!(out.status.success(), "{out:?}");
    bench.write("go", "");
    let said = Ran::of(child.wait_with_output().unwrap()).fails(3);
    assert!(said.contains("the hub could not be told of trial ") && said.contains("its value is 0.125"), "{said}");
    bench.nothing_runs();
}

#[test]
fn a_worker_whose_command_is_broken_stops_and_the_others_go_on() {
    let home = served_hub::home();
    let hub = Served::start(&home, &[]);
    let token = token(&home, &hub.url);
    let script = "[ \"$WHO\" = broken ] && { echo 'no GPU' >&2; exit 1; }; echo \"$1\"";
    let bench = Bench::over(Home::new().with("MLHUB_AUTOTUNE_TOKEN", &token), script);
    let options = ["--hub", &hub.url, "--name", "forest", "--trials", "8", "--max-failures", "2", "-o", "json"];
    let line = bench.line(&options);
    let broken = bench.home.command(&line).env("WHO", "broken").spawn().unwrap();
    let said = Ran::of(broken.wait_with_output().unwrap()).fails(8);
    assert!(said.contains("2 trials in a row failed here, so this worker stops after 2 of 8 trials"), "{said}");
    let found = object(&bench.tune(&options).ok());
    assert_eq!((&found["trials"], &found["failed"]), (&8.into(), &2.into()), "{found}");
    // On request they are tried again, by whoever is able to.
    let found = object(&bench.tune(&[&options[..], &["--retry-failed"]].concat()).ok());
    assert_eq!((&found["trials"], &found["failed"]), (&8.into(), &0.into()), "{found}");
}
