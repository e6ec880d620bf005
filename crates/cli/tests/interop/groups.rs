//! Groups of vantage6 from a shell: made, listed, read, changed, deleted, and the columns that people see.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::federation::Federation;
use crate::hq::{self, ORGANIZATIONS};
use crate::shell::{Shell, task, work};

/// The columns of an answer that is a row.
fn cells(row: &str) -> Vec<&str> {
    row.split('\t').collect()
}

#[test]
fn organizations() {
    let Some(hq) = hq::shared() else { return };
    let shell = Shell::admin(hq);
    let shire = shell.gets("organization create --name cli-shire --country NZ --domain the_shire.org -q");
    assert_eq!(shell.heading("organization list --limit 1"), ["ID", "NAME", "COUNTRY", "DOMAIN"]);
    // Over all pages, each once; a filter is the server's, where % stands for anything.
    let all = shell.gets("organization list --country many -q");
    assert_eq!(all.lines().collect::<BTreeSet<_>>().len(), ORGANIZATIONS);
    assert_eq!(shell.gets("organization list --name cli-sh% --fields name,country"), "cli-shire\tNZ");
    assert_eq!(shell.json("organization list --name cli-shire")[0]["domain"], "the_shire.org");
    assert_eq!(shell.gets(&format!("organization update {shire} --address1 Bag-End --fields address1")), "Bag-End");
    assert_eq!(shell.json(&format!("organization get {shire}"))["address1"], "Bag-End");
    let page = shell.gets(&format!("organization get {shire} -o table"));
    // What people look at first, then the others.
    let fields: Vec<&str> = page.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(fields[..5], ["FIELD", "id", "name", "country", "address1"], "{page}");
    let said = shell.types("organization create --name 1").fails(1);
    assert!(said.contains("MLH-INVALID") && said.contains("name: "), "{said}");
    shell.gets(&format!("organization delete {shire}"));
    let said = shell.gone("organization", "--name cli-shire");
    assert!(said.contains("Organization id=999999 not found!"), "{said}");
    // No body of its own that somebody may do this is to be guessed.
    shell.fails("organization lst", 2, "mlhub vantage6 organization --help");
}

#[test]
fn collaborations_and_studies() {
    let Some(hq) = hq::shared() else { return };
    let shell = Shell::admin(hq);
    let ids: Vec<String> = (0..2).map(|n| shell.gets(&format!("organization create --name cli-both-{n} -q"))).collect();
    let both = ids.join(",");
    let create = format!("collaboration create --name cli-both --organizations {both} --encrypted=false -q");
    let made = shell.gets(&create);
    assert_eq!(
        shell.heading("collaboration list --name cli-both"),
        ["ID", "NAME", "ENCRYPTED", "SESSION RESTRICT TO SAME IMAGE"]
    );
    assert_eq!(shell.gets(&format!("collaboration list --name cli-both --organization {} -q", ids[0])), made);
    assert_eq!(shell.gets("collaboration list --name cli-both --encrypted -q"), "");
    assert_eq!(shell.gets(&format!("organization list --collaboration {made} -q")).lines().collect::<Vec<_>>(), ids);
    assert_eq!(
        shell.gets(&format!("collaboration update {made} --name cli-two --fields name,encrypted")),
        "cli-two\tfalse"
    );

    let study =
        shell.gets(&format!("study create --name cli-study --collaboration {made} --organizations {} -q", ids[0]));
    assert_eq!(shell.heading("study list --name cli-study"), ["ID", "NAME", "COLLABORATION.ID"]);
    assert_eq!(shell.gets(&format!("study list --collaboration {made}")), format!("{study}\tcli-study\t{made}"));
    let added = shell.gets(&format!("study add-organization {study} {} --fields name", ids[1]));
    assert_eq!(added, "cli-both-0\ncli-both-1");
    assert_eq!(shell.gets(&format!("study remove-organization {study} {} -q", ids[0])), ids[1]);
    assert_eq!(shell.gets(&format!("study update {study} --name cli-trial --fields name")), "cli-trial");
    assert_eq!(shell.gets(&format!("study get {study} --fields collaboration.id")), made);
    shell.gets(&format!("study delete {study}"));
    shell.gone("study", "--name cli-trial");

    assert_eq!(shell.gets(&format!("collaboration remove-organization {made} {} -q", ids[1])), ids[0]);
    assert_eq!(shell.gets(&format!("collaboration add-organization {made} {} -q", ids[1])).lines().count(), 2);
    let help = shell.gets("collaboration add-organization --help");
    assert!(help.contains("<ID> <ORGANIZATION>"), "{help}");
    shell.gets(&format!("collaboration delete {made} --delete-dependents"));
    shell.gone("collaboration", "--name cli-two");
    for id in ids {
        shell.gets(&format!("organization delete {id}"));
    }
}

#[test]
fn nodes_whose_key_is_shown_once() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-nodes", 1, false);
    let shell = Shell::admin(hq);
    let collaboration = federation.collaboration;
    let other = shell.gets("organization create --name cli-nodes-other -q");
    shell.gets(&format!("collaboration add-organization {collaboration} {other}"));
    let row =
        shell.gets(&format!("node create --name cli-node --collaboration {collaboration} --organization {other}"));
    let [node, name, key, of, at] = cells(&row)[..] else { panic!("{row}") };
    assert!(name == "cli-node" && key.len() > 20 && of == other && at == collaboration.to_string(), "{row}");
    assert_eq!(
        shell.heading("node list --limit 1"),
        ["ID", "NAME", "STATUS", "ORGANIZATION.ID", "COLLABORATION.ID", "LAST SEEN"]
    );
    assert_eq!(shell.gets(&format!("node list --collaboration {collaboration} --name cli-node -q")), node);
    assert!(!shell.gets(&format!("node get {node} -o json")).contains(key));
    let fresh = shell.gets(&format!("node reset-api-key {node}"));
    assert!(fresh.len() > 20 && fresh != key, "{fresh}");
    assert_eq!(shell.gets(&format!("node update {node} --name cli-renamed --fields name")), "cli-renamed");
    shell.gets(&format!("collaboration remove-node {collaboration} {node}"));
    assert!(shell.gets(&format!("collaboration add-node {collaboration} {node} -q")).lines().any(|id| id == node));
    // A node has to be connected for that, and simulated ones are not.
    assert_ne!(shell.types(&format!("node kill-tasks {node}")).code, Some(0));
    shell.gets(&format!("node delete {node}"));
    shell.gone("node", "--name cli-renamed");
}

#[test]
fn users_roles_and_rules() {
    let Some(hq) = hq::shared() else { return };
    let shell = Shell::admin(hq);
    let organization = shell.gets("organization create --name cli-people -q");
    assert_eq!(shell.heading("rule list --limit 1"), ["ID", "NAME", "OPERATION", "SCOPE"]);
    let rules = shell.gets("rule list --name task --operation view");
    assert!(!rules.is_empty() && rules.lines().all(|rule| cells(rule)[1..3] == ["task", "view"]), "{rules}");
    let rule = cells(&rules)[0];
    assert_eq!(shell.gets(&format!("rule get {rule} --fields name,operation")), "task\tview");

    let role = shell.gets(&format!(
        "role create --name cli-reader --description reads --organization {organization} --rules {rule} -q"
    ));
    assert_eq!(shell.heading("role list --name cli-reader"), ["ID", "NAME", "DESCRIPTION", "ORGANIZATION.ID"]);
    assert_eq!(
        shell.gets(&format!("role list --organization {organization} --name cli-reader")),
        format!("{role}\tcli-reader\treads\t{organization}")
    );
    assert_eq!(shell.gets(&format!("role update {role} --description looks --fields description")), "looks");

    std::fs::write(shell.home.path().join("password"), "Passw0rd!\n").unwrap();
    let user = shell.gets(&format!(
        "user create --username cli-alice --password @password --organization {organization} --roles {role} -q"
    ));
    assert_eq!(shell.heading("user list --limit 1"), ["ID", "USERNAME", "ORGANIZATION.ID", "IS SERVICE ACCOUNT"]);
    assert_eq!(shell.gets("user list --username cli-al% -q"), user);
    assert_eq!(shell.gets(&format!("user list --role {role} --fields username")), "cli-alice");
    shell.gets(&format!("user update {user} --rules {rule}"));
    let may = shell.json(&format!("user get {user} --include-permissions"));
    assert_eq!(may["permissions"]["roles"], json!([role.parse::<u64>().unwrap()]));
    // Who may read tasks may not make organizations: that is a refusal, and no call for another login.
    let alice = Shell::of(hq).logged_in("cli-alice", "Passw0rd!");
    let said = alice.fails("organization create --name x", 3, "mlhub whoami vantage6");
    assert!(said.contains("MLH-FORBIDDEN"), "{said}");
    let robot =
        shell.gets(&format!("user create --username cli-machine --is-service-account --organization {organization}"));
    let [machine, "cli-machine", of, "true", secret] = cells(&robot)[..] else { panic!("{robot}") };
    assert!(of == organization && secret.len() > 20, "{robot}");
    for id in [machine, user.as_str()] {
        shell.gets(&format!("user delete {id}"));
    }
    shell.gone("user", &format!("--organization {organization}"));
    shell.gets(&format!("role delete {role}"));
    shell.gone("role", &format!("--organization {organization}"));
}

#[test]
fn sessions_and_dataframes() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-sessions", 1, false);
    let (shell, collaboration) = (Shell::member(hq, &federation), federation.collaboration);
    let made = shell.gets(&format!("session create --name mine --scope own --collaboration {collaboration} -q"));
    assert_eq!(
        shell.heading("session list --limit 1"),
        ["ID", "NAME", "SCOPE", "COLLABORATION.ID", "OWNER.ID", "READY", "LAST USED AT"]
    );
    let mine = format!("session list --collaboration {collaboration} --name mine --fields id,name");
    assert_eq!(shell.gets(&mine), format!("{made}\tmine"));
    assert_eq!(
        shell.gets(&format!("session update {made} --name ours --scope collaboration --fields scope")),
        "collaboration"
    );
    assert_eq!(shell.gets(&format!("session get {made} --fields name")), "ours");
    let function = "--image registry.test/average --method read_csv";
    let frame = shell.gets(&format!("dataframe create {made} --label db --name jumpers {function}"));
    assert_eq!(shell.gets(&format!("dataframe list {made} --fields id,name")), format!("{frame}\tjumpers"));
    assert_eq!(shell.gets(&format!("dataframe get {frame} --fields db_label")), "db");
    shell.gets(&format!("dataframe delete {frame}"));
    assert_eq!(shell.gets(&format!("dataframe list {made} -q")), "");
    shell.fails("dataframe get 999999", 4, "mlhub vantage6 dataframe get --help");
    // Tasks hang on it: that has to be said.
    let said = shell.types(&format!("session delete {made}")).fails(1);
    assert!(said.contains("delete_dependents"), "{said}");
    shell.gets(&format!("session delete {made} --delete-dependents"));
    shell.gone("session", &format!("--collaboration {collaboration} --name ours"));
}

#[test]
fn tasks_runs_and_results() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-runs", 2, false);
    let shell = Shell::member(hq, &federation);
    let made = shell.gets(&format!("{} --name counted", task(&federation)));
    assert_eq!(shell.gets(&format!("run list --task {made} --state open -q")).lines().count(), 2);
    work(&federation, &made).join().unwrap();
    assert_eq!(
        shell.heading("task list --limit 1"),
        ["ID", "NAME", "STATUS", "METHOD", "IMAGE", "CREATED AT", "SESSION.ID"]
    );
    let tasks = shell.gets(&format!("task list --session {} --name counted", federation.session));
    assert!(
        tasks.starts_with(&format!("{made}\tcounted\tcompleted\tpartial_average\tregistry.test/average\t20")),
        "{tasks}"
    );
    assert_eq!(
        shell.json(&format!("task list --session {} --name counted", federation.session))[0]["method"],
        "partial_average"
    );
    let runs = format!("run list --task {made}");
    assert_eq!(
        shell.heading(&runs),
        ["ID", "STATUS", "ORGANIZATION.ID", "TASK.ID", "ASSIGNED AT", "STARTED AT", "FINISHED AT"]
    );
    let first = federation.members[0].organization;
    let run = shell.gets(&format!("{runs} --organization {first} -q"));
    assert_eq!(shell.gets(&format!("run get {run} --fields status,organization.id")), format!("completed\t{first}"));
    assert_eq!(shell.gets(&format!("run wait {run} --fields status")), "completed");
    assert_eq!(shell.heading(&format!("result list --task {made}")), ["ID", "RUN.ID"]);
    assert_eq!(shell.gets(&format!("result list --task {made} -q")).lines().count(), 2);
    assert_eq!(shell.gets(&format!("task status {made} --fields status")), "completed");
    shell.gets(&format!("task delete {made}"));
    let said = shell.fails(&runs, 1, "mlhub vantage6 run list --help");
    assert!(said.contains(&format!("Task id={made} does not exist!")), "{said}");
}

#[test]
fn stores_and_the_hub_itself() {
    let Some(hq) = hq::shared() else { return };
    let shell = Shell::admin(hq);
    assert_eq!(shell.gets("util get-hq-version"), "5.0.3");
    assert_eq!(shell.json("util get-hq-health")["database"], Value::Bool(true));
    // The hub knows no algorithm store as yet: a list of nothing is no failure, and on a terminal it says so.
    let ran = shell.types("store list -o table");
    assert!(ran.stderr.contains("nothing there"), "{ran:?}");
    assert_eq!(ran.ok(), "");
    assert_eq!(shell.gets("store list"), "");
    shell.fails("store update 999999 --name x", 4, "mlhub vantage6 store list");
    shell.fails("store delete 999999", 4, "mlhub vantage6 store list");
    // HQ asks the store first, which is not there.
    let said = shell.types("store create --name cli-store --algorithm-store-url http://127.0.0.1:1");
    assert!(said.code.is_some_and(|code| code > 0), "{said:?}");
    let (_running, address) = hq.algorithms();
    let made = shell.gets(&format!("store create --name cli-store --algorithm-store-url {address} --api-path /api -q"));
    assert_eq!(shell.heading("store list"), ["ID", "NAME", "URL"]);
    assert_eq!(shell.gets("store list --name cli-s% --fields name,url"), format!("cli-store\t{address}"));
    assert_eq!(
        shell.gets(&format!("store update {made} --name cli-shop --fields id,name")),
        format!("{made}\tcli-shop")
    );
    assert_eq!(shell.gets(&format!("store get {made} --fields name,api_path")), "cli-shop\t/api");
    shell.gets(&format!("store delete {made}"));
    shell.gone("store", "--name cli-shop");
    assert_eq!(shell.gets("blob status"), "false");
}
