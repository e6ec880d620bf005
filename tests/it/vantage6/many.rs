//! Results of many tasks, waited for together: how often HQ is asked, and that
//! each ends for itself.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use mlhub::clock::Clock;
use mlhub::testing::{Lab, Reply, SeenRequest};
use mlhub::vantage6::{Client, Results, crypto};
use mlhub::{Error, ErrorKind, wait_all};
use serde_json::json;

use super::provider::builder;
use crate::support::{Checked, seconds};

/// A task's life: when it ends, and how.
#[derive(Clone, Copy)]
struct Task {
    ends: Duration,
    fails: bool,
}

fn ends(seconds: u64) -> Task {
    Task { ends: Duration::from_secs(seconds), fails: false }
}

/// A hub with these tasks, by id; each has two runs, at organizations 1 and 2.
fn hub(lab: &Lab, tasks: BTreeMap<i64, Task>) -> Result<Client, Error> {
    lab.rule(move |seen| answer(&tasks, seen));
    builder(lab).token("tok").build()
}

fn answer(tasks: &BTreeMap<i64, Task>, seen: &SeenRequest) -> Option<Reply> {
    let pair = |name: &str| {
        let pairs = seen.query().split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.parse::<usize>().ok())
    };
    let status = |task: &Task| match seen.at < task.ends {
        true => "awaiting",
        false if task.fails => "failed",
        false => "completed",
    };
    let path: Vec<_> = seen.path().strip_prefix("/hq/")?.split('/').collect();
    let number = |text: &str| text.parse::<i64>().unwrap_or_default();
    Some(match path.as_slice() {
        ["task"] => {
            let (page, size) = (pair("page").unwrap_or(1), pair("per_page").unwrap_or(10));
            let row = |(id, task): (&i64, &Task)| json!({"id": id, "status": status(task)});
            let data: Vec<_> = tasks.iter().rev().skip((page - 1) * size).take(size).map(row).collect();
            let next = (page * size < tasks.len()).then(|| format!("/hq/task?page={}", page + 1));
            Reply::json(&json!({"data": data, "links": {"self": "/", "next": next}}))
        }
        ["task", id, "status"] => match tasks.get(&number(id)) {
            Some(task) => Reply::json(&json!({"status": status(task)})),
            None => Reply::status(404).with_json(&json!({"msg": "Task not found"})),
        },
        ["run"] => {
            let id = i64::try_from(pair("task_id")?).ok()?;
            let failed = tasks.get(&id)?.fails;
            let run = |organization: i64| {
                let status = if failed && organization == 2 { "crashed" } else { "completed" };
                json!({"id": id * 10 + organization, "status": status, "blob_storage_used": false,
                    "organization": {"id": organization, "link": "/", "methods": []}, "log": "KeyError: 'age'"})
            };
            Reply::json(&json!({"data": [run(2), run(1)], "links": {"self": "/"}}))
        }
        ["result", id] => Reply::json(&json!({"id": number(id), "result": crypto::encode(id.as_bytes())})),
        ["kill", "task"] => Reply::json(&json!({"msg": "killed"})),
        _ => return None,
    })
}

fn count(lab: &Lab, what: impl Fn(&SeenRequest) -> bool) -> usize {
    lab.seen().iter().filter(|seen| what(seen)).count()
}

/// Readings of the list, and polls at single tasks.
fn polls(lab: &Lab) -> (usize, usize) {
    (count(lab, |seen| seen.path() == "/hq/task"), count(lab, |seen| seen.path().ends_with("/status")))
}

fn values(results: &Results) -> Vec<i64> {
    results.json().expect("numbers")
}

#[tokio::test(start_paused = true)]
async fn one_page_of_the_list_tells_of_fifty_tasks() -> Checked {
    let lab = Lab::new();
    // Others have made a thousand before them.
    let old = (1..=1000).map(|id| (id, ends(0)));
    let tasks: BTreeMap<i64, Task> = old.chain((1001..=1050).map(|id| (id, ends(600)))).collect();
    let client = hub(&lab, tasks)?;
    let waits: Vec<_> = (1001..=1050).map(|id| client.wait_for_results(id)).collect();
    let all = wait_all(waits).await;
    assert_eq!(all.len(), 50);
    for (id, end) in (1001..).zip(all) {
        let results = end?;
        assert_eq!((results.task, values(&results)), (id, vec![id * 10 + 1, id * 10 + 2]));
    }
    let (lists, single) = polls(&lab);
    // Ten minutes are some 40 polls at one task at the growing pauses; 50 tasks would take 50 times as many.
    assert!((10..=50).contains(&lists), "{lists} readings of the list");
    assert_eq!(single, 50, "each task is polled once, at its end");
    // No page is larger than what is wanted of it: an item of the list costs HQ a fifth of a poll.
    assert!(
        lab.seen().iter().filter(|seen| seen.path() == "/hq/task").all(|seen| seen.query().contains("per_page=50"))
    );
    // Exactly one row set for each: two results a task.
    assert_eq!(count(&lab, |seen| seen.path() == "/hq/run"), 50);
    assert_eq!(count(&lab, |seen| seen.path().starts_with("/hq/result/")), 100);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn results_are_fetched_together_but_not_all_at_once() -> Checked {
    let lab = Lab::new();
    let tasks: BTreeMap<i64, Task> = (1..=50).map(|id| (id, ends(10))).collect();
    lab.rule(move |seen| Some(answer(&tasks, seen)?.after(seconds(1))));
    let client = builder(&lab).token("tok").build()?;
    wait_all((1..=50).map(|id| client.wait_for_results(id))).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut at = BTreeMap::<u128, usize>::new();
    for seen in lab.seen().iter().filter(|seen| seen.path() != "/hq/task") {
        *at.entry(seen.at.as_millis() / 1000).or_default() += 1;
    }
    let most = at.values().copied().max().unwrap_or_default();
    assert!((6..=24).contains(&most), "{most} requests at once");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_does_not_hide_the_others_and_one_that_is_not_there_ends_at_once() -> Checked {
    let lab = Lab::new();
    let mut tasks: BTreeMap<i64, Task> = (1..=20).map(|id| (id, ends(100))).collect();
    tasks.insert(7, Task { fails: true, ..ends(30) });
    let client = hub(&lab, tasks)?;
    let ids: Vec<i64> = (1..=20).chain([99]).collect();
    let all = wait_all(ids.iter().map(|id| client.wait_for_results(*id)));
    let mut ended: Vec<(i64, Result<Results, Error>)> = all.map(|(place, end)| (ids[place], end)).collect().await;
    let (id, first) = ended.remove(0);
    let error = first.err().ok_or("not there")?;
    assert_eq!((id, error.kind()), (99, ErrorKind::NotFound));
    let (id, second) = ended.remove(0);
    let error = second.err().ok_or("failed")?;
    assert_eq!((id, error.kind()), (7, ErrorKind::Failed));
    assert!(error.message().is_some_and(|reason| reason.contains("run 72 at organization 2")), "{error}");
    assert_eq!(ended.len(), 19);
    for (id, end) in ended {
        assert_eq!(values(&end?), [id * 10 + 1, id * 10 + 2]);
    }
    // The one that is not there is asked for once, and the list has not been given up because of it.
    assert_eq!(count(&lab, |seen| seen.path() == "/hq/task/99/status"), 1);
    assert_eq!(polls(&lab).1, 21);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn for_one_that_is_gone_the_list_is_not_read_further_than_it_can_stand() -> Checked {
    let lab = Lab::new();
    let old = (1..=1000).map(|id| (id, ends(0)));
    let new = (1001..=1010).filter(|id| *id != 1005).map(|id| (id, ends(60)));
    let client = hub(&lab, old.chain(new).collect())?;
    let ended = wait_all((1001..=1010).map(|id| client.wait_for_results(id))).await;
    let gone = ended.iter().filter_map(|end| end.as_ref().err()).map(Error::kind).collect::<Vec<_>>();
    assert_eq!(gone, [ErrorKind::NotFound]);
    let further = |pair: &str| pair.strip_prefix("page=").is_some_and(|page| page != "1");
    assert_eq!(count(&lab, |seen| seen.path() == "/hq/task" && seen.query().split('&').any(further)), 0);
    // The list serves for the others until they end.
    assert_eq!(polls(&lab).1, 10);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn tasks_that_stand_too_deep_in_the_list_are_polled_themselves() -> Checked {
    let lab = Lab::new();
    let old = (1..=4).map(|id| (id, ends(60)));
    let tasks: BTreeMap<i64, Task> = old.chain((5..=5000).map(|id| (id, ends(0)))).collect();
    let client = hub(&lab, tasks)?;
    wait_all((1..=4).map(|id| client.wait_for_results(id))).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    // Four polls are what the one reading may cost: three pages of four, whose twelve items cost two polls more.
    let (lists, single) = polls(&lab);
    assert!(lists <= 3 && single >= 4 * 5, "{lists} pages, {single} polls");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn waits_that_are_dropped_kill_each_task_that_has_not_ended() -> Checked {
    let lab = Lab::new();
    let tasks: BTreeMap<i64, Task> = (1..=10).map(|id| (id, ends(if id == 1 { 5 } else { 1000 }))).collect();
    let client = hub(&lab, tasks)?;
    let all = wait_all((1..=10).map(|id| client.wait_for_results(id).cancel_on_drop()));
    tokio::select! {
        _ = all => return Err("ended".into()),
        () = lab.clock().sleep(seconds(60)) => {}
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let killed = lab.seen().into_iter().filter(|seen| seen.path() == "/hq/kill/task").map(|seen| seen.json());
    let mut killed: Vec<i64> = killed.filter_map(|body| body["id"].as_i64()).collect();
    killed.sort_unstable();
    assert_eq!(killed, (2..=10).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn one_collaboration_for_all_calls_does_not_hide_tasks_of_another() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| {
        let none = json!({"data": [], "links": {"self": "/"}});
        let cut = seen.path() == "/hq/task" && seen.query().contains("collaboration_id");
        (cut || seen.path() == "/hq/collaboration/1").then(|| match cut {
            true => Reply::json(&none),
            false => Reply::json(&json!({"id": 1, "name": "c", "encrypted": false})),
        })
    });
    let client = hub(&lab, (1..=10).map(|id| (id, ends(600))).collect())?;
    client.setup_collaboration(1).await?;
    let all = wait_all((1..=10).map(|id| client.wait_for_results(id))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(polls(&lab).1, 10);
    Ok(())
}
