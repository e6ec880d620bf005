//! Which token is sent, and where it travels.

use mlhub::auger::Client;
use mlhub::testing::{Lab, Reply};
use mlhub_auger_standin::AugerHub;
use serde_json::json;

use super::client;

fn builder(lab: &Lab) -> mlhub::Builder<Client> {
    Client::builder("http://hub.test").lab(lab)
}

async fn sent(hub: Client, lab: &Lab) -> serde_json::Value {
    let _ = hub.project().get(1).send().await;
    lab.seen().pop().expect("a request").json()
}

#[tokio::test(start_paused = true)]
async fn project_goes_before_cluster_before_person_before_system() {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(404)));
    let build = |b: mlhub::Builder<Client>| b.build().expect("a plain address");
    let all = build(builder(&lab).token("u").system_token("s").project_token("p").cluster_token("c"));
    assert_eq!(sent(all, &lab).await, json!({"project_api_token": "p"}));
    let three = build(builder(&lab).system_token("s").cluster_token("c").token("u"));
    assert_eq!(sent(three, &lab).await, json!({"cluster_api_token": "c"}));
    let two = build(builder(&lab).token("u").system_token("s"));
    assert_eq!(sent(two, &lab).await, json!({"token": "u"}));
    let one = build(builder(&lab).system_token("s"));
    assert_eq!(sent(one, &lab).await, json!({"system_token": "s"}));
    let none = build(builder(&lab));
    let _ = none.project().get(1).send().await;
    assert!(lab.seen().last().expect("a request").body.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_last_of_two_of_a_sort_is_sent() {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(404)));
    let hub = builder(&lab).project_token("old").project_token("new").build().expect("a plain address");
    assert_eq!(sent(hub, &lab).await, json!({"project_api_token": "new"}));
}

#[tokio::test(start_paused = true)]
async fn signing_in_sends_the_token_from_then_on() {
    let standin = AugerHub::new();
    let hub = Client::builder("http://hub.test").lab(standin.lab()).build().expect("a plain address");
    let clone = hub.clone();
    hub.login("me@example.org", "pass word").await.expect("the right password");
    clone.project().get(1).send().await.expect("signed in");
    let seen = standin.lab().seen();
    assert!(seen[1].json()["token"].as_str().is_some_and(|token| token.starts_with("eyJ")));
    hub.logout();
    assert!(clone.project().get(1).send().await.is_err(), "signed out");
}

#[tokio::test(start_paused = true)]
async fn parameters_and_token_travel_as_a_query_where_a_proxy_drops_bodies() {
    let standin = AugerHub::new();
    let hub = client(&standin).with(|options| options.params_as_query(true));
    hub.trial().list().limit(1).experiment_session_id("s1").send().await.expect("a page");
    hub.project().get(1).send().await.expect("a project");
    for (seen, query) in standin.lab().seen().iter().zip([
        "experiment_session_id=s1&limit=1&project_api_token=fake-project-api-token",
        "project_api_token=fake-project-api-token",
    ]) {
        assert_eq!((seen.query(), seen.body.len()), (query, 0));
    }
    standin.only_token("another");
    let error = hub.project().get(1).send().await.expect_err("a wrong token");
    assert!(!format!("{error} {error:?}").contains("fake-project"), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn the_optimizers_service_has_an_address_of_its_own() {
    let standin = AugerHub::new();
    let hub = Client::builder("http://hub.test/deep")
        .project_token("p")
        .optimizers_url("http://optimizers.test:5055/there")
        .lab(standin.lab())
        .build()
        .expect("plain addresses");
    let space = json!({"sklearn.svm.SVC": {"C": {"type": "float", "bounds": [0.0001, 25], "log": true}}});
    let next = hub.optimizer().next_trials().optimizer_name("tpe").search_space(space).send().await.expect("trials");
    assert_eq!(next.trials().expect("a list")[0].algorithm_name.as_deref(), Some("sklearn.svm.SVC"));
    assert_eq!(next.context().expect("a context")["state"], "x");
    let next = hub.optimizer().next_trials_v2().trials_limit(10).send().await.expect("trials").data;
    assert_eq!(next.trials.expect("a list").len(), 1);
    let time = hub.optimizer().fte().alg_name("svc").ncols(100).nrows(10_000).send().await.expect("an estimate");
    assert_eq!(time.data.estimated_time, Some(5.5));
    let urls: Vec<_> = standin.lab().seen().into_iter().map(|seen| seen.url).collect();
    let there = |path: &str| format!("http://optimizers.test:5055/there{path}");
    assert_eq!(urls, [there("/next_trials"), there("/v2/next_trials"), there("/fte")]);
    assert!(hub.project().get(1).send().await.is_ok());
    assert!(standin.lab().seen()[3].url.starts_with("http://hub.test/deep/api/v1/projects/1"));
}
