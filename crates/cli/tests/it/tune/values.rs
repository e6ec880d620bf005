//! Values of a trial arrive as they are, as arguments and in the environment.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Bench;
use crate::support::Home;

/// What a shell would read in many ways, and a program in one.
const AWKWARD: &str = "$(touch pwned); \"quoted\" 'a b' {x} \\ * ~ é";

#[test]
fn values_never_pass_through_a_shell() {
    let bench = Bench::new(
        "printf '%s' \"$1\" > argument; printf '%s' \"$2\" > word; printf '%s' \"$MLHUB_PARAM_KIND_OF\" > variable; \
         printf '%s' \"$MLHUB_PARAM_N\" > n; printf '%s' \"$MLHUB_TRIAL\" > trial; printf '%s' \"$MLHUB_STUDY\" > study; \
         cat > stdin; echo 1",
    );
    let space = serde_json::json!({
        "kind of": {"type": "cat", "options": [AWKWARD, "other"], "guess": AWKWARD},
        "n": {"vtype": "int", "min": 1, "max": 9, "guess": 4},
    });
    bench.write("space.json", &space.to_string());
    let options = ["tune", "--space", "space.json", "--trials", "1", "--name", "one", "--"];
    bench.home.run(&[&options[..], &["sh", "trial.sh", "{kind of}", "a={kind of}/{n}{{n}}"]].concat()).ok();
    let read = |name: &str| std::fs::read_to_string(bench.path(name)).unwrap();
    assert_eq!(read("argument"), AWKWARD);
    assert_eq!(read("word"), format!("a={AWKWARD}/4{{n}}"));
    assert_eq!(read("variable"), AWKWARD);
    assert_eq!((read("n").as_str(), read("study").as_str(), read("stdin").as_str()), ("4", "one", ""));
    assert!(uuid::Uuid::parse_str(&read("trial")).is_ok());
    assert!(!bench.path("pwned").exists());
}

/// Settings of the program, by `config explain`: all of their variables.
fn variables() -> Vec<String> {
    let printed = Home::new().run(&["config", "explain", "-o", "json"]).ok();
    let words = printed.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("MLHUB_")).map(str::to_owned).collect()
}

#[test]
fn no_secret_is_in_the_environment_of_a_trial() {
    let mut names: Vec<_> = variables()
        .into_iter()
        .filter(|name| ["TOKEN", "PASSWORD", "SECRET", "KEY"].iter().any(|word| name.contains(word)))
        .collect();
    names.extend(
        ["MLHUB_JWT_SECRET", "MLHUB_AUTOTUNE_TOKEN", "MLHUB_AUTOTUNE_PASSWORD", "MLHUB_VANTAGE6_CLIENT_SECRET"]
            .map(str::to_owned),
    );
    names.extend(["MLHUB_VANTAGE6_PRIVATE_KEY", "MLHUB_AUGER_PASSWORD", "MLHUB_NEW_API_KEYS"].map(str::to_owned));
    let mut home =
        Home::new().with("MLHUB_LOUDML_URL", "http://me:canary@host").with("MLHUB_AUTOTUNE_URL", "http://host");
    for name in &names {
        home = home.with(name, "canary-in-a-mine");
    }
    // Neither the trial's own, nor that of the process above it.
    let bench = Bench::over(home, "env > own; tr '\\0' '\\n' < /proc/$PPID/environ > above; echo 1");
    bench.tune(&["--trials", "1"]).ok();
    for file in ["own", "above"] {
        let lines = bench.lines(file);
        assert!(lines.iter().any(|line| line == "MLHUB_AUTOTUNE_URL=http://host"), "{file}: {lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("MLHUB_PARAM_X=")), "{file}: {lines:?}");
        assert!(!lines.iter().any(|line| line.contains("canary")), "{file}: {lines:?}");
        for name in &names {
            assert!(!lines.iter().any(|line| line.starts_with(&format!("{name}="))), "{file}: {name}");
        }
    }
}

#[test]
fn every_mistake_of_a_space_is_said_with_its_place_and_nothing_is_begun() {
    let bench = Bench::new("echo run >> runs; echo 1");
    for (text, said) in [
        ("x: {type: cont, min: 0, max: 1, guess: 2}", "line 1 column 40: variable \"x\": the guess 2 is not between"),
        (
            "x:\n  type: int\n  min: 0.5\n  max: 9\n",
            "line 3 column 8: variable \"x\": min is 0.5, and an int has whole",
        ),
        (
            "x: {type: int, min: 0, max: 9, step: 3, guess: 4}",
            "line 1 column 48: variable \"x\": the guess 4 is between two",
        ),
        (
            "{\n  \"x\": {\"type\": \"cat\", \"opts\": []}\n}",
            "line 2 column 24: variable \"x\": there is no field \"opts\"",
        ),
        ("x: {type: cat, options: [a, b]", "line 1 column"),
    ] {
        bench.write("space.yaml", text);
        let message = bench.tune(&["--trials", "1"]).fails(2);
        assert!(message.contains(&format!("space.yaml: {said}")) && !message.contains("http"), "{text}: {message}");
    }
    assert_eq!((bench.lines("runs").len(), bench.path("data").exists()), (0, false));
}

/// Names of variables that nobody would think of: all but braces, which end a placeholder.
fn names() -> impl Strategy<Value = Vec<String>> {
    let name = prop_oneof![
        "[a-zA-Z]{1,3}",
        "[xX]_?[23]?",
        "[a-z]{1,4}[/:.\\[\\]=*, -][a-z0-9\\]]{1,4}",
        "[学习率批量]{1,3}",
        Just("value".to_owned()),
        Just("trial".to_owned()),
        Just("best_so_far".to_owned()),
        "[^{}\0]{1,8}",
    ];
    proptest::collection::btree_set(name, 1..6).prop_map(|names| names.into_iter().collect())
}

/// Options that look like other things, and any text.
fn option() -> impl Strategy<Value = String> {
    prop_oneof![
        prop_oneof![
            Just("3.10"),
            Just("001"),
            Just("12e4"),
            Just("True"),
            Just("null"),
            Just("~"),
            Just("--amp"),
            Just("")
        ]
        .prop_map(str::to_owned),
        "[^\0]{0,12}",
    ]
}

/// What stands between null characters in a file.
fn parts(bench: &Bench, name: &str) -> Vec<String> {
    let text = std::fs::read(bench.path(name)).unwrap();
    let mut parts: Vec<_> =
        text.split(|byte| *byte == 0).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
    parts.pop();
    parts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn names_and_options_arrive_unchanged(named in names(), options in proptest::collection::vec(option(), 6)) {
        let bench = Bench::new("printf '%s\\0' \"$@\" > arguments; env -0 > variables; echo 1");
        let chosen: BTreeMap<_, _> = named.iter().zip(&options).collect();
        let variable = |text: &String| json!({"type": "cat", "options": [text, format!("{text} other")], "guess": text});
        let space: Value = chosen.iter().map(|(name, text)| ((*name).clone(), variable(text))).collect::<serde_json::Map<_, _>>().into();
        bench.write("space.json", &space.to_string());
        let words: Vec<_> = chosen.keys().flat_map(|name| [format!("{{{name}}}"), format!("-x={{{name}}}{{{{}}}}")]).collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let options = ["tune", "--space", "space.json", "--trials", "1", "-o", "csv", "--", "sh", "trial.sh"];
        let ran = bench.home.run(&[&options[..], &words].concat());
        prop_assert_eq!(ran.code, Some(0), "{:?}", ran);
        let expected: Vec<_> = chosen.values().flat_map(|text| [(*text).clone(), format!("-x={text}{{}}")]).collect();
        prop_assert_eq!(parts(&bench, "arguments"), expected);
        let mut found: Vec<_> = parts(&bench, "variables")
            .iter()
            .filter_map(|entry| Some(entry.strip_prefix("MLHUB_PARAM_")?.split_once('=')?.1.to_owned()))
            .collect();
        found.sort();
        let mut values: Vec<_> = chosen.values().map(|text| (*text).clone()).collect();
        values.sort();
        prop_assert_eq!(found, values);
        // No two columns have one name.
        let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
        let heading: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let different: std::collections::BTreeSet<_> = heading.iter().collect();
        prop_assert_eq!((heading.len(), different.len()), (chosen.len() + 2, chosen.len() + 2), "{:?}", heading);
    }
}
