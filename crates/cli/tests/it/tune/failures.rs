//! Trial failures: scripts that fail, hang, print rubbish, flood, and leave processes behind.

use super::{Bench, object};

/// Each run takes the next number, as one of them alone can make a folder of that name. Three in a row do the same.
const MISBEHAVING: &str = r#"
n=0
while ! mkdir "taken.$n" 2>/dev/null; do n=$((n + 1)); done
case $((n / 3)) in
    1) echo boom >&2; echo 0.1; exit 3 ;;
    2) [ $n = 8 ] && trap '' TERM; sleep 1000; sleep 1000 ;;
    3) echo "accuracy is great"; exit 0 ;;
    4) yes flood | head -c 1000000; yes | tr -d '\n' | head -c 1000000; echo ;;
    5) sleep 1000 & ;;
    6) setsid sleep 1000 & ;;
    7) echo 0.7; echo nan; exit 0 ;;
    8) kill -SEGV $$ ;;
esac
echo "$1"
"#;

#[test]
fn thirty_trials_are_accounted_for_whatever_the_script_does() {
    let bench = Bench::new(MISBEHAVING);
    // Time enough for all that do not hang, on a machine with other things to do.
    let ran = bench.tune(&["--trials", "30", "--parallel", "3", "--trial-timeout", "5s", "-o", "json"]);
    bench.nothing_runs();
    let said = ran.stderr.clone();
    let found = object(&ran.ok());
    // Five kinds fail, three of each.
    assert_eq!((&found["trials"], &found["failed"]), (&30.into(), &15.into()), "{said}");
    assert_eq!(found["best"]["x"], found["value"], "{found}");
    for (words, times) in [
        ("failed: it ended with exit code 3; it said: boom", 3),
        ("failed: no result within 5s", 3),
        ("failed: no line of its output is a number", 3),
        ("the last one is \"accuracy is great\"", 3),
        ("failed: its result is nan, which is no finite number", 3),
        ("failed: it was killed by signal 11, SIGSEGV", 3),
        ("left a process behind, now stopped", 6),
    ] {
        assert_eq!(said.matches(words).count(), times, "{words}: {said}");
    }
}

#[test]
fn a_flood_of_output_is_read_to_its_end() {
    let bench = Bench::new("yes flood | head -c 50000000; yes flood | head -c 50000000 >&2; echo; echo \"$1\"");
    let found = object(&bench.tune(&["--trials", "1", "-o", "json"]).ok());
    assert_eq!(found["failed"], 0, "{found}");
}

#[test]
fn a_study_in_which_everything_fails_ends_with_eight_and_the_way_to_see_why() {
    let bench = Bench::new("echo 'no data' >&2; exit 1");
    let ran = bench.tune(&["--trials", "2"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(8), ""), "{ran:?}");
    let last = ran.stderr.trim_end().lines().last().unwrap();
    assert!(ran.stderr.contains("each of 2 trials failed; the last one: it ended with exit code 1; it said: no data"));
    assert!(last.starts_with("  next: MLHUB_PARAM_X=0.") && last.contains(" sh trial.sh 0."), "{last}");
    let ran = bench.tune(&["--trials", "2", "-o", "json"]);
    let found = object(&ran.stdout);
    assert_eq!((ran.code, &found["best"], &found["value"]), (Some(8), &().into(), &().into()));
    assert_eq!((&found["trials"], &found["failed"]), (&2.into(), &2.into()));
}

#[test]
fn a_command_that_can_be_found_and_not_started_fails_each_time() {
    let bench = Bench::new("");
    bench.write("broken", "#!/no/such/interpreter\n");
    let made = std::process::Command::new("chmod").args(["+x", "broken"]).current_dir(bench.home.path()).status();
    assert!(made.unwrap().success());
    let said = bench.home.run(&["tune", "--space", "space.yaml", "--trials", "1", "--", "./broken"]).fails(8);
    assert!(said.contains("it could not be started: No such file"), "{said}");
}
