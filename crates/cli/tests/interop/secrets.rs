//! Secrets are in no output but that of the command that gives them out.

use serde_json::{Value, json};

use crate::federation::{Federation, PASSWORD};
use crate::hq;
use crate::shell::{Shell, task, work};
use crate::support::Ran;

#[test]
fn nothing_secret_is_said_even_where_everything_is_logged() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-canary", 1, true);
    let key = federation.members[0].key.as_deref().unwrap();
    // A line from the middle of the key, and what every token begins with: a JWT's `{"`, in base64.
    let line = key.lines().nth(7).unwrap().to_owned();
    let mut secrets = vec![PASSWORD.to_owned(), "canary-argument".to_owned(), "eyJ".to_owned(), line];
    let shell = Shell::of(hq).with("PRIVATE_KEY", key);
    let shell = Shell { home: shell.home.with("RUST_LOG", "trace,mlhub::curl=trace") };
    let mut said: Vec<(String, Ran)> = Vec::new();
    let login = ["vantage6", "login", "--username", &federation.user, "--secret-stdin"];
    said.push(("login".to_owned(), shell.home.run_with_stdin(&login, PASSWORD)));
    // Those that give a secret out, on stdout.
    let collaboration = federation.collaboration;
    let made = shell.types(&format!(
        "node create --name cli-canary-more --collaboration {collaboration} --organization {} -o json",
        another(&shell, &federation)
    ));
    let node: Value = serde_json::from_str(&made.stdout).unwrap();
    secrets.push(node["api_key"].as_str().unwrap().to_owned());
    said.push(("node create".to_owned(), Ran { stdout: String::new(), ..made }));
    let reset = shell.types(&format!("node reset-api-key {} -o json", node["id"]));
    let fresh: Value = serde_json::from_str(&reset.stdout).unwrap();
    assert_ne!(fresh["api_key"], node["api_key"]);
    secrets.push(fresh["api_key"].as_str().unwrap().to_owned());
    said.push(("node reset-api-key".to_owned(), Ran { stdout: String::new(), ..reset }));

    let task = format!("{} --arguments {{\"word\":\"canary-argument\"}}", task(&federation));
    let made = shell.types(&task);
    let id = made.stdout.trim().to_owned();
    said.push((task, made));
    work(&federation, &id).join().unwrap();
    for line in [
        "whoami".to_owned(),
        "key show".to_owned(),
        "key register".to_owned(),
        "organization list --limit 3".to_owned(),
        format!("node get {} -o json", node["id"]),
        format!("task get {id} -o json"),
        format!("run list --task {id} -o json"),
        "organization get 999999".to_owned(),
        "task create --image x --method y --session 1 --collaboration 1 --organizations 1".to_owned(),
        "organization list --token eyJ-not-a-token".to_owned(),
    ] {
        let ran = shell.types(&line);
        said.push((line, ran));
    }
    said.push(("config explain".to_owned(), shell.home.run(&["config", "explain"])));
    said.push(("logout".to_owned(), shell.types("logout")));
    for (line, ran) in &said {
        for secret in &secrets {
            assert!(!ran.stderr.contains(secret), "{secret} on stderr of {line}: {}", ran.stderr);
            assert!(!ran.stdout.contains(secret), "{secret} on stdout of {line}: {}", ran.stdout);
        }
    }
    // They would have been heard: there was something to say.
    assert!(said.iter().map(|(_, ran)| ran.stderr.len()).sum::<usize>() > 10_000);
    // And what was asked for came.
    let opened = Shell::member(hq, &federation).json(&format!("task wait {id}"));
    assert_eq!(opened[0]["result"]["echo"], json!({"word": "canary-argument"}));
}

/// An organization in the collaboration that has no node there.
fn another(shell: &Shell, federation: &Federation) -> String {
    let made = shell.gets("organization create --name cli-canary-other -q");
    shell.gets(&format!("collaboration add-organization {} {made}", federation.collaboration));
    made
}
