//! Server command `serve`: it starts, says where, and stops in good order.

#[cfg(unix)]
use crate::client::call;
use crate::served_hub::{self, KEY, Served};
use crate::support::Home;

#[cfg(unix)]
#[test]
fn it_says_where_it_listens_and_ends_well_when_it_is_told_to() {
    for name in ["-INT", "-TERM"] {
        let home = served_hub::home();
        let mut hub = Served::start(&home, &[]);
        assert!(hub.url.starts_with("http://127.0.0.1:"), "{}", hub.url);
        home.run(&["call", "autotune", "hub_info", "--url", &hub.url]).ok();
        hub.signal(name);
        assert_eq!(hub.wait().code(), Some(0));
        assert!(!served_hub::log(&home).contains(KEY));
    }
}

#[cfg(unix)]
#[test]
fn what_was_kept_is_there_after_a_restart() {
    let home = served_hub::home();
    let hub = Served::start(&home, &[]);
    let signup = ["call", "autotune", "user_signup", "email=a@example.org", "password=hunter2hunter2"];
    home.run(&[&signup[..], &["--url", &hub.url]].concat()).ok();
    hub.stop();
    let hub = Served::start(&home, &["--token-lifetime", "2h"]);
    let login = ["login", "autotune", "--username", "a@example.org", "--password-stdin", "--url", &hub.url];
    home.run_with_stdin(&login, "hunter2hunter2").ok();
    hub.stop();
}

#[test]
fn without_a_key_it_starts_for_development_on_this_machine_only() {
    let listen = |address: &'static str| ["serve", "--database", "sqlite://hub.sqlite", "--listen", address];
    let said = Home::new().run(&listen("127.0.0.1:0")).fails(2);
    assert!(said.contains("MLHUB_JWT_SECRET"), "{said}");
    Home::new().run(&[&listen("0.0.0.0:0")[..], &["--development"]].concat()).fails(2);
    let said = Home::new().with("MLHUB_JWT_SECRET", "short").run(&listen("127.0.0.1:0")).fails(2);
    assert!(!said.contains("short:") && said.contains("32"), "{said}");
    let home = Home::new();
    let mut hub = Served::start(&home, &["--development"]);
    home.run(&["call", "autotune", "hub_info", "--url", &hub.url]).ok();
    hub.kill();
}

#[cfg(unix)]
#[tokio::test]
async fn behind_a_proxy_cookies_are_for_https_and_callers_are_counted_where_the_proxy_says() {
    let home = served_hub::home();
    let mut hub = Served::start(&home, &["--secure-cookies", "--trust-proxy", "::1", "--trust-proxy", "127.0.0.2"]);
    let signup = serde_json::json!({"email": "a@example.org", "password": "hunter2hunter2"});
    assert_eq!(call(&hub.url, "POST", "/user/signup").json(&signup).send().await.status, 201);
    let login = async |caller: &str, password: &str| {
        let form = [("username", "a@example.org"), ("password", password)];
        let login = call(&hub.url, "POST", "/auth/login").from("127.0.0.2").header("X-Forwarded-For", caller);
        login.form(&form).send().await
    };
    for _ in 0..5 {
        assert_eq!(login("192.0.2.7", "wrong").await.status, 401);
    }
    assert_eq!(login("192.0.2.7", "wrong").await.status, 429);
    let reply = login("192.0.2.8", "hunter2hunter2").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(reply.header("set-cookie").unwrap().ends_with("; Secure"), "{reply:?}");
    hub.kill();
    let said = home.run(&["serve", "--trust-proxy", "proxy.example.org"]).fails(2);
    assert!(said.contains("--trust-proxy"), "{said}");
}

#[test]
fn the_document_is_printed_without_a_key() {
    let text = Home::new().run(&["serve", "--print-openapi"]).ok();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.0"));
    assert_eq!(text, mlhub_server::openapi_document());
}
