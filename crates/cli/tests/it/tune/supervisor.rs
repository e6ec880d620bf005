//! Trial process supervisor: what becomes of a trial when it, or `tune`, is killed.

use super::{Bench, object, signal};
use crate::ready;

/// Hangs the first time, and leaves processes in every way it can.
const ONCE: &str = r#"
echo run >> runs
if mkdir first 2>/dev/null; then
    sleep 1000 & setsid sleep 1000 & setsid sh -c 'setsid sleep 1000 & echo deep >> runs; sleep 1000' &
    wait
fi
echo 1
"#;

#[test]
fn a_trial_whose_supervisor_is_killed_fails_and_leaves_nothing() {
    let bench = Bench::new(ONCE);
    let child = bench.start(&["--trials", "2", "-o", "json"]);
    bench.wait_for_lines("runs", 2);
    let supervisors: Vec<_> =
        bench.processes().into_iter().filter(|(_, line)| line.contains("supervise-trial")).collect();
    assert_eq!(supervisors.len(), 1, "{supervisors:?}");
    signal(supervisors[0].0, "-KILL");
    let ran = crate::support::Ran::of(child.wait_with_output().unwrap());
    assert!(ran.stderr.contains("the process that watched it was killed"), "{ran:?}");
    let found = object(&ran.ok());
    assert_eq!((&found["trials"], &found["failed"]), (&2.into(), &1.into()));
    bench.nothing_runs_soon();
}

#[test]
fn everything_of_a_trial_dies_with_tune() {
    let bench = Bench::new(ONCE);
    let mut child = bench.start(&["--trials", "2"]);
    bench.wait_for_lines("runs", 2);
    ready::until("six processes and more", || bench.processes().len() >= 7);
    child.kill().unwrap();
    child.wait().unwrap();
    bench.nothing_runs_soon();
}

#[test]
fn a_supervisor_that_is_asked_to_end_takes_its_trial_along() {
    let bench = Bench::new(ONCE);
    let child = bench.start(&["--trials", "2", "-o", "json"]);
    bench.wait_for_lines("runs", 2);
    let supervisors: Vec<_> =
        bench.processes().into_iter().filter(|(_, line)| line.contains("supervise-trial")).collect();
    signal(supervisors[0].0, "-TERM");
    let ran = crate::support::Ran::of(child.wait_with_output().unwrap());
    assert!(ran.stderr.contains("killed by signal 15, SIGTERM"), "{ran:?}");
    assert_eq!(object(&ran.ok())["failed"], 1);
    bench.nothing_runs();
}
