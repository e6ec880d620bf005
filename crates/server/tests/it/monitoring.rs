//! Monitoring: what an operator sees of a hub, its health and its metrics.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{Hub, call};

async fn figures(hub: &Hub) -> String {
    let reply = call(&hub.url, "GET", "/metrics").send().await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let kind = reply.header("content-type").unwrap();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    assert!(reply.body.ends_with("# EOF\n"), "{}", reply.body);
    reply.body
}

#[tokio::test]
async fn a_hub_that_can_work_says_so_to_anybody() {
    let hub = Hub::start().await;
    let reply = call(&hub.url, "GET", "/health").send().await;
    let expected = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION"), "database": "ok"});
    assert_eq!((reply.status, reply.json()), (200, expected));
}

#[tokio::test]
async fn a_hub_whose_database_is_broken_says_so_and_hides_why() {
    let hub = Hub::start().await;
    // The readers have seen nothing of the file yet but its first page.
    let file = std::fs::OpenOptions::new().write(true).open(hub.folder().join("hub.db")).unwrap();
    file.set_len(0).unwrap();
    std::fs::write(hub.folder().join("hub.db-wal"), "").unwrap();
    let reply = call(&hub.url, "GET", "/health").send().await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")), "{reply:?}");
    assert_eq!(reply.detail(), "The database cannot be used. The hub's log has the cause.");
}

#[tokio::test]
async fn every_documented_operation_is_counted_under_its_documented_path() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let document: Value = serde_json::from_str(&mlhub_server::openapi_document()).unwrap();
    let id = "7cb6d018-618c-4e26-b9fa-83a7d466ba68";
    let mut expected = vec![("GET".to_owned(), "/docs".to_owned()), ("GET".to_owned(), "/openapi.json".to_owned())];
    for (path, operations) in document["paths"].as_object().unwrap() {
        expected.extend(operations.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    for (method, path) in &expected {
        let mut path = path.clone();
        while let (Some(open), Some(close)) = (path.find('{'), path.find('}')) {
            path.replace_range(open..=close, id);
        }
        ann.call(method, &path).send().await;
    }
    let figures = figures(&hub).await;
    for (method, path) in &expected {
        let counted = format!("mlhub_http_requests_total{{method=\"{method}\",route=\"{path}\",status=");
        assert!(figures.contains(&counted), "{counted} is not in {figures}");
        let timed = format!("mlhub_http_request_duration_seconds_count{{method=\"{method}\",route=\"{path}\"}}");
        assert!(figures.contains(&timed), "{timed} is not in {figures}");
    }
    assert!(!figures.contains("route=\"none\""), "{figures}");
}

#[tokio::test]
async fn whatever_is_sent_the_figures_stay_few_and_name_nobody() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@canary.example").await;
    let experiment = ann.experiment().await;
    for word in 0..40 {
        call(&hub.url, &format!("VERB{word}"), "/v1/experiments").send().await;
        call(&hub.url, "GET", &format!("/nowhere/{word}?secret={word}")).send().await;
        ann.get(&format!("/v1/trials/{word}")).await;
        ann.get(&format!("/v1/experiments/{experiment}/best?word={word}")).await;
    }
    let figures = figures(&hub).await;
    let kinds: HashSet<&str> = figures.lines().filter(|line| line.starts_with("mlhub_http_requests_total")).collect();
    assert!(kinds.len() < 12, "{kinds:?}");
    let count = |line: &str| assert!(figures.contains(line), "{line} is not in {figures}");
    count("mlhub_http_requests_total{method=\"other\",route=\"/v1/experiments\",status=\"405\"} 40\n");
    count("mlhub_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 40\n");
    count("mlhub_http_requests_total{method=\"GET\",route=\"/v1/trials/{trial_id}\",status=\"422\"} 40\n");
    for private in ["canary", &experiment, &ann.uuid, &ann.token, "nowhere", "secret", "VERB"] {
        assert!(!figures.contains(private), "{private} is in {figures}");
    }
}

#[tokio::test]
async fn asks_tells_fits_and_refused_logins_are_counted() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    for value in 0..10 {
        let path = format!("/v1/trials/{}/tell", ann.trial(&experiment).await);
        assert_eq!(ann.post(&path, &json!({"value": value})).await.status, 200);
        assert_eq!(ann.post(&path, &json!({"value": value})).await.status, 409);
    }
    let wrong = [("username", "ann@x.com"), ("password", "wrong")];
    call(&hub.url, "POST", "/auth/token").form(&wrong).send().await;
    for (name, expected) in [
        ("mlhub_asks_total", 10.0),
        ("mlhub_tells_total", 10.0),
        // The first seven points of this space are a fixed design, for which nothing is fitted.
        ("mlhub_fit_duration_seconds_count", 3.0),
        ("mlhub_logins_refused_total", 1.0),
        ("mlhub_fits_running", 0.0),
        ("mlhub_fits_waiting", 0.0),
        // The one that asks.
        ("mlhub_http_requests_in_flight", 1.0),
    ] {
        assert_eq!(hub.figure(name).await, Some(expected), "{name}");
    }
    let file = std::fs::metadata(hub.folder().join("hub.db")).unwrap().len() as f64;
    assert!(hub.figure("mlhub_database_size_bytes").await.unwrap() >= file);
}

#[tokio::test]
async fn the_figures_are_no_part_of_the_document_and_health_is() {
    let document: Value = serde_json::from_str(&mlhub_server::openapi_document()).unwrap();
    assert!(document["paths"]["/metrics"].is_null());
    let health = &document["paths"]["/health"]["get"];
    assert_eq!((&health["operationId"], health["security"].is_null()), (&json!("hub_health"), true));
}

#[tokio::test]
async fn a_verb_that_a_path_does_not_take_is_answered_with_those_that_it_takes() {
    let hub = Hub::start().await;
    for (path, allowed) in [
        ("/v1/experiments", "GET, HEAD, POST"),
        ("/v1/trials/7cb6d018-618c-4e26-b9fa-83a7d466ba68/tell", "POST"),
        ("/metrics", "GET, HEAD"),
    ] {
        let reply = call(&hub.url, "PATCH", path).send().await;
        assert_eq!(reply.status, 405, "{path}");
        let mut verbs: Vec<_> = reply.header("allow").unwrap().split(", ").collect();
        verbs.sort_unstable();
        assert_eq!(verbs.join(", "), allowed, "{path}");
    }
}

#[tokio::test]
async fn the_page_shows_every_operation_and_type_and_loads_nothing() {
    let hub = Hub::start().await;
    let reply = call(&hub.url, "GET", "/docs").send().await;
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'"), "{policy}");
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let page = reply.body;
    for loading in ["<script", "<link", "<img", "<iframe", "src=", "url(", "@import", "http://", "https://"] {
        assert!(!page.contains(loading), "{loading}");
    }
    let parts =
        |before: &str| page.split(before).skip(1).map(|rest| rest.split('"').next().unwrap()).collect::<Vec<_>>();
    let ids: HashSet<_> = parts("id=\"").into_iter().collect();
    let linked: HashSet<_> = parts("href=\"#").into_iter().collect();
    assert_eq!(linked.difference(&ids).collect::<Vec<_>>(), Vec::<&&str>::new(), "a link to nowhere");
    let document: Value = serde_json::from_str(&mlhub_server::openapi_document()).unwrap();
    let operations = document["paths"].as_object().unwrap().values().flat_map(|it| it.as_object().unwrap().values());
    let operations = operations.map(|operation| operation["operationId"].as_str().unwrap());
    let types = document["components"]["schemas"].as_object().unwrap().keys().map(String::as_str);
    for shown in operations.chain(types) {
        assert!(linked.contains(shown) && ids.contains(shown), "{shown} is not shown");
    }
}
