//! Guide page against the real HQ: every command of it is run.

use serde_json::{Value, json};

use crate::federation::Federation;
use crate::guide_page::Page;
use crate::hq;
use crate::readme_commands::command;
use crate::ready::until;
use crate::shell::{Shell, beside};
use crate::support::Home;

/// So many organizations are in the collaboration of the page.
const MEMBERS: usize = 3;
/// So many tasks on the page are worked at.
const TASKS: usize = 4;

#[test]
fn every_command_of_the_page_is_run() {
    let Some(hq) = hq::shared() else { return };
    let mut federation = Federation::new(hq, "my_collaboration", MEMBERS, true);
    // The reader has no key yet, and makes one.
    let path = format!("/organization/{}", federation.members[0].organization);
    federation.ask("PATCH", &path, json!({"public_key": ""}));
    // And confirms the login in a browser.
    hq.identity(&format!("browser?azp=cli-page&username={}", federation.user));
    let home = Home::new().with("MLHUB_VANTAGE6_CLIENT", "cli-page");
    let key = home.path().join("organization.pem");
    let nodes = std::thread::spawn(move || {
        // A key is saved by its last line.
        let whole = || std::fs::read_to_string(&key).ok().filter(|text| text.contains("-----END"));
        until("the reader's key", || whole().is_some());
        federation.members[0].key = whole();
        let columns = json!([{"name": "age", "dtype": "int64"}]);
        let order = federation.work(&federation.members, MEMBERS * TASKS, json!({"columns": columns, "seconds": 240}));
        beside(order).join().unwrap()
    });
    let page = Page::new("vantage6/from-a-shell.md", home);
    page.says("http://127.0.0.1:7601/hq", &hq.url).says("http://127.0.0.1:30764", &hq.auth).runs();
    let done: Value = nodes.join().unwrap();
    assert_eq!(done.as_array().map(Vec::len), Some(MEMBERS * TASKS));
}

#[test]
fn the_command_of_the_readme_is_run() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-readme", 1, false);
    let shell = Shell::member(hq, &federation);
    let of = |option: &str, id: u64| (format!("--{option} "), format!("--{option} {id} "));
    let ids = [
        of("collaboration", federation.collaboration),
        of("organizations", federation.members[0].organization),
        of("session", federation.session),
    ];
    let mut line = command("vantage6").replace("IMAGE", "registry.test/average") + " ";
    for (option, id) in ids {
        let (before, after) = line.split_once(&option).unwrap();
        line = format!("{before}{id}{}", after.split_once(' ').unwrap().1);
    }
    let nodes = beside(federation.work(&federation.members, 1, json!({"seconds": 240})));
    let shown = shell.gets(line.trim().strip_prefix("mlhub vantage6 ").unwrap());
    assert!(shown.contains("\tcompleted\t"), "{line}: {shown}");
    nodes.join().unwrap();
}
