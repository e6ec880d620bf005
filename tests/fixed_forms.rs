//! The forms that programs rely on, to the letter. They compile; what they do is tested elsewhere.

use std::time::Duration;

use futures::TryStreamExt;
use mlhub::{Error, Retry, auger, autotune, loudml, vantage6};

/// Ask and tell, as on the first page of the documentation.
async fn ask_and_tell() -> Result<(), Error> {
    let tune = autotune::Client::builder("http://127.0.0.1:8008").build()?;
    tune.login("me@example.org", "secret").await?;
    let exp = tune
        .create_experiment(
            autotune::NewExperiment::new("forest")
                .int("n_estimators", 10..=500, 100)
                .cont("min_samples_split", 0.0..=1.0, 0.3)
                .cat("criterion", ["gini", "entropy"], "gini"),
        )
        .await?;
    let trial = tune.ask(exp.id).await?;
    tune.tell(&trial, 0.93).await?;
    let best = tune.best(exp.id).await?;
    println!("{best}");
    Ok(())
}

/// A list and a wait of Auger, and a wait that outlives the process.
async fn trials_and_sessions(token: String) -> Result<(), Error> {
    let hub = auger::Client::builder("https://app.auger.ai").project_token(token).build()?;
    let trials: Vec<_> = hub.trial().list().experiment_session_id("1bf4").items().try_collect().await?;
    let session = hub.experiment_session().get("1bf4").wait().await?;
    let raw: serde_json::Value = hub.raw(http::Method::GET, "/api/v1/projects").query("limit", 5).send().await?;
    let saved: String = hub.experiment_session().get("1bf4").wait().handle().to_string();
    let again = hub.experiment_session().resume(&saved)?.await?;
    println!("{} {:?} {raw} {:?}", trials.len(), session.status, again.status);
    Ok(())
}

/// Several servers of Loud ML, and models by name.
async fn models_by_name() -> Result<(), Error> {
    let loud = loudml::Client::builder("http://10.0.0.1:8077")
        .node("http://10.0.0.2:8077")
        .sniff(loudml::Sniff::on_start().on_failure().every(Duration::from_secs(60)))
        .retry(Retry::default().max_attempts(4).on_timeout(true))
        .build()?;
    let models = loud.models().get(["first_model"]).fields(["settings", "state"]).send().await?;
    println!("{}", models.len());
    Ok(())
}

/// One call, a list, other options, and anything the document does not name.
async fn every_call(tune: autotune::Client) -> Result<(), Error> {
    let experiments: Vec<_> = tune.experiment().list().items().try_collect().await?;
    let mut pages = tune.experiment().list().pages();
    while let Some(page) = pages.try_next().await? {
        println!("{} of {:?}", page.items.len(), page.total);
    }
    let quick = tune.with(|o| o.timeout(Duration::from_secs(2)).no_retry().header("x-request-id", "42"));
    let raw: serde_json::Value = quick.raw(http::Method::GET, "/v1/experiments").query("limit", 5).send().await?;
    println!("{} {raw}", experiments.len());
    Ok(())
}

/// Limits and repeats of a whole client.
fn limits() -> Result<autotune::Client, Error> {
    autotune::Client::builder("http://10.0.0.1:8008")
        .node("http://10.0.0.2:8008")
        .timeout(Duration::from_secs(20))
        .deadline(Duration::from_secs(120))
        .retry(Retry::default().max_attempts(4).on_timeout(true))
        .build()
}

/// What every error tells.
fn tells(error: &Error) -> String {
    format!(
        "{error} {:?} {:?} {:?} {} {:?} {:?} {:?} {} {} {}",
        error.kind(),
        error.status(),
        error.request_id(),
        error.attempts().len(),
        error.retry_after(),
        error.body(),
        error.operation(),
        error.is_timeout(),
        error.is_retryable(),
        error.may_have_been_applied(),
    )
}

/// A task over the organizations of a collaboration, and what they have given.
async fn federated(secret: &str) -> Result<(), Error> {
    let v6 = vantage6::Client::builder("https://hub.example.org/hq")
        .keycloak(vantage6::Keycloak::new("https://auth.example.org").realm("vantage6").client("public_client"))
        .timeout(Duration::from_secs(20)) // one attempt
        .deadline(Duration::from_secs(120)) // the call: all attempts, token refresh included
        .build()?;
    v6.login(vantage6::Login::service_account("svc", secret)).await?;
    v6.set_private_key(vantage6::PrivateKey::from_pem_file("key.pem")?);
    let orgs: Vec<_> = v6.organization().list().collaboration_id(1).items().try_collect().await?;
    let task = v6
        .create_task(
            vantage6::NewTask::new("harbor2.vantage6.ai/demo/average", "central_average")
                .collaboration(1)
                .organizations([2])
                .session(1)
                .action("central_compute")
                .arguments(serde_json::json!({"column_name": "age"})),
        )
        .await?;
    let results =
        v6.wait_for_results(task.id).timeout(Duration::from_secs(3600)).on_progress(|p| println!("{p}")).await?;
    let averages: Vec<serde_json::Value> = results.json()?;
    println!("{} {}", orgs.len(), averages.len());
    let _ = [vantage6::Login::device(|prompt| println!("{prompt:?}")), vantage6::Login::password("me", "secret")];
    let quick = v6.with(|o| o.timeout(Duration::from_secs(2)).no_retry().header("x-request-id", "42"));
    drop(quick);
    Ok(())
}

#[test]
fn a_client_is_built_without_sending_anything() {
    let client = limits().expect("two plain addresses");
    // Futures are lazy: made here, dropped here.
    drop(ask_and_tell());
    drop(trials_and_sessions("token".to_owned()));
    drop(models_by_name());
    drop(every_call(client));
    drop(federated("secret"));
}

#[test]
fn a_bad_address_is_told_by_build() {
    let error = autotune::Client::builder("not an address").build().expect_err("no address");
    // It may hold a password, so it is not repeated.
    assert!(tells(&error).contains("write it like http://"), "{error}");
}
