//! Calls of every operation of the document, and how they went.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use mlhub::autotune::ops::OPS;
use serde_json::{Value, json};

use crate::hub_in_process::{HUB, PASSWORD, USER};
use crate::support::Home;

/// Logins of an account each, by the operation that ends them, and the refresh token of one of them.
fn leaving() -> (BTreeMap<&'static str, Home>, String) {
    let mut refresh = String::new();
    let mut login = |operation: &'static str| {
        let (user, password) = (format!("{operation}@example.org"), format!("password={PASSWORD}"));
        let outside = HUB.outside();
        outside.run(&["call", "autotune", "user_signup", &format!("email={user}"), &password]).ok();
        let reply = outside.run(&["call", "autotune", "auth_token", &format!("username={user}"), &password]).ok();
        let reply: Value = serde_json::from_str(&reply).unwrap();
        if operation == "auth_refresh" {
            refresh = format!("refresh_token={}", reply["refresh_token"].as_str().unwrap());
        }
        (operation, outside.with("MLHUB_AUTOTUNE_TOKEN", reply["access_token"].as_str().unwrap()))
    };
    let homes = ["auth_logout", "auth_refresh", "user_delete", "user_password"].map(&mut login).into();
    (homes, refresh)
}

#[test]
fn every_operation_can_be_called_by_name() {
    let experiment = HUB.experiment();
    let trial = HUB.trial(&experiment);
    let other = HUB.experiment();
    let (spare, failing) = (HUB.experiment(), HUB.trial(&other));
    let (leaving, refresh) = leaving();
    let me: Value = serde_json::from_str(&HUB.home().run(&["whoami", "autotune", "-o", "json"]).ok()).unwrap();
    let uuid = me["uuid"].as_str().unwrap();
    let covars = r#"covars={"x":{"vtype":"int","guess":1,"min":0,"max":3}}"#;
    let (exp, id) = (format!("exp_uuid={experiment}"), format!("experiment_id={experiment}"));
    let (user, password) = (format!("username={USER}"), format!("password={PASSWORD}"));
    let (trial_id, failing_id) = (format!("trial_id={trial}"), format!("trial_id={failing}"));
    let spare_id = format!("experiment_id={spare}");
    let import = r#"trials=[{"params":{"x":0.5},"value":1}]"#;
    let current = format!("current_{password}");
    let next = format!("new_{password}");
    let arguments: BTreeMap<&str, Vec<&str>> = [
        ("hub_info", vec![]),
        ("auth_token", vec![user.as_str(), &password]),
        ("auth_login", vec![&user, &password]),
        ("auth_me", vec![]),
        ("auth_header_me", vec![]),
        ("user_list", vec![]),
        ("user_get", vec!["user_id=1", "uuid=ME"]),
        ("user_signup", vec!["email=second@example.org", &password]),
        ("experiment_create", vec!["name=two", covars]),
        ("experiment_ask", vec![&exp]),
        ("experiment_tell", vec![&exp, r#"covars_tell=[{"x":0.25}]"#, r#"response_tell=[{"Response":1.5}]"#]),
        ("experiment_all", vec![]),
        ("experiment_list", vec!["limit=2"]),
        ("experiment_get", vec![&id]),
        ("experiment_best", vec![&id]),
        ("experiment_history", vec![&id]),
        ("trial_create", vec!["experiment_id=OTHER", "Idempotency-Key=one"]),
        ("trial_list", vec![&id, "state=pending"]),
        ("trial_get", vec![&trial_id]),
        ("trial_tell", vec![&trial_id, "value=0.5"]),
        ("hub_health", vec![]),
        ("auth_refresh", vec![&refresh]),
        ("auth_logout", vec!["--body", "{}"]),
        ("user_password", vec![&current, &next]),
        ("user_delete", vec![&password]),
        ("experiment_open", vec!["name=three", covars]),
        ("experiment_import", vec![&id, import]),
        ("experiment_delete", vec![&spare_id]),
        ("trial_create_many", vec!["experiment_id=OTHER", "count=2"]),
        ("trial_renew", vec![&failing_id]),
        ("trial_release", vec![&failing_id]),
        ("trial_fail", vec![&failing_id, "reason=no luck"]),
        ("trial_retry", vec![&failing_id]),
    ]
    .into();
    // The tells come first: the best and the history need them. A trial that failed is at its end.
    let rank = |id: &str| (!id.ends_with("_tell"), id == "trial_fail", id.to_owned());
    let mut rows: Vec<_> = OPS.iter().map(|op| op.id).collect();
    rows.sort_by_key(|id| rank(id));
    let home = HUB.home();
    for id in rows {
        let given = arguments.get(id).unwrap_or_else(|| panic!("{id} has no arguments in this test"));
        let filled: Vec<_> = given.iter().map(|text| text.replace("ME", uuid).replace("OTHER", &other)).collect();
        let mut args = vec!["call", "autotune", id];
        args.extend(filled.iter().map(String::as_str));
        args.extend(["-o", "json"]);
        let reply = leaving.get(id).unwrap_or(&home).run(&args).ok();
        assert!(serde_json::from_str::<Value>(&reply).is_ok(), "{id}: {reply}");
    }
}

#[test]
fn a_body_comes_from_the_command_line_a_file_or_stdin() {
    let home = HUB.home();
    let body = json!({"name": "n", "covars": {"x": {"vtype": "cat", "guess": "a", "options": ["a", "b"]}}}).to_string();
    std::fs::write(home.path().join("body.json"), &body).unwrap();
    let create = ["call", "autotune", "experiment_create", "--body"];
    home.run(&[&create[..], &[&body]].concat()).ok();
    home.run(&[&create[..], &["@body.json"]].concat()).ok();
    home.run_with_stdin(&[&create[..], &["-"]].concat(), &body).ok();
    let said = home.run(&[&create[..], &["@missing.json"]].concat()).fails(2);
    assert!(said.contains("missing.json"), "{said}");
    let said = home.run(&[&create[..], &["{hunter2"]].concat()).fails(2);
    assert!(said.contains("not JSON") && !said.contains("hunter2"), "{said}");
    home.run(&["call", "autotune", "hub_info", "--body", "{}"]).fails(2);
}

#[test]
fn the_bytes_of_a_reply_are_printed_as_they_came() {
    let printed = HUB.outside().run(&["call", "autotune", "hub_info"]).ok();
    let address = HUB.url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    connection.read_to_string(&mut reply).unwrap();
    let (_, body) = reply.split_once("\r\n\r\n").unwrap();
    assert_eq!(printed, body);
}

#[test]
fn the_form_is_chosen_with_output() {
    let (home, experiment) = (HUB.home(), HUB.experiment());
    let trial = HUB.trial(&experiment);
    let id = format!("experiment_id={experiment}");
    let list = |more: &[&str]| home.run(&[&["call", "autotune", "trial_list", &id], more].concat()).ok();
    for form in ["json", "jsonl", "yaml", "csv", "table", "tsv"] {
        assert!(list(&["-o", form]).contains(&trial), "{form}");
    }
    assert_eq!(list(&["-o", "jsonl"]).lines().count(), 1);
    assert_eq!(list(&["-o", "csv"]).lines().count(), 2);
    assert_eq!(list(&["-q"]).trim_end(), trial);
}

#[test]
fn the_exit_code_says_what_sort_of_failure_it_was() {
    let (home, nobody) = (HUB.home(), HUB.outside());
    let missing = "experiment_id=00000000-0000-0000-0000-000000000000";
    let call = |home: &Home, args: &[&str], code| home.run(&[&["call", "autotune"], args].concat()).fails(code);
    let experiment = HUB.experiment();
    let trial = format!("trial_id={}", HUB.trial(&experiment));

    call(&home, &["experiment_create"], 2);
    let said = call(&home, &["experiment_gets"], 2);
    assert!(said.contains("experiment_get"), "{said}");
    call(&home, &["experiment_get", "experiment_id=.."], 2);
    let said = call(&nobody, &["experiment_list"], 3);
    assert!(said.trim_end().ends_with("mlhub login autotune"), "{said}");
    call(&home, &["experiment_get", missing], 4);
    call(&home, &["trial_tell", &trial, "value=high"], 1);
    home.run(&["call", "autotune", "trial_tell", &trial, "value=1"]).ok();
    call(&home, &["trial_tell", &trial, "value=2"], 5);
}

#[test]
fn nobody_there_is_an_exit_code_of_its_own() {
    // A port that was free a moment ago and is not listened on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = Home::new().run(&["call", "autotune", "hub_info", "--url", &format!("http://{free}")]).fails(10);
    assert!(said.contains("mlhub explain MLH-CONNECT"), "{said}");
    Home::new().run(&["call", "autotune", "hub_info", "--url", "no address"]).fails(2);
}
