//! Errors: whatever is wrong with a request comes back as JSON with a `detail`, and says where it stands.

use serde_json::{Value, json};

use crate::support::{Hub, Reply, call};

fn places(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 422, "{reply:?}");
    reply.json()["detail"].as_array().unwrap().iter().map(|problem| problem["loc"].clone()).collect()
}

#[tokio::test]
async fn an_unknown_route_and_a_wrong_verb() {
    let hub = Hub::start().await;
    let reply = call(&hub.url, "GET", "/nowhere").send().await;
    assert_eq!((reply.status, reply.json()), (404, json!({"detail": "Not Found"})));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let reply = call(&hub.url, "DELETE", "/auth/token").send().await;
    assert_eq!((reply.status, reply.json()), (405, json!({"detail": "Method Not Allowed"})));
}

#[tokio::test]
async fn broken_json_says_where_it_breaks_and_does_not_send_the_body_back() {
    let hub = Hub::start().await;
    let body = "{\"email\": \"a@x.com\",\n \"password\": \"CHANGEME\",}";
    let reply = call(&hub.url, "POST", "/user/signup").body("application/json", body).send().await;
    let problem = &reply.json()["detail"][0];
    assert_eq!(problem["loc"], json!(["body", body.len() - 1]));
    assert_eq!(problem["ctx"]["lineno"], 2);
    assert!(!reply.body.contains("CHANGEME"));
}

#[tokio::test]
async fn json_that_is_no_object() {
    let hub = Hub::start().await;
    for body in ["[1]", "1", "null", "\"text\""] {
        let reply = call(&hub.url, "POST", "/user/signup").body("application/json", body).send().await;
        assert_eq!(places(&reply), [json!(["body"])], "{body}");
    }
    let deep = "[".repeat(10_000);
    let reply = call(&hub.url, "POST", "/user/signup").body("application/json", deep).send().await;
    assert_eq!(reply.status, 422);
}

#[tokio::test]
async fn every_missing_and_wrong_field_at_once() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let body = json!({"name": 5, "seed": -1, "model_type": "Nope", "covars": {
        "a": {"guess": [1]}, "b": 3, "": {"vtype": "int", "guess": 1, "min": 0, "max": 2},
    }});
    let reply = ann.post("/experiment/new", &body).await;
    let expected = [
        json!(["body", "name"]),
        json!(["body", "covars", ""]),
        json!(["body", "covars", "a", "vtype"]),
        json!(["body", "covars", "a", "guess"]),
        json!(["body", "covars", "b"]),
        json!(["body", "model_type"]),
        json!(["body", "seed"]),
    ];
    assert_eq!(places(&reply), expected);
}

#[tokio::test]
async fn variables_that_cannot_be_searched() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let rows = [
        (json!({"vtype": "int", "guess": 1, "min": 0, "max": 1e300}), None, "must lie within ±2^53"),
        (json!({"vtype": "int", "guess": "1", "min": "0", "max": "x"}), Some("max"), "invalid literal for int()"),
        (json!({"vtype": "cont", "guess": 1, "min": -1e308, "max": 1e308}), None, "variable \"a\""),
        (json!({"vtype": "cont", "guess": "inf", "min": 0, "max": 1}), Some("guess"), "could not convert"),
        (json!({"vtype": "int", "guess": 9, "min": 0, "max": 5}), None, "give a whole number from 0 to 5"),
        (json!({"vtype": "int", "guess": 5, "min": 5, "max": 5}), None, "variable \"a\""),
        (json!({"vtype": "cat", "guess": "a", "options": [["a"]]}), Some("options"), "not a list of texts"),
    ];
    for (variable, field, why) in rows {
        let reply = ann.post("/experiment/new", &json!({"covars": {"a": variable}})).await;
        let mut place = vec!["body", "covars", "a"];
        place.extend(field);
        assert_eq!(places(&reply), [json!(place)], "{variable}");
        assert!(reply.detail().contains(why), "{variable}: {}", reply.detail());
    }
    let many: serde_json::Map<_, _> =
        (0..101).map(|i| (format!("v{i}"), json!({"vtype": "cont", "guess": 0, "min": 0, "max": 1}))).collect();
    let reply = ann.post("/experiment/new", &json!({"covars": many})).await;
    assert!(reply.detail().contains("between 1 and 100 variables, not 101"), "{}", reply.detail());
}

#[tokio::test]
async fn a_body_of_another_type_or_size() {
    let hub = Hub::start().await;
    let body = json!({"email": "a@x.com", "password": "pw"}).to_string();
    let reply = call(&hub.url, "POST", "/user/signup").body("text/plain", body).send().await;
    assert_eq!(reply.status, 415);
    assert!(reply.detail().contains("Content-Type: application/json"));
    let reply = call(&hub.url, "POST", "/user/signup").body("application/json", vec![b' '; (1 << 20) + 1]).send().await;
    assert_eq!(reply.status, 413);
    assert!(reply.detail().contains("1048576 bytes"));
}

#[tokio::test]
async fn every_documented_parameter_that_can_be_wrong_says_where_it_stands() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let document: Value = serde_json::from_str(&mlhub_server::openapi_document()).unwrap();
    let mut seen = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let (name, place) = (parameter["name"].as_str().unwrap(), parameter["in"].as_str().unwrap());
                let free = parameter["schema"]["type"] == "string" && parameter["schema"]["format"].is_null();
                if place == "header" || free {
                    continue;
                }
                let good = "7cb6d018-618c-4e26-b9fa-83a7d466ba68";
                let mut path = path.replace(&format!("{{{name}}}"), "xyz");
                while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
                    path.replace_range(open..=close, good);
                }
                if place == "query" {
                    path = format!("{path}?{name}=xyz");
                }
                let reply = ann.call(&method.to_uppercase(), &path).send().await;
                assert_eq!(places(&reply), [json!([place, name])], "{method} {path}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 15, "only {seen} parameters were tried");
}

#[tokio::test]
async fn a_missing_query_parameter_and_values_out_of_range() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    assert_eq!(places(&ann.get("/user/1").await), [json!(["query", "uuid"])]);
    assert_eq!(places(&ann.get("/v1/experiments?limit=0").await), [json!(["query", "limit"])]);
    assert_eq!(places(&ann.get("/v1/experiments?limit=1001").await), [json!(["query", "limit"])]);
    assert_eq!(ann.get("/v1/experiments?limit=1000&offset=18446744073709551615").await.status, 200);
    let experiment = ann.experiment().await;
    let reply = ann.get(&format!("/v1/experiments/{experiment}/trials?state=lost")).await;
    assert_eq!(places(&reply), [json!(["query", "state"])]);
}

#[tokio::test]
async fn an_idempotency_key_that_cannot_be_read_is_refused_and_not_passed_over() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let path = format!("/v1/experiments/{}/trials", ann.experiment().await);
    for key in ["two words", "schlüssel", "", &"k".repeat(256)] {
        let reply = ann.call("POST", &path).header("Idempotency-Key", key).send().await;
        assert_eq!(reply.status, 422, "{key:?}: {reply:?}");
        assert_eq!(places(&reply), [json!(["header", "Idempotency-Key"])], "{key:?}");
    }
    let twice = ann.call("POST", &path).header("Idempotency-Key", "k1").header("Idempotency-Key", "k2").send().await;
    assert_eq!(places(&twice), [json!(["header", "Idempotency-Key"])]);
    assert_eq!(ann.get(&path).await.json()["total"], 0);
}

#[tokio::test]
async fn hostile_paths_and_bodies_are_refused_with_a_detail_and_never_crash() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let paths = [
        "/v1/trials/%ff",
        "/v1/trials/%",
        "//",
        "/user//",
        "/v1/experiments?limit=%ff",
        "/v1/experiments?limit=-1",
        "/experiment/ask/..%2f..",
        "/user/1?uuid=%zz",
        "/user/1?uuid=&uuid=1",
        "/v1/experiments/%00/best",
    ];
    for path in paths {
        let reply = ann.get(path).await;
        assert!((400..500).contains(&reply.status), "{path}: {reply:?}");
        assert!(!reply.detail().is_empty(), "{path}");
    }
    let bodies: [&[u8]; 7] =
        [b"\xff\xfe", b"{\"email\": \"\\ud800\"}", b"{", b"{\"email\"", b"\0", b"{}{}", b"{\"email\": 1e999}"];
    for body in bodies {
        let reply = call(&hub.url, "POST", "/user/signup").body("application/json", body).send().await;
        assert_eq!(reply.status, 422, "{body:?}: {reply:?}");
        assert!(!reply.detail().is_empty(), "{body:?}");
    }
    let reply =
        call(&hub.url, "POST", "/auth/token").body("application/x-www-form-urlencoded", b"%ff&=&&username").send();
    assert_eq!(reply.await.status, 422);
}

#[tokio::test]
async fn every_reply_carries_a_request_id() {
    let hub = Hub::start().await;
    let own = call(&hub.url, "GET", "/").header("x-request-id", "build-42.1").send().await;
    assert_eq!(own.header("x-request-id"), Some("build-42.1"));
    let unfit = call(&hub.url, "GET", "/nowhere").header("x-request-id", "a b\"c").send().await;
    assert_eq!(unfit.header("x-request-id").unwrap().len(), 36);
}
