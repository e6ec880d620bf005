//! What the platform's Python client does badly, row by row, and how this one
//! does it. Rows about tokens are in `token` and `login`.

use std::time::Duration;

use futures::TryStreamExt;
use mlhub::ErrorKind;
use mlhub::testing::{Lab, Reply, SeenRequest};
use mlhub::vantage6::{Client, NewDataframe, NewStep, NewTask, PrivateKey, crypto, types};
use serde_json::{Value, json};

use super::provider::{builder, requests};
use crate::support::{Checked, failure};

fn hub(lab: &Lab) -> Result<Client, mlhub::Error> {
    builder(lab).token("tok").build()
}

fn link(id: usize) -> Value {
    json!({"id": id, "link": format!("/hq/thing/{id}"), "methods": ["GET"]})
}

/// What page of a list that is asked for.
fn page<T: serde::Serialize>(seen: &SeenRequest, all: &[T]) -> Reply {
    let asked = |name: &str| {
        let pairs = seen.query().split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.parse::<usize>().ok())
    };
    let (page, size) = (asked("page").unwrap_or(1), asked("per_page").unwrap_or(10));
    let data: Vec<_> = all.iter().skip((page - 1) * size).take(size).collect();
    let more = page * size < all.len();
    let next = more.then(|| format!("{}?page={}", seen.path(), page + 1));
    Reply::json(&json!({"data": data, "links": {"self": "/", "next": next}}))
}

/// A collaboration of so many organizations, whose runs have all ended; the store as said.
struct World {
    organizations: usize,
    key: Option<String>,
    store: bool,
}

impl World {
    fn serve(self, lab: &Lab) {
        lab.rule(move |seen| Some(self.answer(seen)));
    }

    fn answer(&self, seen: &SeenRequest) -> Reply {
        let organizations = || {
            let one = |id| json!({"id": id, "name": format!("o{id}"), "public_key": self.key.as_deref().unwrap_or("")});
            (1..=self.organizations).map(one).collect::<Vec<_>>()
        };
        let runs = || {
            // The newest first, as HQ has them.
            let one =
                |id| json!({"id": id, "status": "completed", "organization": link(id), "blob_storage_used": false});
            (1..=self.organizations).rev().map(one).collect::<Vec<_>>()
        };
        let path = seen.path().strip_prefix("/hq").unwrap_or_default();
        match (seen.method.as_str(), path) {
            ("GET", "/collaboration/1") => Reply::json(&json!({"id": 1, "name": "c", "encrypted": self.key.is_some()})),
            ("GET", "/organization") => page(seen, &organizations()),
            ("GET", "/blobstream/status") => Reply::json(&json!({"blob_store_enabled": self.store})),
            ("POST", "/blobstream") => Reply::json(&json!({"uuid": "u-1"})),
            ("POST", "/task") => Reply::json(&json!({"id": 7, "status": "awaiting"})),
            ("GET", "/task/7/status") => Reply::json(&json!({"status": "completed"})),
            ("GET", "/run") => page(seen, &runs()),
            ("GET", "/session/3") => Reply::json(&json!({"id": 3, "collaboration": link(1), "study": null})),
            ("GET", "/session/dataframe/9") => Reply::json(&json!({"id": 9, "session": link(3)})),
            ("POST", "/session/3/dataframe" | "/session/dataframe/9/preprocess") => {
                Reply::json(&json!({"id": 9, "session": link(3)}))
            }
            ("PATCH", "/session/3") => Reply::json(&json!({"id": 3})),
            ("GET", path) => match path.strip_prefix("/result/") {
                Some(id) => {
                    let value = crypto::encode(format!("{{\"n\": {id}}}").as_bytes());
                    Reply::json(&json!({"id": id.parse::<u32>().unwrap_or_default(), "result": value}))
                }
                None => Reply::status(404),
            },
            _ => Reply::status(404),
        }
    }
}

fn plain(organizations: usize) -> World {
    World { organizations, key: None, store: false }
}

fn task(organizations: usize) -> NewTask {
    let organizations = (1..=organizations).filter_map(|id| i64::try_from(id).ok());
    NewTask::new("img", "m").collaboration(1).session(3).organizations(organizations).arguments(json!({"a": 1}))
}

#[tokio::test(start_paused = true)]
async fn no_timeout_and_endless_repetition_also_of_posts() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::hang()));
    let client = hub(&lab)?;
    let scope = types::SessionScope::Known(types::SessionScopeKnown::Own);
    let session = types::SessionBody::builder().collaboration_id(1).scope(scope);
    let error = failure(client.session().create().body(session).send().await)?;
    assert!(error.is_timeout() && error.may_have_been_applied());
    assert_eq!(lab.seen().len(), 1);
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::no_connection()));
    let error = failure(hub(&lab)?.organization().get(1).send().await)?;
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Connect, 4));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn errors_that_come_back_as_data() -> Checked {
    let lab = Lab::new();
    let body = json!({"msg": "Request body is incorrect", "errors": {"name": ["Name cannot a number"]}});
    lab.then(Reply::status(400).with_json(&body));
    let body = types::OrganizationBody::builder().name("1".to_owned());
    let error = failure(hub(&lab)?.organization().create().body(body).send().await)?;
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.message(), Some("Request body is incorrect: name: Name cannot a number"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn lists_and_results_that_stop_at_ten() -> Checked {
    for organizations in [0, 1, 10, 11, 25, 230] {
        let lab = Lab::new();
        plain(organizations).serve(&lab);
        let client = hub(&lab)?;
        let all: Vec<_> = client.organization().list().items().try_collect().await?;
        assert_eq!(all.len(), organizations);
        let results = client.wait_for_results(7).await?;
        let values: Vec<Value> = results.json()?;
        assert_eq!(values, (1..=organizations).map(|id| json!({"n": id})).collect::<Vec<_>>());
        // Each row names its organization.
        assert!(results.rows.iter().all(|row| row.organization == row.run));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn dataframes_at_the_first_ten_organizations_only() -> Checked {
    let lab = Lab::new();
    plain(13).serve(&lab);
    hub(&lab)?.create_dataframe(3, NewDataframe::new("db", "img", "read_csv").arguments(json!({}))).await?;
    let sent = requests(&lab, "hub.test", "/session/3/dataframe").pop().ok_or("a request")?.json();
    let organizations = sent["task"]["organizations"].as_array().ok_or("a list")?;
    assert_eq!(organizations.len(), 13);
    assert_eq!(organizations[12], json!({"id": 13, "arguments": crypto::encode(b"{}")}));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn one_key_for_all_clients_of_a_process() -> Checked {
    let (one, other) = (PrivateKey::generate()?, PrivateKey::generate()?);
    let encrypted = one.public_key().encrypt(b"{\"n\": 1}")?;
    let lab = Lab::new();
    lab.rule(move |seen| {
        let result = seen.path().contains("/result/");
        Some(match result {
            true => Reply::json(&json!({"id": 1, "result": encrypted})),
            false => World { organizations: 1, key: Some(String::new()), store: false }.answer(seen),
        })
    });
    let (first, second, without) = (hub(&lab)?, hub(&lab)?, hub(&lab)?);
    first.set_private_key(one);
    second.set_private_key(other);
    assert_eq!(first.results(7).await?.json::<Value>()?, [json!({"n": 1})]);
    // Decryption that fails is an error, and nothing is given out as data.
    let unread = failure(second.results(7).await)?;
    assert_eq!(unread.kind(), ErrorKind::Decrypt);
    let missing = failure(without.results(7).await)?;
    assert_eq!(missing.kind(), ErrorKind::Config);
    for error in [unread, missing] {
        assert!(error.to_string().contains("run 1 at organization 1: the message"), "{error}");
    }
    // Clones are one client.
    assert!(first.clone().private_key().is_some());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_public_key_that_is_replaced_unasked() -> Checked {
    let (ours, theirs) = (PrivateKey::generate()?, PrivateKey::generate()?);
    let lab = Lab::new();
    let on_server = theirs.public_key().to_api();
    lab.rule(move |seen| {
        let organization = json!({"id": 2, "name": "beta", "public_key": on_server});
        Some(match seen.path() {
            "/hq/user/me" => Reply::json(&json!({"id": 1, "username": "u", "organization": link(2)})),
            _ => Reply::json(&organization),
        })
    });
    let client = hub(&lab)?;
    client.set_private_key(ours);
    assert_eq!(client.check_key().await?, crypto::KeyRegistration::Other);
    assert_eq!(failure(client.register_public_key().await)?.kind(), ErrorKind::Conflict);
    let changes = || lab.seen().iter().filter(|seen| seen.method == http::Method::PATCH).count();
    assert_eq!(changes(), 0);
    client.replace_public_key().await?;
    assert_eq!(changes(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_held_whole_several_times() -> Checked {
    let lab = Lab::new();
    let text = crypto::encode("x".repeat(6000).as_bytes());
    let (head, tail) = text.split_at(4000);
    let pieces = [format!("{{\"id\": 1, \"result\": \"{head}"), format!("{tail}\", \"run\": null}}")];
    lab.rule(move |seen| match seen.path() {
        "/hq/blobstream/status" => Some(Reply::json(&json!({"blob_store_enabled": false}))),
        _ => Some(Reply::status(200).with_pieces(pieces.clone()).gap(Duration::from_secs(5))),
    });
    let client = hub(&lab)?;
    let mut stream = client.read_result(1).await?;
    // The first part is there before the second has come.
    let first = stream.try_next().await?.ok_or("a piece")?;
    assert!(!first.is_empty() && first.len() <= 3000, "{} bytes", first.len());
    assert_eq!(lab.open_bodies(), 1);
    let mut whole = first.to_vec();
    while let Some(piece) = stream.try_next().await? {
        whole.extend_from_slice(&piece);
    }
    assert_eq!(whole, "x".repeat(6000).as_bytes());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_request_for_each_organization_before_a_task() -> Checked {
    let key = PrivateKey::generate()?;
    let lab = Lab::new();
    World { organizations: 25, key: Some(key.public_key().to_api()), store: false }.serve(&lab);
    let client = hub(&lab)?;
    client.create_task(task(25)).await?;
    let paths: Vec<_> = lab.seen().iter().map(|seen| format!("{} {}", seen.method, seen.path())).collect();
    let expected = ["GET /hq/collaboration/1", "GET /hq/organization", "GET /hq/blobstream/status", "POST /hq/task"];
    assert_eq!(paths, expected);
    let sent = lab.seen().pop().ok_or("a request")?.json();
    let organizations = sent["organizations"].as_array().ok_or("a list")?;
    assert_eq!(organizations.len(), 25);
    let arguments = organizations[24]["arguments"].as_str().ok_or("a text")?;
    assert_eq!(key.decrypt(arguments)?, br#"{"a":1}"#);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn large_values_go_through_the_store_where_there_is_one() -> Checked {
    let lab = Lab::new();
    World { organizations: 2, key: None, store: true }.serve(&lab);
    hub(&lab)?.create_task(task(2)).await?;
    let uploads = requests(&lab, "hub.test", "/blobstream");
    assert_eq!(uploads.len(), 2);
    assert_eq!(uploads[0].body, crypto::encode(br#"{"a":1}"#));
    let sent = requests(&lab, "hub.test", "/task").pop().ok_or("a request")?.json();
    assert_eq!(sent["organizations"], json!([{"id": 1, "arguments": "u-1"}, {"id": 2, "arguments": "u-1"}]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_result_in_the_store_is_opened_from_there_although_hq_says_of_none_that_it_is() -> Checked {
    const ID: &str = "312c4435-4b98-4423-bef3-67c23451c78f";
    let key = PrivateKey::generate()?;
    let blob = key.public_key().encrypt_blob(b"[1, 2]")?;
    let lab = Lab::new();
    lab.rule(move |seen| {
        let run = json!({"id": 1, "status": "completed", "organization": link(4), "blob_storage_used": false});
        Some(match seen.path() {
            path if path.ends_with(ID) => Reply::bytes(blob.clone()),
            "/hq/result/1" => Reply::json(&json!({"id": 1, "result": ID, "blob_storage_used": false})),
            "/hq/run" => page(seen, &[run]),
            _ => Reply::json(&json!({"status": "completed"})),
        })
    });
    let client = hub(&lab)?;
    client.set_private_key(key);
    assert_eq!(client.results(7).await?.json::<Value>()?, [json!([1, 2])]);
    let mut written = Vec::new();
    assert_eq!(client.write_result(1, &mut written).await?, 6);
    assert_eq!(written, b"[1, 2]");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_filter_together_with_fields() -> Checked {
    let lab = Lab::new();
    plain(3).serve(&lab);
    let client = hub(&lab)?;
    let list = client.organization().list().name("o%");
    let rows: Vec<_> = list.items().fields(["id", "name"]).map_ok(Value::from).try_collect().await?;
    assert_eq!(rows, [1, 2, 3].map(|id| json!({"id": id, "name": format!("o{id}")})));
    assert!(lab.seen()[0].query().contains("name=o%25") && lab.seen()[0].query().contains("sort=id"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_renamed_and_loses_its_scope() -> Checked {
    let lab = Lab::new();
    plain(1).serve(&lab);
    let change = types::SessionChange::builder().name("renamed".to_owned());
    hub(&lab)?.session().update(3).body(change).send().await?;
    assert_eq!(lab.seen()[0].json(), json!({"name": "renamed"}));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_dataframe_whose_id_is_taken_for_that_of_its_session() -> Checked {
    let lab = Lab::new();
    plain(2).serve(&lab);
    hub(&lab)?.preprocess(9, NewStep::new("img", "step")).await?;
    let paths: Vec<_> = lab.seen().iter().map(|seen| seen.path().to_owned()).collect();
    assert_eq!(paths[..2], ["/hq/session/dataframe/9", "/hq/session/3"]);
    let sent = lab.seen().pop().ok_or("a request")?.json();
    assert_eq!((&sent["dataframe_id"], sent["task"]["organizations"].as_array().map(Vec::len)), (&json!(9), Some(2)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_without_a_session_that_is_sent_all_the_same() -> Checked {
    let lab = Lab::new();
    plain(1).serve(&lab);
    let error = failure(hub(&lab)?.create_task(NewTask::new("img", "m").collaboration(1).organizations([1])).await)?;
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(lab.seen().is_empty());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_false_that_deletes_what_depends_on_it() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::json(&json!({"msg": "gone"})));
    let client = hub(&lab)?;
    client.session().delete(3).delete_dependents(false).send().await?;
    client.session().delete(3).delete_dependents(true).send().await?;
    let asked: Vec<_> = lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    assert_eq!(asked, ["", "delete_dependents=1"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_task_that_is_not_there() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(404).with_json(&json!({"msg": "Task id=9 not found"}))));
    let client = hub(&lab)?;
    let error = failure(client.wait_for_results(9).await)?;
    assert_eq!(
        (error.kind(), error.message(), lab.seen().len()),
        (ErrorKind::NotFound, Some("Task id=9 not found"), 1)
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_that_raises_nothing() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| {
        let run = |id: usize, status: &str, log: Value| {
            json!({"id": id, "status": status, "log": log,
            "organization": link(id + 100), "node": {"id": 1, "name": format!("n{id}")}})
        };
        Some(match seen.path() {
            "/hq/task/7/status" => Reply::json(&json!({"status": "failed"})),
            "/hq/run" => page(
                seen,
                &[
                    run(3, "killed by user", Value::Null),
                    run(2, "crashed", json!("Traceback\nKeyError: 'age'\n")),
                    run(1, "completed", json!("fine")),
                ],
            ),
            "/hq/result/1" => Reply::json(&json!({"id": 1, "result": crypto::encode(b"5")})),
            "/hq/blobstream/status" => Reply::json(&json!({"blob_store_enabled": false})),
            _ => Reply::status(404),
        })
    });
    let client = hub(&lab)?;
    let error = failure(client.wait_for_results(7).await)?;
    assert_eq!(error.kind(), ErrorKind::Failed);
    let told = "run 2 at organization 102 (node n2): crashed, its log ends with \"Traceback | KeyError: 'age'\"; \
        run 3 at organization 103 (node n3): killed by user";
    assert_eq!(error.message(), Some(told));
    let results = client.result().from_task(7).await?;
    assert_eq!(results.rows[0].json::<u8>()?, 5);
    assert_eq!(failure(results.json::<u8>())?.kind(), ErrorKind::Failed);
    assert_eq!(failure(results.rows[1].json::<u8>())?.kind(), ErrorKind::Failed);
    Ok(())
}
