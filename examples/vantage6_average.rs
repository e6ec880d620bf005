//! The story of the guide as one program: a session, a dataframe, an average
//! over organizations. Run it with
//!
//! ```sh
//! MLHUB_VANTAGE6_URL=http://127.0.0.1:7611/hq MLHUB_VANTAGE6_AUTH_URL=http://127.0.0.1:7612 \
//!     MLHUB_VANTAGE6_USERNAME=admin MLHUB_VANTAGE6_PASSWORD=admin \
//!     cargo run --example vantage6_average --features vantage6 -- COLLABORATION LABEL IMAGE COLUMN
//! ```
//!
//! Without a name and a password it shows a page where a person confirms.

use futures::TryStreamExt;
use mlhub::vantage6::{Client, Keycloak, Login, NewDataframe, NewTask, PrivateKey, types};
use mlhub::{Error, ErrorKind};
use serde_json::{Value, json};

fn said(name: &str) -> Option<String> {
    std::env::var(format!("MLHUB_VANTAGE6_{name}")).ok().filter(|value| !value.is_empty())
}

fn needed(name: &str) -> Result<String, Error> {
    said(name).ok_or_else(|| Error::new(ErrorKind::Config, format!("set MLHUB_VANTAGE6_{name}")))
}

async fn connect() -> Result<Client, Error> {
    let keycloak = Keycloak::new(needed("AUTH_URL")?);
    let client = Client::builder(needed("URL")?).keycloak(keycloak).build()?;
    client
        .login(match (said("USERNAME"), said("PASSWORD")) {
            (Some(name), Some(password)) => Login::password(name, password),
            _ => Login::device(|prompt| eprintln!("go to {} and confirm {}", prompt.url, prompt.code)),
        })
        .await?;
    if let Some(path) = said("PRIVATE_KEY") {
        client.set_private_key(PrivateKey::from_pem_file(path)?);
    }
    Ok(client)
}

async fn story(collaboration: i64, label: &str, image: &str, column: &str) -> Result<(), Error> {
    let client = connect().await?;
    eprintln!("logged in as {}", client.identity().await?.user.username);

    let organizations: Vec<types::Organization> =
        client.organization().list().collaboration_id(collaboration).items().try_collect().await?;
    let everybody: Vec<i64> = organizations.iter().map(|organization| organization.id).collect();

    let scope = types::SessionScope::Known(types::SessionScopeKnown::Collaboration);
    let session = types::SessionBody::builder().collaboration_id(collaboration).scope(scope);
    let session = client.session().create().body(session).send().await?;

    let dataframe = NewDataframe::new(label, image, "read_csv").arguments(json!({}));
    let dataframe = client.create_dataframe(session.id, dataframe).await?;
    if let Some(task) = &dataframe.last_session_task {
        client.wait_for_results(task.id).on_progress(|progress| eprintln!("dataframe: {progress}")).await?;
    }

    let task = NewTask::new(image, "partial_average")
        .name("an-awesome-task")
        .collaboration(collaboration)
        .organizations(everybody)
        .session(session.id)
        .dataframe(dataframe.id)
        .action("federated_compute")
        .arguments(json!({"column_name": column}));
    let task = client.create_task(task).await?;
    let results = client.wait_for_results(task.id).on_progress(|progress| eprintln!("task: {progress}")).await?;
    for row in &results.rows {
        let name = organizations.iter().find(|organization| organization.id == row.organization);
        println!("{}\t{}", name.map_or("?", |organization| &organization.name), row.json::<Value>()?);
    }
    eprintln!("{}", client.session().tree(session.id).await?);
    Ok(())
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parsed = match arguments.as_slice() {
        [collaboration, label, image, column] => collaboration.parse().ok().map(|id| (id, label, image, column)),
        _ => None,
    };
    let Some((collaboration, label, image, column)) = parsed else {
        eprintln!("usage: vantage6_average COLLABORATION LABEL IMAGE COLUMN");
        return std::process::ExitCode::from(2);
    };
    match story(collaboration, label, image, column).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}
