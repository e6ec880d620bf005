//! The code of `docs/vantage6/first-ten-minutes.md`, compiled and run against a
//! scripted hub.

use std::time::Duration;

use futures::TryStreamExt;
use mlhub::vantage6::crypto::KeyRegistration;
use mlhub::vantage6::{self, Client, Keycloak, Login, NewDataframe, NewSession, NewTask, PrivateKey, types};
use serde_json::{Value, json};

use mlhub::Error;
use mlhub::testing::{Lab, SeenRequest};
use mlhub::vantage6::crypto;

use super::{provider, story};
use crate::support::Checked;

fn help() {
    for operation in vantage6::ops::OPS.iter().filter(|operation| operation.id == "role_create") {
        println!("{}", operation.summary);
        for param in operation.params {
            println!("{}{}: {}", param.name, if param.required { "" } else { ", optional" }, param.doc);
        }
    }
}

mod config {
    /// HQ, with its base path.
    pub(crate) const HQ_URL: &str = "https://my-hq.example.org/hq";
    /// Where logins are made; HQ does not tell.
    pub(crate) const AUTH_URL: &str = "https://my-auth.example.org";
    /// Your organization's private key, if your collaboration is encrypted.
    pub(crate) const ORGANIZATION_KEY: Option<&str> = None;
    /// As hubs are installed.
    pub(crate) const KEYCLOAK_REALM: &str = "vantage6";
    pub(crate) const KEYCLOAK_CLIENT: &str = "public_client";
}

fn connect() -> Result<Client, Error> {
    let keycloak = Keycloak::new(config::AUTH_URL).realm(config::KEYCLOAK_REALM).client(config::KEYCLOAK_CLIENT);
    let client = Client::builder(config::HQ_URL).keycloak(keycloak).build()?;
    Ok(client)
}

async fn authenticate(client: &Client) -> Result<(), Error> {
    // A person confirms in a browser, on any device. Nothing is printed or opened: that is yours.
    client.login(Login::device(|prompt| eprintln!("go to {} and confirm {}", prompt.url, prompt.code))).await?;

    // Optional: the key that decrypts what is encrypted for your organization.
    if let Some(path) = config::ORGANIZATION_KEY {
        client.set_private_key(PrivateKey::from_pem_file(path)?);
    }
    Ok(())
}

async fn service_account(client: &Client) -> Result<(), Error> {
    client.login(Login::service_account("<my-username>", "<my-client-secret>")).await?;
    Ok(())
}

async fn new_service_account(client: &Client) -> Result<(), Error> {
    let account = types::UserBody::builder().username("my-username".to_owned()).is_service_account(true);
    let account = client.user().create().body(account).send().await?;
    // The secret is in this answer and nowhere else; it shows itself only where it is asked to.
    let client_secret = account.client_secret.as_ref().map(|secret| secret.expose());
    assert!(client_secret.is_some());
    Ok(())
}

fn keys(private_key_filepath: &str) -> Result<String, Error> {
    // A file that is there already is never written over; the new one is readable by you alone.
    let private_key = PrivateKey::generate()?;
    private_key.save(private_key_filepath)?;

    let public_key = private_key.public_key().to_api();
    Ok(public_key)
}

async fn organization(client: &Client, public_key: String) -> Result<(), Error> {
    let organization = types::OrganizationBody::builder()
        .name("The_Shire".to_owned())
        .address1("501 Buckland Road".to_owned())
        .address2("Matamata".to_owned())
        .zipcode("3472".to_owned())
        .country("New Zealand".to_owned())
        .domain("the_shire.org".to_owned())
        .public_key(public_key); // leave it out if you have no key
    let organization = client.organization().create().body(organization).send().await?;
    println!("organization {}", organization.id);
    Ok(())
}

async fn setup_encryption(client: &Client, private_key_filepath: &str) -> Result<(), Error> {
    client.set_private_key(PrivateKey::from_pem_file(private_key_filepath)?);

    // The server's copy of the public key is looked at, and never replaced unless you say so.
    match client.check_key().await? {
        KeyRegistration::Same => println!("others encrypt for this key"),
        KeyRegistration::Missing => drop(client.register_public_key().await?),
        _ => println!("the organization has another key; replace_public_key would replace it"),
    }
    Ok(())
}

async fn organizations(client: &Client) -> Result<(), Error> {
    let rows: Vec<_> = client.organization().list().items().fields(["id", "name"]).try_collect().await?;
    println!("{}", json!(rows));
    Ok(())
}

async fn collaboration(client: &Client) -> Result<(), Error> {
    let collaboration_name = "fictional_collab".to_owned();
    let organization_ids = [1, 2]; // the ids of the respective organizations
    let collaboration =
        types::CollaborationBody::builder().name(collaboration_name).organization_ids(organization_ids).encrypted(true);
    let collaboration = client.collaboration().create().body(collaboration).send().await?;
    println!("collaboration {}", collaboration.id);
    Ok(())
}

async fn before_a_node(client: &Client) -> Result<(), Error> {
    let organizations: Vec<_> = client.organization().list().items().fields(["id", "name"]).try_collect().await?;
    let collaborations: Vec<_> = client.collaboration().list().items().fields(["id", "name"]).try_collect().await?;
    println!("{} {}", json!(organizations), json!(collaborations));
    Ok(())
}

async fn node(client: &Client) -> Result<(), Error> {
    let organization_id = 1;
    let collaboration_id = 1;
    let node = types::NodeBody::builder().collaboration_id(collaboration_id).organization_id(organization_id);
    let node = client.node().create().body(node).send().await?;
    // The key is in this answer and nowhere else; it shows itself only where it is asked to.
    let api_key = node.api_key.as_ref().map(|key| key.expose()).unwrap_or_default();
    println!(
        "Registered a node for collaboration with id {collaboration_id}, organization with id {organization_id}. \
         The API key that was generated for this node was {api_key}"
    );
    Ok(())
}

async fn which_collaboration(client: &Client) -> Result<(), Error> {
    let rows: Vec<_> = client.collaboration().list().items().fields(["id", "name"]).try_collect().await?;
    println!("{}", json!(rows)); // [{"id":1,"name":"example_collab1"}]
    Ok(())
}

async fn which_organizations(client: &Client) -> Result<(), Error> {
    let list = client.organization().list().collaboration_id(1);
    let rows: Vec<_> = list.items().fields(["id", "name"]).try_collect().await?;
    println!("{}", json!(rows)); // [{"id":2,"name":"example_org1"},{"id":3,"name":"example_org2"}, ..
    Ok(())
}

async fn once_for_all(client: &Client) -> Result<(), Error> {
    client.setup_collaboration(1).await?;
    Ok(())
}

async fn session(client: &Client) -> Result<types::Session, Error> {
    let session = NewSession::new("collaboration").name("my_session").collaboration(1);
    let session = client.create_session(session).await?;
    println!("{}", client.session().tree(session.id).await?); // in place of display=True
    Ok(session)
}

async fn extraction(client: &Client, session: &types::Session) -> Result<types::Dataframe, Error> {
    let dataframe =
        NewDataframe::new("olympic_athletes_db", "harbor2.vantage6.ai/demo/average", "read_csv").arguments(json!({}));
    let dataframe = client.create_dataframe(session.id, dataframe).await?;
    if let Some(task) = &dataframe.last_session_task {
        let extraction_results = client.wait_for_results(task.id).await?;
        println!("{} organizations", extraction_results.rows.len());
    }
    Ok(dataframe)
}

async fn from_sql(client: &Client, session: &types::Session) -> Result<types::Dataframe, Error> {
    let dataframe = NewDataframe::new("my_database", "harbor2.vantage6.ai/demo/average", "read_sql_database")
        .arguments(json!({"query": "SELECT * FROM my_table"}));
    let dataframe = client.create_dataframe(session.id, dataframe).await?;
    Ok(dataframe)
}

async fn central(client: &Client, dataframe: &types::Dataframe) -> Result<types::Task, Error> {
    let arguments = json!({"column_name": "age"});

    let average_task = NewTask::new("harbor2.vantage6.ai/demo/average", "central_average")
        .collaboration(1)
        .organizations([2])
        .name("an-awesome-task")
        .description("")
        .arguments(arguments)
        .session(1)
        .dataframe(dataframe.id)
        .action("central_compute");
    let average_task = client.create_task(average_task).await?;
    Ok(average_task)
}

async fn partial(client: &Client, dataframe: &types::Dataframe) -> Result<types::Task, Error> {
    let arguments = json!({"column_name": "age"});

    let average_task = NewTask::new("harbor2.vantage6.ai/demo/average", "partial_average")
        .collaboration(1)
        .organizations([2, 3])
        .name("an-awesome-task")
        .description("")
        .arguments(arguments)
        .session(1)
        .dataframe(dataframe.id)
        .action("federated_compute");
    let average_task = client.create_task(average_task).await?;
    Ok(average_task)
}

async fn wait(client: &Client, average_task: &types::Task) -> Result<vantage6::Results, Error> {
    println!("Waiting for results");
    let task_id = average_task.id;
    let result = client.wait_for_results(task_id).await?;
    Ok(result)
}

async fn wait_otherwise(client: &Client, task_id: i64) -> Result<(), Error> {
    let wait = client.wait_for_results(task_id).every(Duration::from_secs(3)).timeout(Duration::from_secs(3600));
    let result = wait.on_progress(|progress| eprintln!("{progress}")).await?;
    println!("{} rows", result.rows.len());
    Ok(())
}

async fn task_info(client: &Client, task_id: i64) -> Result<(), Error> {
    let task_info = client.task().get_with_results(task_id).await?;
    println!("{:?}: {} results", task_info.task.status, task_info.results.rows.len());
    Ok(())
}

async fn result_info(client: &Client, task_id: i64) -> Result<Vec<Value>, Error> {
    let result_info = client.result().from_task(task_id).await?;
    let values: Vec<Value> = result_info.json()?;
    println!("{}", json!(values));
    Ok(values)
}

async fn rows(result_info: &vantage6::Results) -> Result<(), Error> {
    for row in &result_info.rows {
        println!("run {} at organization {}: {}", row.run, row.organization, row.json::<Value>()?);
    }
    Ok(())
}

async fn many(client: &Client, task_ids: [i64; 2]) -> Result<(), Error> {
    let ends = mlhub::wait_all(task_ids.map(|task_id| client.wait_for_results(task_id))).await;
    for (task_id, end) in task_ids.iter().zip(ends) {
        match end {
            Ok(results) => println!("task {task_id}: {} rows", results.rows.len()),
            Err(error) => println!("task {task_id}: {error}"),
        }
    }
    Ok(())
}

async fn large(client: &Client, run: i64, path: &str) -> Result<(), Error> {
    let file = std::fs::File::create(path).expect("a place for the result");
    client.write_result(run, file).await?; // decrypted as it arrives, never whole in memory
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn every_block_of_the_guide_runs() -> Checked {
    help();
    drop(connect()?);
    let lab = Lab::new();
    provider::serve(&lab, story::hub);
    let client = provider::client(&lab)?;
    authenticate(&client).await?;
    new_service_account(&client).await?;
    service_account(&client).await?;

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("key.pem");
    let path = path.to_str().ok_or("a path of letters")?;
    organization(&client, keys(path)?).await?;
    setup_encryption(&client, path).await?;
    organizations(&client).await?;
    collaboration(&client).await?;
    before_a_node(&client).await?;
    node(&client).await?;

    which_collaboration(&client).await?;
    which_organizations(&client).await?;
    once_for_all(&client).await?;
    let session = session(&client).await?;
    let dataframe = extraction(&client, &session).await?;
    from_sql(&client, &session).await?;
    let (central, partial) = (central(&client, &dataframe).await?, partial(&client, &dataframe).await?);
    let results = wait(&client, &central).await?;
    wait_otherwise(&client, partial.id).await?;
    task_info(&client, central.id).await?;
    // What the guide of the Python client shows.
    assert_eq!(result_info(&client, central.id).await?, [json!({"average": 53.25})]);
    let sums = [json!({"sum": 253, "count": 4}), json!({"sum": 173, "count": 4})];
    assert_eq!(result_info(&client, partial.id).await?, sums);
    rows(&results).await?;
    many(&client, [central.id, partial.id]).await?;
    let written = folder.path().join("result.json");
    large(&client, 72, written.to_str().ok_or("a path of letters")?).await?;
    assert_eq!(std::fs::read_to_string(written)?, r#"{"average":53.25}"#);
    Ok(())
}

/// What the Python client 5.0.3 sends for the guide's calls of the same names.
#[tokio::test(start_paused = true)]
async fn its_tasks_and_dataframes_are_sent_as_python_sends_them() -> Checked {
    let lab = Lab::new();
    provider::serve(&lab, story::hub);
    let client = provider::builder(&lab).token("tok").build()?;
    let session = session(&client).await?;
    let dataframe = extraction(&client, &session).await?;
    from_sql(&client, &session).await?;
    central(&client, &dataframe).await?;
    partial(&client, &dataframe).await?;
    let sent: Vec<_> =
        lab.seen().iter().filter(|seen| seen.method == http::Method::POST).map(SeenRequest::json).collect();
    let at = |ids: &[i64], arguments: &str| -> Vec<Value> {
        ids.iter().map(|id| json!({"id": id, "arguments": crypto::encode(arguments.as_bytes())})).collect()
    };
    let image = "harbor2.vantage6.ai/demo/average";
    let task = |method: &str, action: &str, organizations: &[i64]| {
        json!({
            "name": "an-awesome-task", "description": "", "image": image, "method": method, "action": action,
            "collaboration_id": 1, "session_id": 1,
            "organizations": at(organizations, r#"{"column_name":"age"}"#),
            "databases": [[{"type": "dataframe", "dataframe_id": 9}]],
        })
    };
    let dataframe = |label: &str, method: &str, arguments: &str| {
        let task = json!({"image": image, "method": method, "organizations": at(&[2, 3, 4], arguments)});
        json!({"label": label, "task": task})
    };
    let expected = [
        json!({"name": "my_session", "collaboration_id": 1, "scope": "collaboration"}),
        dataframe("olympic_athletes_db", "read_csv", "{}"),
        dataframe("my_database", "read_sql_database", r#"{"query":"SELECT * FROM my_table"}"#),
        task("central_average", "central_compute", &[2]),
        task("partial_average", "federated_compute", &[2, 3]),
    ];
    assert_eq!(sent, expected);
    Ok(())
}

#[test]
fn the_guide_has_this_code() {
    let guide = include_str!("../../../docs/vantage6/first-ten-minutes.md");
    let plain = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let here = plain(include_str!("guide.rs"));
    let blocks: Vec<_> = guide.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 29);
    for block in blocks {
        assert!(here.contains(&plain(block)), "not in this file:\n{block}");
    }
}
