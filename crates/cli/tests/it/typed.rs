//! What was typed is what is sent: names that look like numbers, keys as people keep them.

use mlhub::testing::Reply;
use serde_json::json;

use crate::lab_server::{LabServer, run};
use crate::support::Home;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_arrives_letter_for_letter() {
    let server = LabServer::always(Reply::json(&json!({"data": []}))).await;
    let mut home = server.home("auger");
    for id in ["12e4", "98765432109876543210", "007", "1.10", "null", "0x10"] {
        for args in
            [&["auger", "experiment", "delete", id][..], &["call", "auger", "experiment_delete", &format!("id={id}")]]
        {
            home = run(home, args).await.0;
            let seen = server.last();
            assert!(seen.path().ends_with(&format!("/{id}")), "{args:?}: {seen:?}");
        }
    }
    let (home, _) = run(home, &["auger", "cluster", "list", "--organization", "12e4"]).await;
    assert_eq!(server.last().json()["organization_id"], "12e4");
    run(home, &["auger", "cluster", "list", "--organization", "7"]).await.1.ok();
    assert_eq!(server.last().json()["organization_id"], 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_behind_an_option_arrives_letter_for_letter() {
    let server = LabServer::always(Reply::json(&json!({"data": [], "meta": {"pagination": {"total": 0}}}))).await;
    let mut home = server.home("auger");
    for (args, field) in [
        (["auger", "trial", "list", "--experiment-session"], "experiment_session_id"),
        (["auger", "prediction", "list", "--pipeline"], "pipeline_id"),
    ] {
        for id in ["12e4", "98765432109876543210", "-5"] {
            let (back, ran) = run(home, &[&args[..], &[id]].concat()).await;
            home = back;
            ran.ok();
            let sent = server.last().json()[field].clone();
            assert_eq!(sent, if id == "-5" { json!(-5) } else { json!(id) }, "{args:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_is_for_what_was_typed() {
    let server = LabServer::always(Reply::json(&json!({"data": {"id": "x", "status": "completed"}}))).await;
    let home = server.home("auger");
    let (home, ran) = run(home, &["auger", "experiment_session", "wait", "12e4"]).await;
    ran.ok();
    assert!(server.last().path().ends_with("/12e4"), "{:?}", server.last());
    let (_, ran) = run(home, &["wait", "mlhub1:auger/experiment_session_get/done;id=12e4"]).await;
    ran.ok();
    assert!(server.last().path().ends_with("/12e4"), "{:?}", server.last());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_of_the_document_stays_a_text_in_a_call() {
    let server = LabServer::always(Reply::json(&json!({"data": [], "links": {}}))).await;
    let mut home = server.home("loudml");
    for name in ["1.10", "null", "12e4", "true"] {
        home = run(home, &["call", "loudml", "models_delete", &format!("model_names={name}")]).await.0;
        assert!(server.last().path().ends_with(&format!("/models/{name}")), "{:?}", server.last());
    }
    let home = server.home("vantage6");
    let (home, _) = run(home, &["call", "vantage6", "organization_list", "name=null"]).await;
    assert!(server.last().query().split('&').any(|pair| pair == "name=null"), "{:?}", server.last());
    let (_, _) = run(home, &["vantage6", "organization", "list", "--name", "null"]).await;
    assert!(server.last().query().split('&').any(|pair| pair == "name=null"), "{:?}", server.last());
}

/// A key of an organization, made by the program.
fn key(home: &Home) -> String {
    home.run(&["vantage6", "key", "new", "key.pem"]).ok();
    std::fs::read_to_string(home.path().join("key.pem")).unwrap()
}

/// A hub of an organization that has no key.
async fn hub() -> LabServer {
    LabServer::start(|seen| {
        Some(match seen.path() {
            "/user/me" => Reply::json(&json!({"id": 1, "username": "me", "organization": {"id": 2, "link": "/organization/2", "methods": []}})),
            "/version" => Reply::json(&json!({"version": "5.0.3"})),
            _ => Reply::json(&json!({"id": 2, "name": "NKI", "public_key": ""})),
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_home_folder_in_the_configuration_is_a_home_folder() {
    let server = hub().await;
    let home = server.home("vantage6");
    key(&home);
    let folder = home.path().join("config/mlhub");
    std::fs::create_dir_all(&folder).unwrap();
    let text = "profiles:\n  default:\n    vantage6:\n      organization_key: ~/key.pem\n";
    std::fs::write(folder.join("config.yaml"), text).unwrap();
    let (home, ran) = run(home, &["vantage6", "key", "show"]).await;
    assert!(ran.ok().ends_with("\tno\n"));
    let home = home.with("MLHUB_VANTAGE6_PRIVATE_KEY", "~/key.pem");
    run(home, &["vantage6", "key", "show"]).await.1.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_cannot_be_read_says_why() {
    let server = hub().await;
    for (path, words) in [("missing.pem", "No such file or directory"), (".", "Is a directory")] {
        let home = server.home("vantage6").with("MLHUB_VANTAGE6_PRIVATE_KEY", path);
        std::fs::write(home.path().join("key.der"), [0x30, 0x82, 0x04, 0xa4, 0x02, 0x01, 0x00, 0xff]).unwrap();
        let (_, ran) = run(home, &["vantage6", "key", "show"]).await;
        let said = ran.fails(2);
        assert!(said.contains(words) && said.contains(path), "{path}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_of_a_body_keep_their_digits() {
    let server = LabServer::always(Reply::json(&json!({}))).await;
    let covars = r#"{"x":{"vtype":"cont","min":0.1000,"max":123456789012345678901234567890,"guess":1e0}}"#;
    let (named, body) = (format!("covars={covars}"), format!("{{\"covars\":{covars},\"name\":\"n\"}}"));
    for args in [
        &["call", "autotune", "experiment_create", "name=n", &named][..],
        &["call", "autotune", "experiment_create", "--body", &body],
        &["autotune", "experiment", "create", "--name", "n", "--covars", covars],
        &["autotune", "experiment", "create", "--body", &body],
    ] {
        run(server.home("autotune"), args).await;
        assert_eq!(String::from_utf8_lossy(&server.last().body), body, "{args:?}");
    }
}
