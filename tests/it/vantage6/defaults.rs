//! A collaboration and an algorithm store that a client was told once: what a
//! call names goes before it, and what needs everything is not cut down to it.

use mlhub::ErrorKind;
use mlhub::testing::{Lab, Reply, SeenRequest};
use mlhub::vantage6::{Client, NewDataframe, NewSession, NewTask};
use serde_json::{Value, json};

use super::provider::{builder, requests};
use crate::support::{Checked, failure};

fn link(id: i64) -> Value {
    json!({"id": id, "link": format!("/hq/thing/{id}"), "methods": ["GET"]})
}

/// Collaborations 1 and 2, study 5 of the second with a session 3, and store 4.
fn hub() -> Result<(Lab, Client), mlhub::Error> {
    let lab = Lab::new();
    lab.rule(|seen| {
        let path = seen.path().strip_prefix("/hq").unwrap_or_default();
        let list = |rows: Value| Some(Reply::json(&json!({"data": rows, "links": {"self": "/"}})));
        match (seen.method.as_str(), path) {
            ("GET", "/collaboration/1" | "/collaboration/2") => {
                Some(Reply::json(&json!({"id": 1, "name": "c", "encrypted": false})))
            }
            ("GET", "/study/5") => Some(Reply::json(&json!({"id": 5, "name": "s", "collaboration": link(2)}))),
            ("GET", "/session/3") => {
                Some(Reply::json(&json!({"id": 3, "name": "deep", "collaboration": link(2), "study": link(5)})))
            }
            ("GET", "/algorithmstore/4") => Some(Reply::json(&json!({"id": 4, "name": "store"}))),
            ("GET", "/blobstream/status") => Some(Reply::json(&json!({"blob_store_enabled": false}))),
            ("GET", "/organization") => list(json!([{"id": 8, "name": "o8"}])),
            ("GET", "/task") => {
                let task = |id, name, before: &[i64]| {
                    json!({"id": id, "name": name, "status": "completed", "action": "preprocessing",
                        "depends_on": before})
                };
                list(json!([task(9, "sum", &[6, 7]), task(7, "clean", &[6]), task(6, "read", &[])]))
            }
            (
                "GET",
                "/node" | "/session" | "/study" | "/algorithmstore" | "/run" | "/user" | "/session/3/dataframe",
            ) => list(json!([])),
            ("POST", "/task") => Some(Reply::json(&json!({"id": 7, "status": "awaiting"}))),
            ("POST", "/session" | "/session/3/dataframe") => Some(Reply::json(&json!({"id": 3}))),
            _ => Some(Reply::status(404).with_json(&json!({"msg": "not found"}))),
        }
    });
    let client = builder(&lab).token("tok").build()?;
    Ok((lab, client))
}

fn task() -> NewTask {
    NewTask::new("img", "m").session(3).organizations([8])
}

/// The body of the last request.
fn last(lab: &Lab) -> Value {
    lab.seen().last().map(SeenRequest::json).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn tasks_are_made_in_the_default_collaboration_unless_they_name_another_or_a_study() -> Checked {
    let (lab, client) = hub()?;
    assert_eq!(client.default_collaboration(), None);
    assert_eq!(failure(client.create_task(task()).await)?.kind(), ErrorKind::Request);
    assert!(lab.seen().is_empty());
    client.setup_collaboration(1).await?;
    assert_eq!(client.default_collaboration(), Some(1));
    client.create_task(task()).await?;
    assert_eq!(last(&lab)["collaboration_id"], 1);
    // Clones are one client, another client is not.
    client.clone().create_task(task().collaboration(2)).await?;
    assert_eq!(last(&lab)["collaboration_id"], 2);
    client.create_task(task().study(5)).await?;
    assert_eq!((&last(&lab)["collaboration_id"], &last(&lab)["study_id"]), (&Value::Null, &json!(5)));
    client.leave_collaboration();
    assert_eq!(failure(client.create_task(task()).await)?.kind(), ErrorKind::Request);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn sessions_are_made_there_too_and_those_of_a_study_in_its_own() -> Checked {
    let (lab, client) = hub()?;
    let error = failure(client.create_session(NewSession::new("own")).await)?;
    assert!(error.kind() == ErrorKind::Request && error.detail().contains("needs a collaboration"), "{error}");
    assert!(lab.seen().is_empty());
    client.setup_collaboration(1).await?;
    client.create_session(NewSession::new("own").name("mine")).await?;
    assert_eq!(last(&lab), json!({"scope": "own", "name": "mine", "collaboration_id": 1}));
    client.create_session(NewSession::new("own").collaboration(2)).await?;
    assert_eq!(last(&lab)["collaboration_id"], 2);
    client.create_session(NewSession::new("own").study(5)).await?;
    assert_eq!(last(&lab), json!({"scope": "own", "study_id": 5, "collaboration_id": 2}));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn one_that_is_not_there_changes_nothing() -> Checked {
    let (_lab, client) = hub()?;
    client.setup_collaboration(1).await?;
    assert_eq!(failure(client.setup_collaboration(77).await)?.kind(), ErrorKind::NotFound);
    assert_eq!(client.default_collaboration(), Some(1));
    assert_eq!(failure(client.store().set(77).await)?.kind(), ErrorKind::NotFound);
    assert_eq!(client.default_store(), None);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn lists_hold_what_belongs_to_it_unless_the_call_says_otherwise() -> Checked {
    let (lab, client) = hub()?;
    let (_, other) = hub()?;
    client.setup_collaboration(1).await?;
    let asked = |path: &str| {
        let query = requests(&lab, "hub.test", path).pop().map(|seen| seen.query().to_owned()).unwrap_or_default();
        query.split('&').find_map(|pair| pair.strip_prefix("collaboration_id=")).map(str::to_owned)
    };
    client.organization().list().send().await?;
    client.node().list().send().await?;
    client.session().list().send().await?;
    client.study().list().send().await?;
    client.store().list().send().await?;
    client.clone().task().list().send().await?;
    for path in ["/organization", "/node", "/session", "/study", "/algorithmstore", "/task"] {
        assert_eq!(asked(path).as_deref(), Some("1"), "{path}");
    }
    client.task().list().collaboration_id(2).send().await?;
    assert_eq!(asked("/task").as_deref(), Some("2"));
    client.with(|options| options.without_client_defaults()).task().list().send().await?;
    assert_eq!(asked("/task"), None);
    // What a run or a user belongs to is no question of where the client works.
    client.run().list().send().await?;
    client.user().list().send().await?;
    assert_eq!((asked("/run"), asked("/user")), (None, None));
    assert_eq!(other.default_collaboration(), None);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_needs_everything_is_not_cut_down_to_it() -> Checked {
    let (lab, client) = hub()?;
    client.setup_collaboration(1).await?;
    // The session is of another collaboration's study.
    client.create_dataframe(3, NewDataframe::new("db", "img", "read")).await?;
    client.session().tree(3).await?;
    let queries: Vec<_> = lab.seen().iter().filter(|s| !s.query().is_empty()).map(|s| s.query().to_owned()).collect();
    assert!(queries.len() > 2 && queries.iter().all(|query| !query.contains("collaboration_id")), "{queries:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn algorithms_come_from_the_store_that_was_set_unless_a_task_names_another() -> Checked {
    let (lab, client) = hub()?;
    client.create_task(task().collaboration(1)).await?;
    assert_eq!(last(&lab)["store_id"], Value::Null);
    client.store().set(4).await?;
    client.create_task(task().collaboration(1)).await?;
    assert_eq!(last(&lab)["store_id"], 4);
    client.create_task(task().collaboration(1).store(6)).await?;
    assert_eq!(last(&lab)["store_id"], 6);
    client.create_dataframe(3, NewDataframe::new("db", "img", "read")).await?;
    assert_eq!(last(&lab)["task"]["store_id"], 4);
    client.store().unset();
    client.create_task(task().collaboration(1)).await?;
    assert_eq!(last(&lab)["store_id"], Value::Null);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_tree_shows_under_each_task_what_comes_before_it() -> Checked {
    let (_lab, client) = hub()?;
    let tree = client.session().task_tree(3).await?;
    let drawn = "\
session 3 deep
├─ task 6 read, preprocessing: completed
├─ task 7 clean, preprocessing: completed
│  └─ after task 6 read, preprocessing: completed
└─ task 9 sum, preprocessing: completed
   ├─ after task 6 read, preprocessing: completed
   └─ after task 7 clean, preprocessing: completed";
    assert_eq!(tree.to_string(), drawn);
    assert_eq!(failure(client.session().task_tree(77).await)?.kind(), ErrorKind::NotFound);
    Ok(())
}
