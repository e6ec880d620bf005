//! Connection settings: options, variables and keys of a profile, and what each of them does.

use std::time::Duration;

use mlhub::clock::{Clock as _, SystemClock};
use mlhub::testing::Reply;
use serde_json::json;

use crate::lab_server::{LabServer, run};
use crate::support::Home;

/// The three ways to say a setting: the words and the home.
fn ways(option: &str, value: &str) -> Vec<(Vec<String>, Home)> {
    let variable = option.to_uppercase().replace('-', "_");
    let profile = Home::new();
    let folder = profile.path().join("config/mlhub");
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!("profiles:\n  default:\n    autotune:\n      {}: {value}\n", option.replace('-', "_"));
    std::fs::write(folder.join("config.yaml"), text).unwrap();
    vec![
        (vec![format!("--{option}"), value.to_owned()], Home::new()),
        (vec![], Home::new().with(&format!("MLHUB_AUTOTUNE_{variable}"), value)),
        (vec![], Home::new().with(&format!("MLHUB_{variable}"), value)),
        (vec![], profile),
    ]
}

async fn list(url: &str, (mut words, home): (Vec<String>, Home)) -> crate::support::Ran {
    words.extend(["autotune", "experiment", "list", "--token", "t", "--url", url].map(str::to_owned));
    run(home, &words.iter().map(String::as_str).collect::<Vec<_>>()).await.1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_is_named_by_an_option_a_variable_or_a_profile() {
    let server = LabServer::always(Reply::json(&json!({"items": [], "total": 0}))).await;
    for way in ways("proxy", &server.url()) {
        list("http://hub.invalid", way).await.ok();
        assert!(server.last().url.contains("http://hub.invalid/v1/experiments"), "{:?}", server.last());
    }
    // And left out, whatever the environment says.
    let home = Home::new().with("HTTP_PROXY", "http://127.0.0.1:1");
    list(&server.url(), (vec!["--proxy".to_owned(), "none".to_owned()], home)).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_limits_are_named_by_an_option_a_variable_or_a_profile() {
    let server = LabServer::always(Reply::hang()).await;
    for option in ["attempt-timeout", "call-timeout"] {
        for way in ways(option, "150ms") {
            let began = SystemClock::new();
            let said = list(&server.url(), way).await.fails(7);
            assert!(began.now() < Duration::from_secs(20), "{option}: {said}");
        }
    }
    for option in ["attempt-timeout", "call-timeout", "connect-timeout", "idle-timeout"] {
        for way in ways(option, "soon") {
            let said = list(&server.url(), way).await.fails(2);
            let name = option.replace('-', "_");
            let named = [format!("--{option}"), name.to_uppercase(), format!("default.autotune.{name}")];
            assert!(named.iter().any(|name| said.contains(name)) && said.contains("90s"), "{said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authorities_and_certificates_are_named_by_an_option_a_variable_or_a_profile() {
    for option in ["ca-file"] {
        for way in ways(option, "/nowhere/ca.pem") {
            let said = list("https://127.0.0.1:1", way).await.fails(2);
            assert!(said.contains("/nowhere/ca.pem"), "{said}");
        }
    }
    for (option, other) in [("client-certificate", "--client-key"), ("client-key", "--client-certificate")] {
        for way in ways(option, "/nowhere/client.pem") {
            let said = list("https://127.0.0.1:1", way).await.fails(2);
            assert!(said.contains(other), "{said}");
        }
    }
    // Who speaks plainly needs none of them.
    let server = LabServer::always(Reply::json(&json!({"items": [], "total": 0}))).await;
    for way in ways("ca-file", "/nowhere/ca.pem") {
        list(&server.url(), way).await.ok();
    }
}

#[test]
fn every_connection_setting_is_explained_with_its_source() {
    let home = Home::new().with("MLHUB_CALL_TIMEOUT", "10s").with("MLHUB_LOUDML_CALL_TIMEOUT", "20s");
    let told = home.run(&["config", "explain", "--connect-timeout", "1s"]).ok();
    for line in [
        "autotune.call_timeout\t10s\tenvironment\tMLHUB_CALL_TIMEOUT\n",
        "loudml.call_timeout\t20s\tenvironment\tMLHUB_LOUDML_CALL_TIMEOUT\n",
        "auger.connect_timeout\t1s\tflag\t--connect-timeout\n",
        "vantage6.idle_timeout\t1m\tdefault\tMLHUB_VANTAGE6_IDLE_TIMEOUT\n",
    ] {
        assert!(told.contains(line), "{told}");
    }
}
