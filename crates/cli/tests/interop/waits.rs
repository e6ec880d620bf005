//! Waits in which something happens: Ctrl-C, a hub that goes away, a timeout.

use crate::federation::Federation;
use crate::hq::{self, Hq};
use crate::ready::until;
use crate::shell::{Shell, beside, task, work};
use serde_json::json;

#[test]
fn ctrl_c_detaches_from_the_task_and_says_how_to_resume() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-left", 1, false);
    let shell = Shell::member(hq, &federation);
    let wait = shell.starts(&format!("{} --wait", task(&federation)));
    wait.says("awaiting");
    wait.interrupt();
    let ran = wait.ends();
    let made = shell.gets(&format!("task list --collaboration {} -q", federation.collaboration));
    let said = ran.fails(130);
    assert!(said.contains("interrupted; the job goes on"), "{said}");
    assert!(said.trim_end().ends_with(&format!("next: mlhub vantage6 task wait {made}")), "{said}");
    assert_eq!(shell.gets(&format!("task get {made} --fields status")), "awaiting");
    let said = shell.types(&format!("task wait {made} --timeout 1s")).fails(7);
    assert!(said.trim_end().ends_with(&format!("next: mlhub vantage6 task wait {made}")), "{said}");
    work(&federation, &made);
    let results = shell.gets(&format!("task wait {made} --timeout 2m"));
    assert!(results.contains("\tcompleted\t"), "{results}");
    // The handle of a wait in any program is as good.
    let handle = said.split("resume the wait by ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert_eq!(shell.home.run(&["wait", handle]).ok().trim_end(), results);
    assert_eq!(shell.home.run(&["wait", handle, "--fields", "status"]).ok(), "completed\n");
}

#[test]
fn a_hub_that_is_killed_and_comes_back_is_only_a_longer_wait() {
    let Some(_) = hq::shared() else { return };
    // One of this test's own: others would see it go away.
    let hq: &'static Hq = Box::leak(Box::new(Hq::start(0)));
    let federation = Federation::new(hq, "cli-restart", 1, false);
    let shell = Shell::member(hq, &federation);
    let made = shell.gets(&task(&federation));
    let wait = shell.starts(&format!("task wait {made} --timeout 5m"));
    wait.says("awaiting");
    // It comes back when the wait has noticed that it is gone.
    hq.restart(|| wait.says("MLH-CONNECT"));
    let before = wait.said().lines().count();
    until("a look after it is back", || wait.said().lines().skip(before).any(|line| line.contains("awaiting")));
    beside(federation.work(&federation.members, 1, json!({"task": made.parse::<u64>().unwrap()})));
    let ran = wait.ends();
    assert!(ran.ok().contains("\tcompleted\t"));
    // Nobody is there: that is said, and what is to be done.
    let away = Shell::of(hq).with("TOKEN", "t").with("URL", "http://127.0.0.1:1/hq");
    away.fails("organization list", 10, "mlhub explain MLH-CONNECT");
}
