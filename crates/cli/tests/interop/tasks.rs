//! Tasks from a shell: made, waited for, read, stopped; plain and encrypted.

use serde_json::{Value, json};

use crate::federation::Federation;
use crate::hq;
use crate::shell::{Shell, beside, task, work};

#[test]
fn a_task_is_made_waited_for_and_read_plain_and_encrypted() {
    let Some(hq) = hq::shared() else { return };
    for encrypted in [false, true] {
        let federation = Federation::new(hq, &format!("cli-task-{encrypted}"), 2, encrypted);
        let shell = Shell::member(hq, &federation);
        let ids: Vec<u64> = federation.members.iter().map(|member| member.organization).collect();
        beside(federation.work(&federation.members, 2, json!({})));
        let line = format!("{} --name mean --arguments {{\"column_name\":\"age\"}}", task(&federation));
        let ran = shell.types(&format!("{line} --wait --timeout 2m -o json"));
        let rows: Vec<Value> = serde_json::from_str(&ran.ok()).unwrap();
        for (row, id) in rows.iter().zip(&ids) {
            assert_eq!((&row["organization"], &row["status"]), (&json!(id), &json!("completed")));
            assert_eq!(row["result"], json!({"organization_id": id, "echo": {"column_name": "age"}}));
        }
        assert_eq!(rows.len(), 2);

        // The same in steps: the id, and what to do with it.
        let ran = shell.types(&line);
        let made = ran.stdout.trim_end().to_owned();
        assert!(ran.stderr.contains(&format!("to wait for it: mlhub vantage6 task wait {made}\n")), "{ran:?}");
        ran.ok();
        assert_eq!(shell.gets(&format!("task get {made} --fields name,status")), "mean\tawaiting");
        work(&federation, &made);
        let results = shell.gets(&format!("task wait {made} --timeout 2m"));
        let first = format!("{{\"echo\":{{\"column_name\":\"age\"}},\"organization_id\":{}}}", ids[0]);
        let lines: Vec<Vec<&str>> = results.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(lines[0][1..], [ids[0].to_string().as_str(), "completed", first.as_str()]);
        assert_eq!(shell.heading(&format!("task wait {made}")), ["RUN", "ORGANIZATION", "STATUS", "RESULT"]);
        let whole = shell.json(&format!("task get {made} --include-results"));
        assert_eq!(whole["results"][0]["result"]["organization_id"], json!(ids[0]));
        let page = shell.gets(&format!("task get {made} --include-results -o table"));
        let (about, results) = page.split_once("\n\n").unwrap();
        assert!(about.contains("\nname ") && about.contains("\nstatus ") && about.contains("completed"), "{page}");
        assert!(results.starts_with("RUN  ORGANIZATION  STATUS ") && results.lines().count() == 3, "{page}");
        let picked = shell.gets(&format!("task get {made} --include-results --fields status,results.1.result.echo"));
        assert_eq!(picked, "completed\t{\"column_name\":\"age\"}");
        let run = lines[0][0];
        let result: Value = serde_json::from_str(&shell.gets(&format!("result get {run}"))).unwrap();
        assert_eq!(result["echo"], json!({"column_name": "age"}));
        assert_eq!(shell.gets(&format!("run log {run}")), "simulated node: completed");
    }
}

#[test]
fn what_was_encrypted_for_another_key_is_never_shown_as_if_it_were_a_result() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-encrypted", 2, true);
    let shell = Shell::member(hq, &federation);
    let made = shell.gets(&task(&federation));
    work(&federation, &made).join().unwrap();
    let other = Shell::member(hq, &federation).with("PRIVATE_KEY", federation.members[1].key.as_deref().unwrap());
    let said = other.types(&format!("task wait {made}")).fails(1);
    assert!(said.contains("MLH-DECRYPT"), "{said}");
    shell.gets(&format!("task wait {made}"));
}

#[test]
fn a_failing_run_is_named_with_the_end_of_its_log_and_the_others_can_be_read() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-failing", 2, false);
    let shell = Shell::member(hq, &federation);
    let made = shell.gets(&task(&federation));
    let number: u64 = made.parse().unwrap();
    beside(federation.work(&federation.members[..1], 1, json!({"task": number}))).join().unwrap();
    let crash = json!({"task": number, "status": "crashed", "log": "Traceback\nKeyError: 'age'"});
    beside(federation.work(&federation.members[1..], 1, crash));
    let next = format!("mlhub vantage6 task get {made} --include-results");
    let said = shell.fails(&format!("task wait {made} --timeout 2m"), 8, &next);
    let organization = format!("organization {}", federation.members[1].organization);
    for words in ["MLH-FAILED", organization.as_str(), "crashed", "KeyError: 'age'"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    // What it advises shows what there is.
    let whole = shell.json(next.trim_start_matches("mlhub vantage6 "));
    let statuses: Vec<_> = whole["results"].as_array().unwrap().iter().map(|row| row["status"].clone()).collect();
    assert_eq!(statuses, [json!("completed"), json!("crashed")]);
    assert!(!whole["results"][0]["result"].is_null() && whole["results"][1]["result"].is_null(), "{whole}");
    let failed =
        shell.gets(&format!("run list --task {made} --organization {} -q", federation.members[1].organization));
    assert_eq!(shell.gets(&format!("run log {failed}")), "Traceback\nKeyError: 'age'");
    let said = shell.types(&format!("run wait {failed}")).fails(8);
    assert!(said.contains("crashed"), "{said}");
}

#[test]
fn a_task_is_stopped_once() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-killed", 1, false);
    let shell = Shell::member(hq, &federation);
    let made = shell.gets(&task(&federation));
    let ran = shell.types(&format!("task kill {made}"));
    assert!(ran.stderr.contains(&format!("task {made} is being stopped")), "{ran:?}");
    assert_eq!(ran.ok(), "");
    let said = shell.types(&format!("task wait {made} --timeout 2m")).fails(8);
    assert!(said.contains("killed by user"), "{said}");
    shell.types(&format!("task kill {made}")).fails(1);
    shell.fails("task wait 999999", 4, "mlhub vantage6 task list");
    shell.gets(&format!("task delete {made}"));
    shell.gone("task", &format!("--collaboration {}", federation.collaboration));
}

#[test]
fn a_task_that_cannot_be_made_says_why_and_makes_nothing() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-refused", 1, false);
    let shell = Shell::member(hq, &federation);
    let line = task(&federation);
    let said = shell.types(&line.replace("--image registry.test/average ", "")).fails(2);
    assert!(said.contains("--image"), "{said}");
    let said = shell.fails(&format!("{line},999999"), 1, "mlhub vantage6 task create --help");
    assert!(said.contains("not within the collaboration"), "{said}");
    let said = shell.types(&format!("{line} --arguments {{\"secret\":")).fails(2);
    assert!(said.contains("--arguments is not JSON (line 1") && !said.contains("secret"), "{said}");
    assert_eq!(shell.gets(&format!("task list --collaboration {} -q", federation.collaboration)), "");
    // The arguments may be in a file.
    std::fs::write(shell.home.path().join("arguments.json"), "{\"n\": 1}").unwrap();
    shell.gets(&format!("{line} --arguments @arguments.json"));
}
