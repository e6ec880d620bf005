//! Values of a trial arrive as they are, as arguments and in the environment.

use super::Bench;

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
