//! Each group of vantage6 from a shell: made, listed, looked at, changed, deleted, and the columns that people see.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::desk::{Desk, task, work};
use crate::federation::Federation;
use crate::hq::{self, ORGANIZATIONS};

/// The columns of an answer that is a row.
fn cells(row: &str) -> Vec<&str> {
    row.split('\t').collect()
}

#[test]
fn organizations() {
    let Some(hq) = hq::shared() else { return };
    let desk = Desk::admin(hq);
    let shire = desk.gets("organization create --name cli-shire --country NZ --domain the_shire.org -q");
    assert_eq!(desk.heading("organization list --limit 1"), ["ID", "NAME", "COUNTRY", "DOMAIN"]);
    // Over all pages, each once; a filter is the server's, where % stands for anything.
    let all = desk.gets("organization list --country many -q");
    assert_eq!(all.lines().collect::<BTreeSet<_>>().len(), ORGANIZATIONS);
    assert_eq!(desk.gets("organization list --name cli-sh% --fields name,country"), "cli-shire\tNZ");
    assert_eq!(desk.json("organization list --name cli-shire")[0]["domain"], "the_shire.org");
    assert_eq!(desk.gets(&format!("organization update {shire} --address1 Bag-End --fields address1")), "Bag-End");
    assert_eq!(desk.json(&format!("organization get {shire}"))["address1"], "Bag-End");
    let page = desk.gets(&format!("organization get {shire} -o table"));
    // What people look at first, then the others.
    let fields: Vec<&str> = page.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(fields[..5], ["FIELD", "id", "name", "country", "address1"], "{page}");
    let said = desk.types("organization create --name 1").fails(1);
    assert!(said.contains("MLH-INVALID") && said.contains("name: "), "{said}");
    desk.gets(&format!("organization delete {shire}"));
    let said = desk.gone("organization", "--name cli-shire");
    assert!(said.contains("Organization id=999999 not found!"), "{said}");
    // No body of its own that somebody may do this is to be guessed.
    desk.fails("organization lst", 2, "mlhub vantage6 organization --help");
}

#[test]
fn collaborations_and_studies() {
    let Some(hq) = hq::shared() else { return };
    let desk = Desk::admin(hq);
    let ids: Vec<String> = (0..2).map(|n| desk.gets(&format!("organization create --name cli-both-{n} -q"))).collect();
    let both = ids.join(",");
    let create = format!("collaboration create --name cli-both --organizations {both} --encrypted=false -q");
    let made = desk.gets(&create);
    assert_eq!(
        desk.heading("collaboration list --name cli-both"),
        ["ID", "NAME", "ENCRYPTED", "SESSION RESTRICT TO SAME IMAGE"]
    );
    assert_eq!(desk.gets(&format!("collaboration list --name cli-both --organization {} -q", ids[0])), made);
    assert_eq!(desk.gets("collaboration list --name cli-both --encrypted -q"), "");
    assert_eq!(desk.gets(&format!("organization list --collaboration {made} -q")).lines().collect::<Vec<_>>(), ids);
    assert_eq!(
        desk.gets(&format!("collaboration update {made} --name cli-two --fields name,encrypted")),
        "cli-two\tfalse"
    );

    let study =
        desk.gets(&format!("study create --name cli-study --collaboration {made} --organizations {} -q", ids[0]));
    assert_eq!(desk.heading("study list --name cli-study"), ["ID", "NAME", "COLLABORATION.ID"]);
    assert_eq!(desk.gets(&format!("study list --collaboration {made}")), format!("{study}\tcli-study\t{made}"));
    let added = desk.gets(&format!("study add-organization {study} {} --fields name", ids[1]));
    assert_eq!(added, "cli-both-0\ncli-both-1");
    assert_eq!(desk.gets(&format!("study remove-organization {study} {} -q", ids[0])), ids[1]);
    assert_eq!(desk.gets(&format!("study update {study} --name cli-trial --fields name")), "cli-trial");
    assert_eq!(desk.gets(&format!("study get {study} --fields collaboration.id")), made);
    desk.gets(&format!("study delete {study}"));
    desk.gone("study", "--name cli-trial");

    assert_eq!(desk.gets(&format!("collaboration remove-organization {made} {} -q", ids[1])), ids[0]);
    assert_eq!(desk.gets(&format!("collaboration add-organization {made} {} -q", ids[1])).lines().count(), 2);
    let help = desk.gets("collaboration add-organization --help");
    assert!(help.contains("<ID> <ORGANIZATION>"), "{help}");
    desk.gets(&format!("collaboration delete {made} --delete-dependents"));
    desk.gone("collaboration", "--name cli-two");
    for id in ids {
        desk.gets(&format!("organization delete {id}"));
    }
}

#[test]
fn nodes_whose_key_is_shown_once() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-nodes", 1, false);
    let desk = Desk::admin(hq);
    let collaboration = federation.collaboration;
    let other = desk.gets("organization create --name cli-nodes-other -q");
    desk.gets(&format!("collaboration add-organization {collaboration} {other}"));
    let row = desk.gets(&format!("node create --name cli-node --collaboration {collaboration} --organization {other}"));
    let [node, name, key, of, at] = cells(&row)[..] else { panic!("{row}") };
    assert!(name == "cli-node" && key.len() > 20 && of == other && at == collaboration.to_string(), "{row}");
    assert_eq!(
        desk.heading("node list --limit 1"),
        ["ID", "NAME", "STATUS", "ORGANIZATION.ID", "COLLABORATION.ID", "LAST SEEN"]
    );
    assert_eq!(desk.gets(&format!("node list --collaboration {collaboration} --name cli-node -q")), node);
    assert!(!desk.gets(&format!("node get {node} -o json")).contains(key));
    let fresh = desk.gets(&format!("node reset-api-key {node}"));
    assert!(fresh.len() > 20 && fresh != key, "{fresh}");
    assert_eq!(desk.gets(&format!("node update {node} --name cli-renamed --fields name")), "cli-renamed");
    desk.gets(&format!("collaboration remove-node {collaboration} {node}"));
    assert!(desk.gets(&format!("collaboration add-node {collaboration} {node} -q")).lines().any(|id| id == node));
    // A node has to be connected for that, and simulated ones are not.
    assert_ne!(desk.types(&format!("node kill-tasks {node}")).code, Some(0));
    desk.gets(&format!("node delete {node}"));
    desk.gone("node", "--name cli-renamed");
}

#[test]
fn users_roles_and_rules() {
    let Some(hq) = hq::shared() else { return };
    let desk = Desk::admin(hq);
    let organization = desk.gets("organization create --name cli-people -q");
    assert_eq!(desk.heading("rule list --limit 1"), ["ID", "NAME", "OPERATION", "SCOPE"]);
    let rules = desk.gets("rule list --name task --operation view");
    assert!(!rules.is_empty() && rules.lines().all(|rule| cells(rule)[1..3] == ["task", "view"]), "{rules}");
    let rule = cells(&rules)[0];
    assert_eq!(desk.gets(&format!("rule get {rule} --fields name,operation")), "task\tview");

    let role = desk.gets(&format!(
        "role create --name cli-reader --description reads --organization {organization} --rules {rule} -q"
    ));
    assert_eq!(desk.heading("role list --name cli-reader"), ["ID", "NAME", "DESCRIPTION", "ORGANIZATION.ID"]);
    assert_eq!(
        desk.gets(&format!("role list --organization {organization} --name cli-reader")),
        format!("{role}\tcli-reader\treads\t{organization}")
    );
    assert_eq!(desk.gets(&format!("role update {role} --description looks --fields description")), "looks");

    std::fs::write(desk.home.path().join("password"), "Passw0rd!\n").unwrap();
    let user = desk.gets(&format!(
        "user create --username cli-alice --password @password --organization {organization} --roles {role} -q"
    ));
    assert_eq!(desk.heading("user list --limit 1"), ["ID", "USERNAME", "ORGANIZATION.ID", "IS SERVICE ACCOUNT"]);
    assert_eq!(desk.gets("user list --username cli-al% -q"), user);
    assert_eq!(desk.gets(&format!("user list --role {role} --fields username")), "cli-alice");
    desk.gets(&format!("user update {user} --rules {rule}"));
    let may = desk.json(&format!("user get {user} --include-permissions"));
    assert_eq!(may["permissions"]["roles"], json!([role.parse::<u64>().unwrap()]));
    // Who may read tasks may not make organizations: that is a refusal, and no call for another login.
    let alice = Desk::of(hq).logged_in("cli-alice", "Passw0rd!");
    let said = alice.fails("organization create --name x", 3, "mlhub whoami vantage6");
    assert!(said.contains("MLH-FORBIDDEN"), "{said}");
    let robot =
        desk.gets(&format!("user create --username cli-machine --is-service-account --organization {organization}"));
    let [machine, "cli-machine", of, "true", secret] = cells(&robot)[..] else { panic!("{robot}") };
    assert!(of == organization && secret.len() > 20, "{robot}");
    for id in [machine, user.as_str()] {
        desk.gets(&format!("user delete {id}"));
    }
    desk.gone("user", &format!("--organization {organization}"));
    desk.gets(&format!("role delete {role}"));
    desk.gone("role", &format!("--organization {organization}"));
}

#[test]
fn sessions_and_dataframes() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-sessions", 1, false);
    let (desk, collaboration) = (Desk::member(hq, &federation), federation.collaboration);
    let made = desk.gets(&format!("session create --name mine --scope own --collaboration {collaboration} -q"));
    assert_eq!(
        desk.heading("session list --limit 1"),
        ["ID", "NAME", "SCOPE", "COLLABORATION.ID", "OWNER.ID", "READY", "LAST USED AT"]
    );
    let mine = format!("session list --collaboration {collaboration} --name mine --fields id,name");
    assert_eq!(desk.gets(&mine), format!("{made}\tmine"));
    assert_eq!(
        desk.gets(&format!("session update {made} --name ours --scope collaboration --fields scope")),
        "collaboration"
    );
    assert_eq!(desk.gets(&format!("session get {made} --fields name")), "ours");
    let function = "--image registry.test/average --method read_csv";
    let frame = desk.gets(&format!("dataframe create {made} --label db --name jumpers {function}"));
    assert_eq!(desk.gets(&format!("dataframe list {made} --fields id,name")), format!("{frame}\tjumpers"));
    assert_eq!(desk.gets(&format!("dataframe get {frame} --fields db_label")), "db");
    desk.gets(&format!("dataframe delete {frame}"));
    assert_eq!(desk.gets(&format!("dataframe list {made} -q")), "");
    desk.fails("dataframe get 999999", 4, "mlhub vantage6 dataframe get --help");
    // Tasks hang on it: that has to be said.
    let said = desk.types(&format!("session delete {made}")).fails(1);
    assert!(said.contains("delete_dependents"), "{said}");
    desk.gets(&format!("session delete {made} --delete-dependents"));
    desk.gone("session", &format!("--collaboration {collaboration} --name ours"));
}

#[test]
fn tasks_runs_and_results() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-runs", 2, false);
    let desk = Desk::member(hq, &federation);
    let made = desk.gets(&format!("{} --name counted", task(&federation)));
    assert_eq!(desk.gets(&format!("run list --task {made} --state open -q")).lines().count(), 2);
    work(&federation, &made).join().unwrap();
    assert_eq!(
        desk.heading("task list --limit 1"),
        ["ID", "NAME", "STATUS", "METHOD", "IMAGE", "CREATED AT", "SESSION.ID"]
    );
    let tasks = desk.gets(&format!("task list --session {} --name counted", federation.session));
    assert!(
        tasks.starts_with(&format!("{made}\tcounted\tcompleted\tpartial_average\tregistry.test/average\t20")),
        "{tasks}"
    );
    assert_eq!(
        desk.json(&format!("task list --session {} --name counted", federation.session))[0]["method"],
        "partial_average"
    );
    let runs = format!("run list --task {made}");
    assert_eq!(
        desk.heading(&runs),
        ["ID", "STATUS", "ORGANIZATION.ID", "TASK.ID", "ASSIGNED AT", "STARTED AT", "FINISHED AT"]
    );
    let first = federation.members[0].organization;
    let run = desk.gets(&format!("{runs} --organization {first} -q"));
    assert_eq!(desk.gets(&format!("run get {run} --fields status,organization.id")), format!("completed\t{first}"));
    assert_eq!(desk.gets(&format!("run wait {run} --fields status")), "completed");
    assert_eq!(desk.heading(&format!("result list --task {made}")), ["ID", "RUN.ID"]);
    assert_eq!(desk.gets(&format!("result list --task {made} -q")).lines().count(), 2);
    assert_eq!(desk.gets(&format!("task status {made} --fields status")), "completed");
    desk.gets(&format!("task delete {made}"));
    let said = desk.fails(&runs, 1, "mlhub vantage6 run list --help");
    assert!(said.contains(&format!("Task id={made} does not exist!")), "{said}");
}

#[test]
fn stores_and_the_hub_itself() {
    let Some(hq) = hq::shared() else { return };
    let desk = Desk::admin(hq);
    assert_eq!(desk.gets("util get-hq-version"), "5.0.3");
    assert_eq!(desk.json("util get-hq-health")["database"], Value::Bool(true));
    // The hub knows no algorithm store as yet: a list of nothing is no failure, and on a terminal it says so.
    let ran = desk.types("store list -o table");
    assert!(ran.stderr.contains("nothing there"), "{ran:?}");
    assert_eq!(ran.ok(), "");
    assert_eq!(desk.gets("store list"), "");
    desk.fails("store update 999999 --name x", 4, "mlhub vantage6 store list");
    desk.fails("store delete 999999", 4, "mlhub vantage6 store list");
    // HQ asks the store first, which is not there.
    let said = desk.types("store create --name cli-store --algorithm-store-url http://127.0.0.1:1");
    assert!(said.code.is_some_and(|code| code > 0), "{said:?}");
    let (_running, address) = hq.algorithms();
    let made = desk.gets(&format!("store create --name cli-store --algorithm-store-url {address} --api-path /api -q"));
    assert_eq!(desk.heading("store list"), ["ID", "NAME", "URL"]);
    assert_eq!(desk.gets("store list --name cli-s% --fields name,url"), format!("cli-store\t{address}"));
    assert_eq!(
        desk.gets(&format!("store update {made} --name cli-shop --fields id,name")),
        format!("{made}\tcli-shop")
    );
    assert_eq!(desk.gets(&format!("store get {made} --fields name,api_path")), "cli-shop\t/api");
    desk.gets(&format!("store delete {made}"));
    desk.gone("store", "--name cli-shop");
    assert_eq!(desk.gets("blob status"), "false");
}
