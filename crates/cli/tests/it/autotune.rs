//! Experiments of a hub: listed, read, fed from files, deleted.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::hub_in_process::HUB;

/// A new experiment of that name; its id.
fn experiment(name: &str) -> String {
    let covars = json!({
        "x": {"vtype": "cont", "guess": 0.5, "min": 0, "max": 1},
        "kind": {"vtype": "cat", "guess": "1", "options": ["1", "a, b"]},
    });
    let args = ["call", "autotune", "experiment_create", &format!("name={name}"), &format!("covars={covars}")];
    let made: Value = serde_json::from_str(&HUB.home().run(&args).ok()).unwrap();
    made["exp_uuid"].as_str().unwrap().to_owned()
}

/// A name that no other test has.
fn fresh() -> String {
    format!("forest-{}", Uuid::new_v4())
}

#[test]
fn results_from_a_file_are_the_history_of_the_experiment() {
    let (home, name) = (HUB.home(), fresh());
    let id = experiment(&name);
    std::fs::write(home.path().join("past.csv"), "x,kind,value,failed\n0.25,1,3,\n0.5,\"a, b\",5,\n0.75,1,,no luck\n")
        .unwrap();
    let ran = home.run(&["autotune", "import", &name, "past.csv"]);
    assert!(ran.stderr.contains("3 results are now in "), "{ran:?}");
    ran.ok();
    let rows: Value = serde_json::from_str(&home.run(&["autotune", "history", &id, "-o", "json"]).ok()).unwrap();
    let told: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| (&row["value"], &row["best_so_far"], &row["kind"])).collect();
    assert_eq!(json!(told), json!([[3.0, 3.0, "1"], [5.0, 5.0, "a, b"], [null, null, "1"]]));
    assert_eq!(
        (&rows[2]["x"], &rows[2]["failed"], &rows[0]["failed"]),
        (&json!(0.75), &json!("no luck"), &json!(null))
    );
    let best: Value = serde_json::from_str(&home.run(&["autotune", "best", &name, "-o", "json"]).ok()).unwrap();
    assert_eq!((&best["x"], &best["value"]), (&json!(0.5), &json!(5.0)));
    let listed = home.run(&["autotune", "experiments", "--name", &name]).ok();
    assert!(listed.starts_with(&format!("{id}\t{name}\tmaximize\t2\t1\t0\t")), "{listed}");
    // What is printed can be read again.
    for form in ["csv", "json", "jsonl"] {
        let printed = home.run(&["autotune", "history", &id, "-o", form]).ok();
        std::fs::write(home.path().join("printed"), printed).unwrap();
        let other = experiment(&fresh());
        let ran = home.run(&["autotune", "import", &other, "printed"]);
        assert!(ran.stderr.contains("3 results are now in "), "{form}: {ran:?}");
        let again: Value =
            serde_json::from_str(&home.run(&["autotune", "history", &other, "-o", "json"]).ok()).unwrap();
        let points = |rows: &Value| {
            let rows = rows.as_array().unwrap().iter();
            rows.map(|row| json!([row["x"], row["kind"], row["value"], row["failed"]])).collect::<Vec<_>>()
        };
        assert_eq!(points(&again), points(&rows), "{form}");
    }
}

#[test]
fn one_bad_row_among_thousands_is_named_by_its_line_and_nothing_is_taken() {
    let (home, id) = (HUB.home(), experiment(&fresh()));
    let mut text = "x,kind,value\n\n".to_owned();
    (0..1600).for_each(|row| {
        text += &format!("{},1,{row}\n", if row == 1501 { "7".to_owned() } else { format!("0.{row}") })
    });
    std::fs::write(home.path().join("many.csv"), text).unwrap();
    let said = home.run(&["autotune", "import", &id, "many.csv"]).fails(2);
    assert!(said.contains("many.csv, line 1504: \"x\" is \"7\", and not between 0 and 1"), "{said}");
    assert_eq!(home.run(&["autotune", "history", &id]).ok(), "");
}

#[test]
fn numbers_and_options_are_read_as_they_are_meant() {
    let (home, id) = (HUB.home(), experiment(&fresh()));
    std::fs::write(home.path().join("a.json"), "[{\"x\": \".5\", \"kind\": 1, \"value\": \"+1\"}]").unwrap();
    std::fs::write(home.path().join("a.csv"), "x,kind,value\n+.25,1.0,+2\n").unwrap();
    for file in ["a.json", "a.csv"] {
        let ran = home.run(&["autotune", "import", &id, file]);
        assert!(ran.stderr.contains("1 results are now in "), "{file}: {ran:?}");
    }
    let rows: Value = serde_json::from_str(&home.run(&["autotune", "history", &id, "-o", "json"]).ok()).unwrap();
    let rows: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| json!([row["x"], row["kind"], row["value"]])).collect();
    assert_eq!(rows, [json!([0.5, "1", 1.0]), json!([0.25, "1", 2.0])]);
}

#[test]
fn a_file_is_taken_whole_or_not_at_all() {
    let (home, id) = (HUB.home(), experiment(&fresh()));
    std::fs::write(
        home.path().join("a.jsonl"),
        "{\"x\": 0.5, \"kind\": \"1\", \"value\": 1}\n{\"x\": 7, \"kind\": \"1\", \"value\": 1}\n",
    )
    .unwrap();
    let said = home.run(&["autotune", "import", &id, "a.jsonl"]).fails(2);
    assert!(said.contains("a.jsonl, line 2: \"x\" is 7, and not between 0 and 1"), "{said}");
    std::fs::write(home.path().join("b.csv"), "x,kind,value\n0.5,1,high\n").unwrap();
    let said = home.run(&["autotune", "import", &id, "b.csv"]).fails(2);
    assert!(said.contains("b.csv, line 2: the value \"high\" is no number"), "{said}");
    home.run(&["autotune", "import", &id, "nowhere.csv"]).fails(2);
    assert_eq!(home.run(&["autotune", "history", &id]).ok(), "");
}

#[test]
fn nothing_is_deleted_without_being_asked_for() {
    let (home, name) = (HUB.home(), fresh());
    let (first, second) = (experiment(&name), experiment(&name));
    let said = home.run(&["autotune", "delete", &name, "--yes"]).fails(2);
    assert!(said.contains(&first) && said.contains(&second), "{said}");
    let said = home.run(&["autotune", "delete", &first]).fails(2);
    assert!(said.contains("--yes"), "{said}");
    home.run(&["autotune", "best", &first]).fails(4);
    home.run(&["autotune", "delete", &first, "--yes"]).ok();
    home.run(&["autotune", "history", &first]).fails(4);
    home.run(&["autotune", "delete", &name, "--yes"]).ok();
    home.run(&["autotune", "best", &name]).fails(4);
    HUB.outside().run(&["autotune", "experiments"]).fails(3);
}
