//! Terminal: what servers send is shown on it and obeyed by nothing, and goes into a pipe as it is.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use serde_json::Value;
use uuid::Uuid;

use crate::hub_in_process::HUB;
use crate::support::Home;

/// Moves the cursor, sets a title, turns the direction of reading.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}exe.txt\u{2066}\u{8}";

/// What it is on a terminal.
const SHOWN: &str = "\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202eexe.txt\\u2066\\u0008";

/// All that the program writes to a terminal, errors and logs too.
fn on_terminal(home: &Home, args: &[&str]) -> String {
    let program = home.command(args);
    let words = std::iter::once(program.get_program()).chain(program.get_args());
    let line = shlex::try_join(words.map(|word| word.to_str().unwrap())).unwrap();
    let mut script = Command::new("script");
    let variables = program.get_envs().filter_map(|(name, value)| Some((name, value?)));
    script.args(["-qec", &line, "/dev/null"]).env_clear().envs(variables).env("PATH", "/usr/bin:/bin");
    let ran = script
        .env("NO_COLOR", "1")
        .env("SHELL", "/bin/sh")
        .current_dir(home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(ran.stdout).unwrap().replace("\r\n", "\n")
}

/// Demands that a terminal obeys nothing of it.
#[track_caller]
fn harmless(text: &str) {
    let active = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
    assert!(!text.contains(|letter: char| active(letter) || "\u{202e}\u{2066}".contains(letter)), "{text:?}");
}

#[test]
fn names_from_servers_are_shown_on_a_terminal_and_go_into_a_pipe_as_they_are() {
    let home = HUB.home();
    let name = format!("{HOSTILE}{}", Uuid::new_v4());
    let covars = r#"covars={"x":{"vtype":"int","guess":1,"min":0,"max":3}}"#;
    let made = home.run(&["call", "autotune", "experiment_create", &format!("name={name}"), covars]).ok();
    let id = serde_json::from_str::<Value>(&made).unwrap()["exp_uuid"].as_str().unwrap().to_owned();
    let list = ["autotune", "experiment", "list", "--name", &name];
    for form in ["tsv", "csv", "table", "json", "yaml", "jsonl"] {
        let shown = on_terminal(&home, &[&list[..], &["-o", form]].concat());
        harmless(&shown);
        // A table is as wide as the terminal.
        let seen = if form == "table" { "\\u001b[" } else { "\\u202eexe.txt\\u2066" };
        assert!(shown.contains(seen) && shown.contains(&id), "{form}: {shown:?}");
    }
    let shown = on_terminal(&home, &["autotune", "experiments", "--name", &name, "-o", "tsv"]);
    harmless(&shown);
    assert!(shown.contains(SHOWN), "{shown:?}");
    let shown = on_terminal(&home, &["call", "autotune", "experiment_get", &format!("experiment_id={id}")]);
    harmless(&shown);
    assert!(shown.contains("\\u009b31m\\u202eexe.txt\\u2066"), "{shown:?}");
    // Into a pipe as it is.
    let piped = home.run(&["autotune", "experiments", "--name", &name, "-o", "tsv"]).ok();
    assert!(piped.contains(HOSTILE), "{piped:?}");
    let piped = home.run(&["call", "autotune", "experiment_get", &format!("experiment_id={id}")]).ok();
    assert!(piped.contains("\u{9b}31m\u{202e}exe.txt\u{2066}"), "{piped:?}");
}

/// A server that gives that reply to whoever asks; its address.
fn server(status: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 65536]);
            let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n");
            let _ = write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len());
        }
    });
    url
}

#[test]
fn ids_errors_and_logs_are_shown_on_a_terminal() {
    let home = Home::new().with("RUST_LOG", "trace");
    let body = serde_json::json!([{"name": HOSTILE, "id": HOSTILE}]).to_string();
    let url = server("200 OK", body);
    let list = ["loudml", "models", "list", "-q", "--url", &url];
    let shown = on_terminal(&Home::new(), &list);
    harmless(&shown);
    assert!(shown.contains("\\u202eexe.txt"), "{shown:?}");
    assert!(Home::new().run(&list).stdout.contains("\u{202e}exe.txt"));
    for body in
        [serde_json::json!({"error": HOSTILE, "message": HOSTILE, "msg": HOSTILE}).to_string(), HOSTILE.to_owned()]
    {
        let url = server("400 Bad Request", body);
        let shown = on_terminal(&home, &["call", "loudml", "models_list", "--url", &url]);
        harmless(&shown);
        assert!(shown.contains("\\u202eexe.txt"), "{shown:?}");
    }
}

#[test]
fn the_table_of_a_study_is_short_on_a_terminal() {
    let home = Home::new();
    std::fs::write(home.path().join("space.yaml"), "x: {type: cont, min: 0, max: 1}").unwrap();
    let command = ["--", "/bin/sh", "-c", "echo {x}"];
    let tune = ["tune", "--space", "space.yaml", "--trials", "3", "--seed", "1", "--name", "forest"];
    home.run(&[&tune[..], &command].concat()).ok();
    let shown = on_terminal(&home, &[&tune[..], &command].concat());
    let (_, table) = shown.split_once("VALUE").unwrap();
    let rows: Vec<Vec<_>> = table.lines().skip(1).take(3).map(|row| row.split_whitespace().collect()).collect();
    let mut trials: Vec<_> = rows.iter().map(|row| row[2]).collect();
    trials.sort_unstable();
    assert_eq!(trials, ["1", "2", "3"], "{shown}");
    assert!(rows.iter().all(|row| row[0].len() <= 9 && row[1].len() <= 9), "{shown}");
    let full = home.run(&[&tune[..], &["-o", "tsv"], &command].concat()).ok();
    assert!(full.lines().all(|row| Uuid::parse_str(row.split('\t').nth(2).unwrap()).is_ok()), "{full}");
    assert!(shown.contains(full.split('\t').nth(1).unwrap()), "the command to copy has all digits: {shown}");
}
