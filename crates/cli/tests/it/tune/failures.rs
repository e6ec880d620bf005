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

#[test]
fn a_worker_whose_command_is_broken_stops_with_the_reasons_and_leaves_the_rest() {
    let bench = Bench::new("if [ -e broken ]; then echo 'no GPU' >&2; exit 1; fi; echo \"$1\"");
    bench.tune(&["--name", "forest", "--trials", "2"]).ok();
    bench.write("broken", "");
    let options = ["--name", "forest", "--trials", "50", "--max-failures", "3"];
    let said = bench.tune(&options).fails(8);
    assert!(said.contains("3 trials in a row failed here, so this worker stops after 5 of 50 trials"), "{said}");
    assert!(said.contains("3 times: it ended with exit code 1; it said: no GPU"), "{said}");
    let next = "  next: mlhub tune --name forest --space space.yaml --trials 50 --parallel 1 --max-failures 3 --retry-failed -- ";
    assert!(said.lines().last().unwrap().starts_with(next), "{said}");
    // Without being told, ten.
    let said = bench.tune(&["--name", "other", "--trials", "50"]).fails(8);
    assert!(said.contains("10 trials in a row failed here, so this worker stops after 10 of 50 trials"), "{said}");
    // Mended, it tries the same values again.
    std::fs::remove_file(bench.path("broken")).unwrap();
    let options = ["--name", "forest", "--trials", "5", "-o", "json"];
    let found = object(&bench.tune(&options).ok());
    assert_eq!((&found["trials"], &found["failed"]), (&5.into(), &3.into()), "without being told it does not: {found}");
    let found = object(&bench.tune(&[&options[..], &["--retry-failed"]].concat()).ok());
    assert_eq!((&found["trials"], &found["failed"]), (&5.into(), &0.into()), "{found}");
}

#[test]
fn a_study_that_failed_before_still_says_why() {
    let bench = Bench::new("echo 'no data' >&2; exit 1");
    let options = ["--name", "forest", "--trials", "3"];
    bench.tune(&options).fails(8);
    let said = bench.tune(&options).fails(8);
    assert!(
        said.contains("each of 3 trials failed; the last one: it ended with exit code 1; it said: no data"),
        "{said}"
    );
    assert!(said.lines().last().unwrap().starts_with("  next: MLHUB_PARAM_X=0."), "{said}");
}

#[test]
fn the_last_attempt_at_a_result_decides() {
    for (script, said) in [
        (r#"echo 0.5; echo '{"value": 0.25, "val_auc": NaN}'"#, None),
        (r#"echo 0.5; printf '\033[1;32m0.25\033[0m\n'"#, None),
        (r#"echo 0.5; printf ' 10%%\r 90%%\r0.25\n'"#, None),
        (r#"echo 0.5; printf '\357\273\2770.25\n'"#, None),
        (r#"echo 0.5; printf '{\n  "value": 0.25\n}\n'"#, None),
        (r#"echo 0.5; printf '{"value": 0.25, "note": "'; yes | tr -d '\n' | head -c 200000; echo '"}'"#, None),
        (r#"echo 0.5; echo '{"value": 0.25, oops}'"#, Some(r#"its result is no JSON: {"value": 0.25, oops}"#)),
        (r#"echo 0.5; printf '{"value": 0.2'"#, Some(r#"its result has no end: {"value": 0.2"#)),
        ("echo 0.5; echo -inf", Some("its result is -inf, which is no finite number")),
        ("echo 0.5; echo NaN; echo bye", Some("its result is NaN, which is no finite number")),
    ] {
        let ran = Bench::new(script).tune(&["--trials", "1", "-o", "json"]);
        let found = object(&ran.stdout);
        match said {
            None => assert_eq!((ran.code, &found["value"]), (Some(0), &0.25.into()), "{script}: {ran:?}"),
            Some(words) => {
                assert_eq!((ran.code, &found["failed"]), (Some(8), &1.into()), "{script}: {ran:?}");
                assert!(ran.stderr.contains(words), "{script}: {ran:?}");
            }
        }
    }
}
