//! Operations as commands `PLATFORM GROUP VERB`, and lists in every output format.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use mlhub::autotune::ops::OPS;
use mlhub::op::ReplyShape;
use mlhub::testing::{Lab, Port, Reply, SeenRequest};
use serde_json::{Value, json};

use crate::hub_in_process::HUB;
use crate::support::{Home, Ran};

/// Runs the program while the lab serves.
async fn run(home: Home, args: Vec<String>) -> (Home, Ran) {
    let done = tokio::task::spawn_blocking(move || {
        let ran = home.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        (home, ran)
    });
    done.await.unwrap()
}

fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|word| (*word).to_owned()).collect()
}

fn rows(args: &[&str]) -> Vec<Value> {
    let printed = Home::new().run(args).ok();
    serde_json::from_str(&printed).unwrap()
}

/// A value of that kind: in a group's command and in `call` it is written alike.
fn sample(parameter: &Value) -> &'static str {
    match parameter["kind"].as_str().unwrap() {
        "integer" => "7",
        "number" => "0.5",
        "boolean" => "true",
        _ => "a",
    }
}

/// What a request says, but for its key, which is another each time.
fn said(seen: &SeenRequest) -> (String, String, String) {
    let body = String::from_utf8_lossy(&seen.body).into_owned();
    (seen.method.to_string(), seen.url.clone(), body)
}

/// The command of an operation with all that it needs, and the same as `call` has it; none where the command was
/// written by hand and has tests of its own.
fn both(row: &Value) -> Option<[Vec<String>; 2]> {
    let (platform, id) = (row["platform"].as_str().unwrap(), row["operation"].as_str().unwrap());
    let mut group: Vec<String> = row["command"].as_str().unwrap().split(' ').skip(1).map(str::to_owned).collect();
    let mut call = words(&["call", platform, id]);
    let parameters = rows(&["ops", platform, id, "-o", "json"]);
    let path = row["path"].as_str().unwrap();
    let mut in_path: Vec<_> = parameters.iter().filter(|parameter| parameter["place"] == "path").collect();
    in_path.sort_by_key(|parameter| path.find(&format!("{{{}}}", parameter["parameter"].as_str().unwrap())));
    for (index, parameter) in in_path.into_iter().enumerate() {
        // Each another, to see them in their places.
        let value = format!("{}{index}", sample(parameter));
        call.push(format!("{}={value}", parameter["parameter"].as_str().unwrap()));
        group.push(value);
    }
    let words: Vec<&str> = group[..3].iter().map(String::as_str).collect();
    let help = Home::new().run(&[&words, &["--help"][..]].concat()).ok();
    let in_path: BTreeSet<&str> =
        parameters.iter().filter(|p| p["place"] == "path").filter_map(|p| p["parameter"].as_str()).collect();
    for parameter in parameters.iter().filter(|parameter| parameter["place"] != "path" && parameter["required"] == true)
    {
        let name = parameter["parameter"].as_str().unwrap();
        if parameter["place"] == "body" && in_path.contains(name) {
            // Two of one name: `call` takes that of the body with the whole body.
            call.extend(["--body".to_owned(), format!("{{\"{name}\":{}}}", sample(parameter))]);
        } else if name == "--body" {
            [&mut group, &mut call].into_iter().for_each(|words| words.extend(["--body".to_owned(), "{}".to_owned()]));
            continue;
        } else {
            call.push(format!("{name}={}", sample(parameter)));
        }
        // What has no option has a place. The long form of an option is in the help; `--param` takes any.
        let option = |long: &str| [' ', '['].iter().any(|end| help.contains(&format!("--{long}{end}")));
        if !option(&name.to_lowercase().replace('_', "-")) && !option(&format!("param-{name}")) {
            group.push(sample(parameter).to_owned());
        } else if in_path.contains(name) {
            group.extend([format!("--{name}"), sample(parameter).to_owned()]);
        } else {
            group.extend(["--param".to_owned(), format!("{name}={}", sample(parameter))]);
        }
    }
    // A command that would wait for what it has begun can leave that.
    if help.contains("--detach") {
        group.push("--detach".to_owned());
    }
    help.contains("--param <NAME=VALUE>").then_some([group, call])
}

/// A list without items, where the operation's document has its items.
fn empty_list(row: &Value) -> Value {
    let tables = [OPS, mlhub::auger::ops::OPS, mlhub::loudml::ops::OPS, mlhub::vantage6::ops::OPS];
    let id = |name: &str| row[name].as_str().unwrap();
    let op = tables.iter().copied().flatten().find(|op| op.platform == id("platform") && op.id == id("operation"));
    let op = op.unwrap();
    match op.shape {
        ReplyShape::Object(fields) if op.list.is_none() => return json!({ fields[0]: {} }),
        ReplyShape::Text => return json!("a"),
        _ => {}
    }
    let items = op.list.map_or("", |places| places.items);
    items.rsplit('.').filter(|step| !step.is_empty()).fold(json!([]), |inner, step| json!({ step: inner }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_of_every_platform_sends_what_call_sends() {
    let operations = rows(&["ops", "-o", "json"]);
    assert!(operations.iter().filter(|row| row["platform"] == "autotune").count() == OPS.len());
    let lab = Lab::today();
    let reply = Arc::new(Mutex::new(Value::Null));
    let said_by_server = Arc::clone(&reply);
    lab.rule(move |_| Some(Reply::json(&*said_by_server.lock().unwrap())));
    let port = Port::open(&lab).await.unwrap();
    let mut platforms = BTreeSet::new();
    for row in operations {
        let Some(both) = both(&row) else { continue };
        *reply.lock().unwrap() = empty_list(&row);
        let mut sent = Vec::new();
        for mut words in both {
            words.extend(["--url".to_owned(), port.url(), "--token".to_owned(), "t".to_owned()]);
            let before = lab.seen().len();
            // Some services of a platform have addresses of their own.
            let home = Home::new().with("MLHUB_AUGER_OPTIMIZERS_URL", &port.url());
            let (_, ran) = run(home, words.clone()).await;
            let seen = lab.seen();
            assert!(seen.len() == before + 1, "{words:?} {ran:?} {seen:?}");
            assert_eq!(ran.code, Some(0), "{words:?} {ran:?}");
            sent.push(said(&seen[before]));
        }
        // A list is asked for by pages, a single call for what the server gives.
        let path = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
        let [group, call] = [&sent[0], &sent[1]];
        assert_eq!((&group.0, path(&group.1)), (&call.0, path(&call.1)), "{row}");
        if group.0 != "GET" {
            assert_eq!(group, call, "{row}");
        }
        platforms.insert(row["platform"].as_str().unwrap().to_owned());
    }
    assert!(platforms.contains("autotune"), "{platforms:?}");
}

/// A hub with five experiments, two on a page, and the requests for them.
async fn experiments() -> (Lab, Port, Home) {
    let lab = Lab::today();
    lab.rule(|seen| {
        seen.operation(OPS).filter(|op| op.id == "experiment_list")?;
        let number = |name: &str| {
            let pair = seen.query().split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
            pair.parse::<usize>().ok()
        };
        let (from, size) = (number("offset").unwrap_or(0), number("limit").unwrap_or(2).min(2));
        let items: Vec<_> = (from..5.min(from + size))
            .map(|n| {
                json!({"id": format!("id-{n}"), "name": format!("forest {n}"), "direction": "maximize", "told": n,
                "failed": 0, "pending": 0, "updated_at": "2026-01-01T00:00:00Z", "covars": {"x": {"vtype": "int"}}})
            })
            .collect();
        Some(Reply::json(&json!({"items": items, "total": 5})))
    });
    let port = Port::open(&lab).await.unwrap();
    let home = Home::new().with("MLHUB_AUTOTUNE_URL", &port.url()).with("MLHUB_AUTOTUNE_TOKEN", "t");
    (lab, port, home)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_walked_over_all_its_pages_in_every_form() {
    let (lab, _port, mut home) = experiments().await;
    let mut printed = Vec::new();
    for more in [
        &[][..],
        &["-o", "table"],
        &["-o", "csv"],
        &["-o", "jsonl"],
        &["-o", "json"],
        &["-o", "yaml"],
        &["-q"],
        &["--fields", "name,covars.x.vtype"],
        &["--fields", "name,covars.x.vtype", "-o", "json"],
        &["--limit", "3", "-q"],
    ] {
        let before = lab.seen().len();
        let (back, ran) = run(home, words(&[&["autotune", "experiment", "list"], more].concat())).await;
        home = back;
        assert!(more.contains(&"--limit") || lab.seen().len() > before + 2, "{more:?}");
        assert_eq!(ran.stderr, "", "{more:?}");
        printed.push(ran.ok());
    }
    let [tsv, table, csv, jsonl, json, yaml, ids, picked, objects, three] = printed.try_into().unwrap();
    assert_eq!(tsv.lines().count(), 5);
    assert!(tsv.starts_with("id-0\tforest 0\tmaximize\t0\t0\t0\t2026-01-01T00:00:00Z\n"), "{tsv}");
    assert!(table.starts_with("ID    NAME      DIRECTION  TOLD  FAILED  PENDING  UPDATED AT\n"), "{table}");
    assert_eq!((table.lines().count(), csv.lines().count()), (6, 6));
    assert!(csv.starts_with("id,name,direction,told,failed,pending,updated_at\nid-0,forest 0,"), "{csv}");
    let lines: Vec<Value> = jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let whole: Vec<Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(lines, whole);
    assert_eq!((whole.len(), &whole[4]["covars"]["x"]["vtype"]), (5, &json!("int")));
    assert!(yaml.contains("forest 4"), "{yaml}");
    assert_eq!(ids, "id-0\nid-1\nid-2\nid-3\nid-4\n");
    assert!(picked.starts_with("forest 0\tint\n"), "{picked}");
    let objects: Value = serde_json::from_str(&objects).unwrap();
    assert_eq!(objects[1], json!({"name": "forest 1", "covars.x.vtype": "int"}));
    assert_eq!(three, "id-0\nid-1\nid-2\n");
}

#[test]
fn a_story_with_a_real_hub_from_beginning_to_end() {
    let home = HUB.home();
    let made = home.run(&[
        "autotune",
        "experiment",
        "open",
        "--name",
        "007",
        "--covars",
        r#"{"x":{"vtype":"cont","min":0,"max":1,"guess":0.5}}"#,
        "-o",
        "json",
    ]);
    let made: Value = serde_json::from_str(&made.ok()).unwrap();
    // A name of digits is a text: the document says so.
    assert_eq!(made["name"], "007");
    let id = made["id"].as_str().unwrap();
    let trial = home.run(&["autotune", "trial", "create", id, "-q"]).ok();
    let shown = home.run(&["autotune", "trial", "get", trial.trim(), "--fields", "id,state"]).ok();
    assert_eq!(shown, format!("{}\tpending\n", trial.trim()));
    home.run(&["autotune", "trial", "tell", trial.trim(), "--value", "0.75"]).ok();
    let told = home.run(&["autotune", "experiment", "history", id]).ok();
    assert!(told.starts_with(&format!("{}\t0.75\t0.75\t", trial.trim())), "{told}");
    let page = home.run(&["autotune", "experiment", "get", id, "-o", "table"]).ok();
    assert!(page.starts_with("FIELD") && page.contains("\nname ") && page.contains("007"), "{page}");
    // What deletes asks nobody where nobody can answer.
    home.run(&["autotune", "experiment", "delete", id]).ok();
    let said = home.run(&["autotune", "experiment", "get", id]).fails(4);
    assert!(said.trim_end().ends_with("next: mlhub autotune experiment list"), "{said}");
}

#[test]
fn a_mistake_ends_with_the_command_that_helps() {
    let home = HUB.home();
    for (args, code, words) in [
        (&["autotune", "experiment"][..], 2, "next: mlhub autotune experiment --help"),
        (&["autotune", "experiment", "lst"], 2, "next: mlhub autotune experiment --help"),
        (&["autotune", "trial", "tell", "x"], 2, "next: mlhub autotune trial tell --help"),
        (&["autotune", "trial", "tell", "x", "--value", "high"], 2, "--value is a number, and not \"high\""),
        (&["autotune", "experiment", "list", "--limit", "few"], 2, "next: mlhub autotune experiment list --help"),
        (&["autotune", "experiment", "get", ".."], 2, "next: mlhub autotune experiment get --help"),
        (&["autotune", "experiment", "open", "--body", "{"], 2, "the body is not JSON"),
        (&["wait", "nonsense"], 2, "next: mlhub wait --help"),
        (&["wait", "mlhub1:elsewhere/a_b/done;id=1"], 2, "there is no platform \"elsewhere\""),
        (&["wait", "mlhub1:autotune/trial_get/done;trial_id=1"], 2, "nothing that can be waited for"),
    ] {
        let said = home.run(args).fails(code);
        assert!(said.contains(words), "{args:?}: {said}");
    }
    let said = HUB.outside().run(&["autotune", "experiment", "list", "--url", &HUB.url]).fails(3);
    assert!(said.trim_end().ends_with(&format!("next: mlhub login autotune --url {}", HUB.url)), "{said}");
}

#[test]
fn a_parameter_that_the_document_does_not_name_travels_as_well() {
    let home = HUB.home();
    let id = HUB.experiment();
    HUB.trial(&id);
    let listed = home.run(&["autotune", "trial", "list", &id, "--param", "state=told", "-q"]).ok();
    assert_eq!(listed, "");
    let listed = home.run(&["autotune", "trial", "list", &id, "--state", "pending", "-q"]).ok();
    assert_eq!(listed.lines().count(), 1);
}

/// Runs the program on a terminal, where somebody types; what is seen there.
#[cfg(target_os = "linux")]
fn on_a_terminal(home: &Home, args: &[&str], typed: &str) -> String {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let own = home.command(args);
    let words = std::iter::once(own.get_program()).chain(own.get_args());
    let line = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect::<Vec<_>>().join(" ");
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &line, "/dev/null"]).current_dir(home.path()).env_clear();
    terminal.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("SHELL", "/bin/sh");
    let mut child = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{args:?} {done:?}");
    String::from_utf8(done.stdout).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_people_see_tables_and_are_asked_before_something_goes() {
    if !crate::requirements::can("terminals", std::process::Command::new("script").arg("--version")) {
        return;
    }
    let (home, id) = (HUB.home(), HUB.experiment());
    let seen = on_a_terminal(&home, &["autotune", "experiment", "list", "--limit", "1"], "");
    assert!(seen.starts_with("ID ") && seen.contains("NAME"), "{seen}");
    let delete = ["autotune", "experiment", "delete", &id];
    let seen = on_a_terminal(&home, &delete, "n\n");
    assert!(seen.contains(&format!("Delete experiment {id}? [y/N]")) && seen.contains("nothing was deleted"), "{seen}");
    home.run(&["autotune", "experiment", "get", &id]).ok();
    let seen = on_a_terminal(&home, &[&delete[..], &["--yes"]].concat(), "");
    assert!(!seen.contains("[y/N]"), "{seen}");
    home.run(&["autotune", "experiment", "get", &id]).fails(4);
}
