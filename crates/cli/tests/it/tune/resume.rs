//! Resumed studies, after an interruption.

use std::collections::BTreeSet;

use super::{Bench, object, set, signal};
use crate::support::Ran;

/// Runs ten trials and hangs from then on, until it is allowed to go on. Notes each trial when it starts, hangs and
/// ends.
const HANGING: &str = r#"
echo "$MLHUB_TRIAL $1" >> started
n=0
while ! mkdir "taken.$n" 2>/dev/null; do n=$((n + 1)); done
if [ "$n" -ge 10 ] && ! [ -e go ]; then
    sleep 1000 & setsid sleep 1000 &
    echo "$MLHUB_TRIAL $1" >> hanging
    wait
fi
echo "$MLHUB_TRIAL $1" >> ended
echo "$1"
"#;

const OPTIONS: [&str; 8] = ["--name", "forest", "--trials", "20", "--parallel", "2", "-o", "json"];

/// Goes on after ten trials and two that were stopped, and demands that only what was not told is run.
fn goes_on(bench: &Bench) {
    let told = bench.lines("ended");
    let started = bench.lines("started");
    let stopped: BTreeSet<_> = set(&started).difference(&set(&told)).copied().collect();
    assert_eq!((told.len(), stopped.len()), (10, 2));
    bench.write("go", "");
    let found = object(&bench.tune(&OPTIONS).ok());
    assert_eq!((&found["trials"], &found["failed"]), (&20.into(), &0.into()), "{found}");
    let after = bench.lines("started").split_off(12);
    assert_eq!(after.len(), 10);
    assert!(set(&told).is_disjoint(&set(&after)), "{told:?} {after:?}");
    // The ones that were stopped are the first to be tried again, with the same values.
    assert_eq!(set(&after[..2]), stopped);
    bench.nothing_runs();
}

#[test]
fn ctrl_c_gives_trials_back_and_says_how_to_go_on() {
    let bench = Bench::new(HANGING);
    let child = bench.start(&OPTIONS);
    bench.wait_for_lines("started", 12);
    signal(child.id(), "-INT");
    let ran = Ran::of(child.wait_with_output().unwrap());
    bench.nothing_runs();
    let said = ran.fails(130);
    assert!(said.contains("interrupted after 10 of 20 trials; the best so far is "), "{said}");
    let next = "  next: mlhub tune --name forest --space space.yaml --trials 20 --parallel 2 -- sh trial.sh '{x}'";
    assert_eq!(said.trim_end().lines().last().unwrap(), next);
    goes_on(&bench);
}

#[test]
fn a_study_that_was_killed_goes_on_where_it_was() {
    let bench = Bench::new(HANGING);
    let mut child = bench.start(&OPTIONS);
    bench.wait_for_lines("started", 12);
    child.kill().unwrap();
    child.wait().unwrap();
    // Nobody told the supervisors; they notice.
    bench.nothing_runs_soon();
    goes_on(&bench);
}

#[test]
fn one_study_is_worked_on_by_one_process_at_a_time() {
    let bench = Bench::new(HANGING);
    let child = bench.start(&OPTIONS);
    // One that has only started might still see that it may go on, and the study would end.
    bench.wait_for_lines("hanging", 2);
    let said = bench.tune(&OPTIONS).fails(5);
    assert!(said.contains("another `mlhub tune`") && said.contains("--hub URL"), "{said}");
    // A second study is nobody's business.
    bench.write("go", "");
    bench.tune(&["--name", "other", "--trials", "1"]).ok();
    signal(child.id(), "-TERM");
    Ran::of(child.wait_with_output().unwrap()).fails(130);
    bench.nothing_runs();
}

#[test]
fn a_study_without_a_name_gets_one_when_it_is_interrupted() {
    let bench = Bench::new(HANGING);
    let child = bench.start(&["--trials", "11"]);
    bench.wait_for_lines("started", 11);
    signal(child.id(), "-INT");
    let said = Ran::of(child.wait_with_output().unwrap()).fails(130);
    let next = said.trim_end().lines().last().unwrap().strip_prefix("  next: mlhub tune --name ").unwrap().to_owned();
    let name = next.split(' ').next().unwrap();
    assert!(name.starts_with("unnamed-"), "{said}");
    bench.write("go", "");
    bench.tune(&["--name", name, "--trials", "11"]).ok();
    assert_eq!(bench.lines("ended").len(), 11);
}

#[test]
fn a_trial_that_ignores_the_first_ctrl_c_is_killed_by_the_second() {
    let bench = Bench::new("trap 'echo asked >> asked' TERM; echo go >> started; while :; do sleep 1000; done");
    let child = bench.start(&["--trials", "1"]);
    bench.wait_for_lines("started", 1);
    signal(child.id(), "-INT");
    bench.wait_for_lines("asked", 1);
    signal(child.id(), "-INT");
    Ran::of(child.wait_with_output().unwrap()).fails(130);
    bench.nothing_runs();
}
