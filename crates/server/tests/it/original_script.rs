//! Script for the original AutoTune, unchanged: once with the curl program, once over a bare socket.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{COVARS, Hub, call};

/// Runs curl with the arguments of the original's description; gives the status and the body.
async fn curl(arguments: &[&str]) -> (u16, Value) {
    let mut command = Command::new("curl");
    command.args(["-s", "-w", "\n%{http_code}"]).args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().expect("curl is needed here");
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// The body of the original's description, as text: the order of the variables is part of what is sent.
fn new_experiment(name: &str) -> String {
    format!(
        r#"{{"name": "{name}", "description": "some_description", "covars": {COVARS},
            "model_type": "SingleTaskGP", "acq_func": "ExpectedImprovement"}}"#
    )
}

#[tokio::test]
async fn with_curl() {
    let hub = Hub::start().await;
    let url = |path: &str| format!("{}{path}", hub.url);
    let json_body = "Content-Type: application/json";
    let signup = r#"{"email": "test@test.com", "password": "CHANGEME"}"#;
    let (status, user) = curl(&["-X", "POST", &url("/user/signup"), "-H", json_body, "-d", signup]).await;
    assert_eq!((status, &user["email"], &user["active"]), (201, &json!("test@test.com"), &json!(true)));

    let form = "username=test%40test.com&password=CHANGEME";
    let (status, token) =
        curl(&["-X", "POST", &url("/auth/token"), "-H", "accept: application/json", "-d", form]).await;
    assert_eq!((status, &token["token_type"]), (201, &json!("bearer")));
    let kind = "Content-type: application/x-www-form-urlencoded";
    let (status, login) = curl(&["-X", "POST", &url("/auth/login"), "-H", kind, "-d", form]).await;
    assert_eq!((status, &login["token_type"]), (200, &json!("bearer")));

    let bearer = format!("Authorization: Bearer {}", token["access_token"].as_str().unwrap());
    let (status, me) = curl(&["-X", "POST", &url("/auth/header-me"), "-H", &bearer]).await;
    assert_eq!((status, &me["username"], &me["uuid"]), (200, &json!("test@test.com"), &user["uuid"]));
    let (status, me) = curl(&["-X", "GET", &url("/auth/me"), "-H", &bearer]).await;
    assert_eq!((status, me), (200, user));

    let new = new_experiment("some_name");
    let (status, experiment) =
        curl(&["-X", "POST", &url("/experiment/new"), "-H", json_body, "-d", &new, "-H", &bearer]).await;
    assert_eq!(status, 201);
    let id = experiment["exp_uuid"].as_str().unwrap();

    // The description prints one address and the original serves another; both are served here.
    for path in ["/experiment/new/", "/experiment/ask/"] {
        let (status, ask) = curl(&[&url(&format!("{path}{id}")), "-H", &bearer]).await;
        assert_eq!((status, &ask["exp_uuid"]), (200, &json!(id)));
        let next: Value = serde_json::from_str(ask["covars_next_exp"].as_str().unwrap()).unwrap();
        assert_eq!(next, json!([{"v1": 2, "color": "red", "weight": 6.6}]));
    }
    let tell = r#"{"covars_tell": "[{\"v1\": 2, \"color\": \"red\", \"weight\": 6.6}]", "response_tell": "[{\"Response\": 1.5}]"}"#;
    let tell_url = url(&format!("/experiment/tell/{id}"));
    let (status, told) = curl(&["-X", "POST", &tell_url, "-H", json_body, "-d", tell, "-H", &bearer]).await;
    assert_eq!((status, &told["response_sampled_iter"]), (202, &json!(1)));
}

#[tokio::test]
async fn over_a_bare_socket_with_all_three_forms_of_a_table() {
    let hub = Hub::start().await;
    let ann = hub.user("test@test.com").await;
    let made = ann.call("POST", "/experiment/new").body("application/json", new_experiment("loop")).send().await;
    assert_eq!(made.status, 201);
    let covars = r#""covars":{"v1":{"guess":2,"min":0,"max":5,"type":"int"},"color":{"guess":"red","options":["red","green","blue"],"type":"str"},"weight":{"guess":6.6,"min":-3.0,"max":200.0,"type":"float"}}"#;
    assert!(made.body.contains(covars), "{}", made.body);
    let made = made.json();
    assert_eq!((&made["best_response"], &made["covars_best_response"]), (&Value::Null, &Value::Null));
    assert_eq!((&made["acq_func"], &made["user_uuid"]), (&json!("ExpectedImprovement"), &json!(ann.uuid)));
    let id = made["exp_uuid"].as_str().unwrap().to_owned();

    let ask = ann.get(&format!("/experiment/ask/{id}")).await.json();
    assert_eq!(ask["covars_next_exp"], r#"[{"v1":2,"color":"red","weight":6.6}]"#);
    let time = ask["time_updated"].as_str().unwrap();
    assert!(time.starts_with("2026-11-21T00:00:00.") && time.len() == 26, "{time}");

    let rows = [
        (r#"[{"v1": 2, "color": "red", "weight": 6.6}]"#, r#"[{"Response": 1.5}]"#),
        (r#"{"v1": {"0": 3}, "color": {"0": "blue"}, "weight": {"0": 10.5}}"#, r#"{"Response": {"0": 2.5}}"#),
        (r#"{"v1": [4], "color": ["green"], "weight": [20]}"#, r#"{"Response": [0.5]}"#),
    ];
    let mut last = Value::Null;
    for (count, (covars, response)) in rows.iter().enumerate() {
        let body = json!({"covars_tell": covars, "response_tell": response});
        let told = ann.post(&format!("/experiment/tell/{id}"), &body).await;
        assert_eq!(told.status, 202, "{told:?}");
        last = told.json();
        assert_eq!((last["covars_tell"].as_str(), last["response_tell"].as_str()), (Some(*covars), Some(*response)));
        assert_eq!(last["covars_sampled_iter"], json!(count + 1));
    }
    assert_eq!(last["best_response"], r#"{"Response":{"0":1.5,"1":2.5,"2":2.5}}"#);
    let best =
        r#"{"v1":{"0":2,"1":3,"2":3},"color":{"0":"red","1":"blue","2":"blue"},"weight":{"0":6.6,"1":10.5,"2":10.5}}"#;
    assert_eq!(last["covars_best_reponse"], best, "the name that the original misspells");
    assert_eq!(last["covars_best_response"], best);

    let native =
        json!({"covars_tell": [{"v1": 1, "color": "red", "weight": 2, "z": 1}], "response_tell": [{"Response": 2}]});
    let told = ann.post(&format!("/experiment/tell/{id}"), &native).await;
    assert_eq!(told.status, 202, "{told:?}");

    let listed = ann.get("/experiment/all").await.json();
    assert_eq!((listed[0]["exp_uuid"].as_str(), &listed[0]["covars_sampled_iter"]), (Some(id.as_str()), &json!(4)));
    assert!(listed[0].get("user_uuid").is_none());
}

#[tokio::test]
async fn ten_rounds_of_ask_and_tell_stay_within_the_variables_and_never_repeat_a_point() {
    let hub = Hub::start().await;
    let ann = hub.user("test@test.com").await;
    let experiment = ann.experiment().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..10 {
        let ask = ann.get(&format!("/experiment/ask/{experiment}")).await.json();
        let text = ask["covars_next_exp"].as_str().unwrap().to_owned();
        let point: Value = serde_json::from_str(&text).unwrap();
        let (v1, weight) = (point[0]["v1"].as_i64().unwrap(), point[0]["weight"].as_f64().unwrap());
        assert!((0..=5).contains(&v1) && (-3.0..=200.0).contains(&weight), "{text}");
        let response = -((v1 - 3) as f64).powi(2) - ((weight - 44.0) / 50.0).powi(2);
        let body = json!({"covars_tell": text, "response_tell": json!([{"Response": response}]).to_string()});
        assert_eq!(ann.post(&format!("/experiment/tell/{experiment}"), &body).await.status, 202);
        assert!(seen.insert(text), "a point came twice");
    }
}

#[tokio::test]
async fn the_experiment_used_last_is_listed_first() {
    let hub = Hub::start().await;
    let ann = hub.user("test@test.com").await;
    let (first, second) = (ann.experiment().await, ann.experiment().await);
    let order = |listed: Value| -> Vec<String> {
        listed.as_array().unwrap().iter().map(|it| it["exp_uuid"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(order(ann.get("/experiment/all").await.json()), [second.clone(), first.clone()]);
    ann.tell(&first, 2, "red", 6.6, 1.0).await;
    assert_eq!(order(ann.get("/experiment/all").await.json()), [first.clone(), second.clone()]);
    ann.get(&format!("/experiment/ask/{second}")).await;
    assert_eq!(order(ann.get("/experiment/all").await.json()), [second, first]);
}

#[tokio::test]
async fn the_hub_says_what_it_is_and_where_that_is_described() {
    let hub = Hub::start().await;
    let info = call(&hub.url, "GET", "/").send().await.json();
    assert_eq!((&info["name"], &info["api"]), (&json!("mlhub"), &json!(["autotune", "v1"])));
    let document = call(&hub.url, "GET", info["openapi"].as_str().unwrap()).send().await;
    assert_eq!((document.status, document.body), (200, mlhub_server::openapi_document()));
    let page = call(&hub.url, "GET", info["docs"].as_str().unwrap()).send().await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let document: Value = serde_json::from_str(&mlhub_server::openapi_document()).unwrap();
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(page.body.contains(&format!(" {path}</code>")), "{path} is not on the page");
    }
    for outside in ["http:", "https:", "src=", "<link", "<script", "@import", "url("] {
        assert!(!page.body.contains(outside), "the page loads something: {outside}");
    }
}

#[tokio::test]
async fn an_account_sees_itself_and_its_experiments() {
    let hub = Hub::start().await;
    let ann = hub.user("Ann@X.com").await;
    let me = ann.get("/auth/me").await.json();
    assert_eq!((&me["uuid"], &me["email"]), (&json!(ann.uuid), &json!("ann@x.com")), "case does not count");
    assert_eq!(ann.get("/user/").await.json(), json!([me]));
    let experiment = ann.experiment().await;
    ann.tell(&experiment, 2, "red", 6.6, 1.5).await;
    let shown = ann.get(&format!("/user/{}?uuid={}", me["id"], ann.uuid)).await.json();
    assert_eq!((&shown["id"], &shown["time_created"]), (&me["id"], &me["time_created"]));
    assert_eq!(shown["experiments"], ann.get("/experiment/all").await.json());
    assert_eq!(shown["experiments"][0]["exp_uuid"], json!(experiment));
}
