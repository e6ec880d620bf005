//! Authentication methods of the original's description, with the curl program and its words.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{COVARS, Hub, text};

/// Runs curl; gives the status and the body.
async fn curl(arguments: &[&str]) -> (u16, Value) {
    let mut command = Command::new("curl");
    command.args(["-s", "-w", "\n%{http_code}"]).args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().expect("curl is needed here");
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// A new experiment, an ask and a tell, each shown by `way`.
async fn round(hub: &Hub, way: &[&str]) {
    let kind = "Content-Type: application/json";
    let url = |path: &str| format!("{}{path}", hub.url);
    let curl = async |arguments: &[&str]| curl(&[arguments, way].concat()).await;
    let body = format!("{{\"name\": \"some_name\", \"covars\": {COVARS}}}");
    let (status, made) = curl(&["-X", "POST", &url("/experiment/new"), "-H", kind, "-d", &body]).await;
    assert_eq!(status, 201, "{made}");
    let id = text(&made, "exp_uuid");
    let (status, ask) = curl(&["-X", "GET", &url(&format!("/experiment/ask/{id}"))]).await;
    assert_eq!(status, 200, "{ask}");
    let tell = json!({"covars_tell": ask["covars_next_exp"], "response_tell": "[{\"Response\": 1.5}]"}).to_string();
    let tell_url = url(&format!("/experiment/tell/{id}"));
    let (status, told) = curl(&["-X", "POST", &tell_url, "-H", kind, "-d", &tell]).await;
    assert_eq!((status, &told["response_sampled_iter"]), (202, &json!(1)), "{told}");
}

#[tokio::test]
async fn header_based_validation() {
    let hub = Hub::start().await;
    let user = hub.user("test@test.com").await;
    let bearer = format!("Authorization: Bearer {}", user.token);
    let url = format!("{}/auth/header-me", hub.url);
    let (status, me) = curl(&["-X", "POST", &url, "-H", "Accept: application/json", "-H", &bearer]).await;
    assert_eq!((status, &me["username"]), (200, &json!("test@test.com")));
    let fresh = format!("Authorization: Bearer {}", text(&me, "access_token"));
    let (status, me) = curl(&["-X", "POST", &url, "-H", "Accept: application/json", "-H", &fresh]).await;
    assert_eq!((status, &me["uuid"]), (200, &json!(user.uuid)));
    round(&hub, &["-H", &bearer]).await;
}

#[tokio::test]
async fn login_based_validation() {
    let hub = Hub::start().await;
    let user = hub.user("test@test.com").await;
    let folder = TempDir::new().unwrap();
    let jar = folder.path().join("jar");
    let jar = jar.to_str().unwrap();
    let url = |path: &str| format!("{}{path}", hub.url);
    let kind = "Content-type: application/x-www-form-urlencoded";
    let form = "username=test@test.com&password=CHANGEME";
    let login = url("/auth/login");
    let login = ["-X", "POST", &login, "-H", "accept: application/json", "-H", kind, "-d", form];
    let (status, token) = curl(&[&login[..], &["-c", jar]].concat()).await;
    assert_eq!((status, &token["token_type"]), (200, &json!("bearer")));
    assert!(std::fs::read_to_string(jar).unwrap().contains("#HttpOnly_127.0.0.1"));
    let me = url("/auth/me");
    let (status, shown) = curl(&["-X", "GET", &me, "-b", jar]).await;
    assert_eq!((status, &shown["uuid"]), (200, &json!(user.uuid)));
    round(&hub, &["-b", jar]).await;
    let (status, shown) = curl(&["-X", "GET", &me]).await;
    assert_eq!((status, shown), (401, json!({"detail": "Not authenticated"})), "without the jar nobody is known");
    let (status, _) = curl(&["-X", "POST", &url("/auth/logout"), "-b", jar, "-c", jar]).await;
    assert_eq!(status, 200);
    assert!(!std::fs::read_to_string(jar).unwrap().contains("mlhub_session"), "a logout empties the jar");
}

#[tokio::test]
async fn http_validation() {
    let hub = Hub::start().await;
    let user = hub.user("test@test.com").await;
    let url = |path: &str| format!("{}{path}", hub.url);
    let (status, me) = curl(&["-u", "test@test.com:CHANGEME", &url("/auth/me")]).await;
    assert_eq!((status, &me["uuid"]), (200, &json!(user.uuid)));
    let (status, me) = curl(&["-X", "POST", "-u", "test@test.com:CHANGEME", &url("/auth/header-me")]).await;
    assert_eq!((status, &me["username"]), (200, &json!("test@test.com")));
    round(&hub, &["-u", "test@test.com:CHANGEME"]).await;
    let (status, refused) = curl(&["-u", "test@test.com:wrong", &url("/auth/me")]).await;
    assert_eq!((status, refused), (401, json!({"detail": "Incorrect username or password"})));
}
