//! Ownership: nobody reaches what belongs to somebody else. Driven by the document, so that no route can be forgotten.

use serde_json::{Value, json};

use crate::support::client::Call;
use crate::support::{Hub, User, call, tell};

/// What Ann owns and Bob tries to reach.
struct Estate {
    ann: User,
    experiment: String,
    trial: String,
}

impl Estate {
    async fn of(hub: &Hub) -> Self {
        let ann = hub.user("ann@x.com").await;
        let experiment = ann.experiment().await;
        let trial = ann.trial(&experiment).await;
        assert_eq!(ann.tell(&experiment, 2, "red", 6.6, 1.5).await.status, 202);
        Self { ann, experiment, trial }
    }

    /// The value that makes a parameter name something of Ann's.
    fn value(&self, parameter: &str) -> &str {
        match parameter {
            "exp_uuid" | "experiment_id" => &self.experiment,
            "trial_id" => &self.trial,
            "user_id" | "uuid" => &self.ann.uuid,
            other => panic!("say here what the parameter {other} names, so that its route is tried with Ann's"),
        }
    }

    /// Whether `text` gives anything of Ann's away.
    fn is_in(&self, text: &str) -> bool {
        [&self.experiment, &self.trial, &self.ann.uuid, "ann@x.com"].iter().any(|secret| text.contains(*secret))
    }
}

/// One operation of the document with Ann's identifiers in its path and query.
struct Route {
    id: String,
    method: String,
    path: String,
    names_something: bool,
    secured: bool,
    body: Option<Value>,
}

impl Route {
    fn all(estate: &Estate) -> Vec<Self> {
        let document: Value = serde_json::from_str(&mlhub_server::openapi_document()).unwrap();
        let paths = document["paths"].as_object().unwrap().iter();
        let operations = paths.flat_map(|(path, operations)| {
            operations.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
        });
        operations.map(|(path, method, operation)| Self::new(estate, path, method, operation)).collect()
    }

    fn new(estate: &Estate, path: &str, method: &str, operation: &Value) -> Self {
        let (mut path, mut query, mut names_something) = (path.to_owned(), String::new(), false);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            if parameter["required"] == false {
                continue;
            }
            names_something = true;
            if parameter["in"] == "path" {
                path = path.replace(&format!("{{{name}}}"), estate.value(name));
            } else {
                query = format!("?{name}={}", estate.value(name));
            }
        }
        Self {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase(),
            path: path + &query,
            names_something,
            secured: operation.get("security").is_some(),
            body: operation["requestBody"].as_object().map(|body| sample(&body["content"])),
        }
    }

    fn call(&self, url: &str) -> Call {
        let call = call(url, &self.method, &self.path);
        match &self.body {
            Some(body) => call.json(body),
            None => call,
        }
    }
}

/// A good body for a documented type.
fn sample(content: &Value) -> Value {
    let schema = content.as_object().unwrap().values().next().unwrap()["schema"]["$ref"].as_str().unwrap();
    match schema.rsplit_once('/').unwrap().1 {
        "Credentials" => Value::Null,
        "Refresh" => json!({"refresh_token": "unknown"}),
        "Logout" => json!({}),
        "Password" => json!({"password": "CHANGEME"}),
        "NewPassword" => json!({"current_password": "CHANGEME", "new_password": "CHANGEME too"}),
        "NewUser" => json!({"email": "carl@x.com", "password": "CHANGEME"}),
        "NewExperiment" => json!({"covars": {"a": {"vtype": "cont", "guess": 0.5, "min": 0, "max": 1}}}),
        "OpenExperiment" => json!({"name": "n", "covars": {"a": {"vtype": "cont", "min": 0, "max": 1}}}),
        "Tell" => tell(2, "red", 6.6, 99.0),
        "TrialOrder" => json!({"count": 1}),
        "TrialFailure" => json!({"reason": "out of memory"}),
        "Import" => json!({"trials": [{"params": {"v1": 2, "color": "red", "weight": 6.6}, "value": 99.0}]}),
        "TrialResult" => json!({"value": 99.0}),
        other => panic!("give a sample of {other} here, so that its route is tried"),
    }
}

/// The routes that need no account.
const OPEN: [&str; 7] =
    ["hub_info", "hub_health", "auth_token", "auth_login", "auth_refresh", "auth_logout", "user_signup"];

#[tokio::test]
async fn without_a_token_only_what_is_open_answers() {
    let hub = Hub::start().await;
    let estate = Estate::of(&hub).await;
    for route in Route::all(&estate) {
        assert_eq!(route.secured, !OPEN.contains(&route.id.as_str()), "{}", route.id);
        if route.secured {
            let reply = route.call(&hub.url).send().await;
            assert!(matches!(reply.status, 401 | 403), "{}: {reply:?}", route.id);
            assert_eq!(reply.detail(), "Not authenticated", "{}", route.id);
            assert!(!estate.is_in(&reply.body), "{}", route.id);
        }
    }
}

#[tokio::test]
async fn another_account_reaches_nothing() {
    let hub = Hub::start().await;
    let estate = Estate::of(&hub).await;
    let before = estate.ann.get(&format!("/v1/experiments/{}", estate.experiment)).await;
    let mut refused = 0;
    for (number, route) in Route::all(&estate).into_iter().filter(|route| route.secured).enumerate() {
        // A new one for each, because some routes end the session that they are called in.
        let bob = hub.user(&format!("bob{number}@x.com")).await;
        let reply = route.call(&hub.url).bearer(&bob.token).send().await;
        if route.names_something {
            let expected = if route.path.starts_with("/v1") { 404 } else { 403 };
            assert_eq!(reply.status, expected, "{}: {reply:?}", route.id);
            refused += 1;
        } else {
            assert!(matches!(reply.status, 200 | 201), "{}: {reply:?}", route.id);
            assert!(!estate.is_in(&reply.body), "{} shows what is Ann's: {reply:?}", route.id);
        }
    }
    assert!(refused >= 10, "only {refused} routes were tried");
    let bob = hub.user("bob@x.com").await;
    let printed = format!("/experiment/new/{}", estate.experiment);
    assert_eq!(bob.get(&printed).await.status, 403, "the address that the document does not list");
    let after = estate.ann.get(&format!("/v1/experiments/{}", estate.experiment)).await;
    assert_eq!(after.body, before.body, "and changes nothing");
}

#[tokio::test]
async fn somebody_elses_looks_like_nobodys_under_v1() {
    let hub = Hub::start().await;
    let estate = Estate::of(&hub).await;
    let bob = hub.user("bob@x.com").await;
    let nobodys = "7cb6d018-618c-4e26-b9fa-83a7d466ba68";
    for path in ["/v1/experiments/ID", "/v1/experiments/ID/best", "/v1/experiments/ID/trials", "/v1/trials/ID"] {
        let anns = if path.starts_with("/v1/trials") { &estate.trial } else { &estate.experiment };
        let (theirs, none) = (bob.get(&path.replace("ID", anns)).await, bob.get(&path.replace("ID", nobodys)).await);
        assert_eq!((theirs.status, theirs.body.replace(anns.as_str(), nobodys)), (none.status, none.body), "{path}");
    }
}
