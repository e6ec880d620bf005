//! Options, output, exit codes and error messages that others rely on.

use super::{Bench, object};

/// Greatest at 0.7.
const PEAK: &str = r#"awk -v x="$1" 'BEGIN { print "tried", x; print 1 - (x - 0.7) ^ 2; print "bye" }'"#;

#[test]
fn one_object_says_what_was_found_and_the_same_seed_finds_it_again() {
    let bench = Bench::new(PEAK);
    let options = ["--trials", "12", "--seed", "3", "-o", "json"];
    let first = bench.tune(&options).ok();
    let found = object(&first);
    let names: Vec<_> = found.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["best", "failed", "trials", "value"]);
    assert_eq!((&found["trials"], &found["failed"]), (&12.into(), &0.into()));
    assert!(found["value"].as_f64().unwrap() > 0.99, "{found}");
    assert_eq!(bench.tune(&options).ok(), first);
    assert_ne!(bench.tune(&["--trials", "12", "--seed", "4", "-o", "json"]).ok(), first);
    // Nothing is left of studies without a name.
    let studies = bench.path("data/mlhub/studies");
    assert_eq!(std::fs::read_dir(studies).unwrap().count(), 0);
}

#[test]
fn less_is_better_where_that_is_said() {
    let bench = Bench::new(PEAK);
    let found = object(&bench.tune(&["--trials", "8", "--minimize", "-o", "json"]).ok());
    assert!(found["value"].as_f64().unwrap() < 0.6, "{found}");
    let found = object(&bench.tune(&["--trials", "8", "--maximize", "-o", "json"]).ok());
    assert!(found["value"].as_f64().unwrap() > 0.9, "{found}");
}

#[test]
fn people_get_a_plot_a_table_and_the_values_ready_to_paste() {
    let bench = Bench::new(PEAK);
    let ran = bench.tune(&["--trials", "4", "--seed", "1", "-o", "table"]);
    let said = ran.stderr.clone();
    assert!(said.contains("value by trial: · trial") && said.contains("trial 1 of 4: "), "{said}");
    let table = ran.ok();
    let mut rows = table.lines().map(|row| row.split_whitespace().collect::<Vec<_>>());
    assert_eq!(rows.next().unwrap(), ["VALUE", "X", "TRIAL"]);
    let best = rows.next().unwrap();
    assert!(said.contains("Best of 4 trials: "), "{said}");
    let (_, full) = said.split_once("  sh trial.sh ").unwrap();
    let full = full.lines().next().unwrap();
    assert!(said.contains(&format!("  sh trial.sh {full}\n  export MLHUB_PARAM_X={full}\n")), "{said}");
    // Short for people, with the number of the trial in the plot.
    assert!(full.len() > 12 && best[1].len() <= 9, "{best:?} {full}");
    let off = |short: &str, full: &str| (short.parse::<f64>().unwrap() - full.parse::<f64>().unwrap()).abs();
    assert!(off(best[1], full) < 1e-6, "{best:?} {full}");
    let mut trials: Vec<_> = rows.map(|row| row[2].parse::<u32>().unwrap()).chain(best[2].parse()).collect();
    trials.sort_unstable();
    assert_eq!(trials, [1, 2, 3, 4]);
    let ran = bench.tune(&["--trials", "4", "--seed", "1", "-q"]);
    assert_eq!(ran.stderr, "");
    assert!(off(best[0], ran.ok().trim_end()) < 1e-6);
    for form in ["csv", "tsv", "jsonl", "json"] {
        let printed = bench.tune(&["--trials", "4", "--seed", "1", "-o", form]).ok();
        assert!(printed.contains(full), "{form}: {printed}");
    }
    let csv = bench.tune(&["--trials", "4", "--seed", "1", "-o", "csv"]).ok();
    assert!(csv.starts_with("value,x,trial\n") && csv.lines().count() == 5, "{csv}");
    let id = csv.lines().nth(1).unwrap().rsplit(',').next().unwrap();
    assert!(uuid::Uuid::parse_str(id).is_ok(), "{csv}");
}

#[test]
fn a_study_that_has_its_trials_shows_them_and_runs_nothing() {
    let bench = Bench::new("echo run >> runs; echo \"$1\"");
    let options = ["--name", "forest", "--trials", "3", "-o", "json"];
    let first = bench.tune(&options).ok();
    assert_eq!(bench.tune(&options).ok(), first);
    assert_eq!(bench.lines("runs").len(), 3);
    // More can be asked of it.
    let more = bench.tune(&["--name", "forest", "--trials", "5", "-o", "json"]).ok();
    assert_eq!((&object(&more)["trials"], bench.lines("runs").len()), (&5.into(), 5));
}

#[test]
fn a_study_is_not_gone_on_with_under_other_settings() {
    let bench = Bench::new("echo \"$1\"");
    bench.tune(&["--name", "forest", "--trials", "1"]).ok();
    let said = bench.tune(&["--name", "forest", "--trials", "2", "--minimize"]).fails(5);
    assert!(
        said.contains("the study \"forest\" was begun with other settings") && said.contains("direction"),
        "{said}"
    );
    bench.write("space.yaml", "x: {type: cont, min: 0, max: 2}");
    let said = bench.tune(&["--name", "forest", "--trials", "2"]).fails(5);
    assert!(said.contains("`x`") && said.contains("another --name"), "{said}");
}

#[test]
fn mistakes_are_said_before_anything_runs() {
    let bench = Bench::new("echo run >> runs; echo 1");
    bench.write("typo.yaml", "x: {type: cont, mn: 0, max: 1}");
    bench.write("upside.yaml", "x: {type: cont, min: 1, max: 0}");
    let all = |more: &[&'static str]| [&["tune"], more].concat();
    let form = ["--trials", "1", "--space", "space.yaml"];
    for (code, args, words) in [
        (2, all(&[]), "--space"),
        (2, all(&["--trials", "1", "--space", "space.yaml"]), "COMMAND"),
        (2, all(&["--space", "space.yaml", "--", "sh"]), "--trials"),
        (2, all(&["--trials", "0", "--space", "space.yaml", "--", "sh"]), "0"),
        (2, all(&["--trials", "1", "--space", "nowhere.yaml", "--", "sh"]), "nowhere.yaml cannot be read"),
        (2, all(&["--trials", "1", "--space", "typo.yaml", "--", "sh"]), "\"mn\""),
        (
            2,
            all(&["--trials", "1", "--space", "upside.yaml", "--", "sh"]),
            "upside.yaml: line 1 column 30: variable \"x\": max",
        ),
        (2, [&["tune"], &form[..], &["--maximize", "--minimize", "--", "sh"]].concat(), "--minimize"),
        (2, [&["tune"], &form[..], &["--name", "../x", "--", "sh"]].concat(), "\"../x\" cannot be the name of a study"),
        (2, [&["tune"], &form[..], &["--hub", "http://127.0.0.1:1", "--", "sh"]].concat(), "--hub needs a --name"),
        (2, [&["tune"], &form[..], &["--trial-timeout", "soon", "--", "sh"]].concat(), "90s"),
        (2, [&["tune"], &form[..], &["--lease", "100ms", "--", "sh"]].concat(), "whole seconds"),
        (2, [&["tune"], &form[..], &["--", "no-such-program"]].concat(), "there is no program \"no-such-program\""),
        (
            2,
            [&["tune"], &form[..], &["--", "sh", "{y}"]].concat(),
            "{y} in the word \"{y}\" is no variable; there are x",
        ),
        (2, [&["tune"], &form[..], &["--", "sh", "{\"v\": {x}}"]].concat(), "is doubled"),
    ] {
        let said = bench.home.run(&args).fails(code);
        assert!(said.contains(words), "{args:?}: {said}");
    }
    let hub = ["--hub", "http://127.0.0.1:1", "--name", "a", "--", "sh"];
    let said = bench.home.run(&[&["tune"], &form[..], &hub].concat()).fails(3);
    assert!(said.contains("mlhub login autotune"), "{said}");
    assert_eq!(bench.lines("runs").len(), 0);
}

#[cfg(unix)]
#[test]
fn the_study_lies_where_the_help_says_and_nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new("echo \"$1\"");
    bench.tune(&["--name", "forest", "--trials", "1"]).ok();
    let folder = bench.path("data/mlhub/studies");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        assert_eq!(mode(&file.path()), 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["forest.key", "forest.lock", "forest.sqlite"]);
}

#[test]
fn a_study_without_a_name_is_kept_until_its_report_is_out() {
    let bench = Bench::new("echo run >> runs; echo \"$1\"");
    for options in [&["--trials", "3"][..], &["--trials", "3", "-o", "csv"], &["--trials", "3", "-o", "json"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = bench.home.command(&bench.line(options)).stdout(full).output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(1), "{said}");
        assert!(said.contains("No space left on device") && said.contains("the study is kept as \"unnamed-"), "{said}");
        let next = said.lines().last().unwrap().strip_prefix("  next: mlhub ").unwrap().to_owned();
        std::fs::remove_file(bench.path("runs")).unwrap();
        // The command that is shown brings the report, and runs nothing.
        let words = next.replace("'{x}'", "{x}");
        let shown = bench.home.run(&words.split(' ').collect::<Vec<_>>()).ok();
        assert_eq!((shown.lines().count(), bench.lines("runs").len()), (3, 0), "{shown}");
    }
}
