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

/// The keys of this line each, in a file of that home.
fn key_file(home: &Home, keys: &[&str]) -> String {
    let file = home.path().join("keys");
    std::fs::write(&file, format!("# the first one signs\n\n{}\n", keys.join("\n"))).unwrap();
    file.display().to_string()
}

#[cfg(unix)]
#[tokio::test]
async fn keys_in_a_file_take_turns_and_an_old_one_is_good_until_it_is_taken_out() {
    const OLD: &str = "canary-old-key-0123456789abcdefghijk";
    const NEW: &str = "canary-new-key-0123456789abcdefghijk";
    let home = Home::new();
    let hub = Served::start(&home, &["--key-file", &key_file(&home, &[OLD])]);
    let signup = serde_json::json!({"email": "a@example.org", "password": "hunter2hunter2"});
    assert_eq!(call(&hub.url, "POST", "/user/signup").json(&signup).send().await.status, 201);
    let form = [("username", "a@example.org"), ("password", "hunter2hunter2")];
    let login = call(&hub.url, "POST", "/auth/token").form(&form).send().await.json();
    let token = login["access_token"].as_str().unwrap().to_owned();
    hub.stop();
    for (keys, status) in [(&[NEW, OLD][..], 200), (&[NEW], 401)] {
        let hub = Served::start(&home, &["--key-file", &key_file(&home, keys)]);
        let me = call(&hub.url, "GET", "/auth/me").bearer(&token).send().await;
        assert_eq!(me.status, status, "{me:?}");
        hub.stop();
    }
    let log = served_hub::log(&home);
    assert!(!log.contains(OLD) && !log.contains(NEW));
    for bad in [&["short"][..], &[], &[NEW, "short"]] {
        let said = home.run(&["serve", "--key-file", &key_file(&home, bad)]).fails(2);
        assert!(said.contains("MLHUB_JWT_SECRET") && !said.contains(NEW), "{said}");
    }
    let said = home.run(&["serve", "--key-file", "/no/such/file"]).fails(2);
    assert!(said.contains("/no/such/file cannot be read: No such file"), "{said}");
}

#[test]
fn a_key_of_blanks_is_no_key() {
    for blank in [" ".repeat(40), "\t".repeat(40), format!("short{}", " ".repeat(40))] {
        let said = Home::new().with("MLHUB_JWT_SECRET", &blank).run(&["serve", "--listen", "127.0.0.1:0"]).fails(2);
        assert!(said.contains("blanks do not"), "{said}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn signups_are_closed_or_by_invitation_where_it_is_said() {
    let home = served_hub::home();
    let hub = Served::start(&home, &["--signup", "invite"]);
    let invitation = home.run(&["serve", "--invite", "Ann@example.org"]).ok();
    let mut account = serde_json::json!({"email": "ann@example.org", "password": "hunter2hunter2"});
    assert_eq!(call(&hub.url, "POST", "/user/signup").json(&account).send().await.status, 403);
    account["invitation"] = invitation.trim().into();
    assert_eq!(call(&hub.url, "POST", "/user/signup").json(&account).send().await.status, 201);
    hub.stop();
    let home = served_hub::home().with("MLHUB_SERVE_SIGNUP", "closed");
    let hub = Served::start(&home, &[]);
    assert_eq!(call(&hub.url, "POST", "/user/signup").json(&account).send().await.status, 403);
    hub.stop();
    let said = served_hub::home().run(&["serve", "--signup", "sometimes"]).fails(2);
    assert!(said.contains("open, invite, closed"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_hub_that_others_can_reach_says_that_it_speaks_plain_http() {
    let home = served_hub::home();
    let hub = Served::start_on(&home, "0.0.0.0:0", &[]);
    crate::ready::until("the warning", || served_hub::log(&home).contains("put a proxy with TLS in front"));
    hub.stop();
    let home = served_hub::home();
    Served::start(&home, &[]).stop();
    assert!(!served_hub::log(&home).contains("TLS"), "on this machine alone nobody is on the way");
}

#[cfg(unix)]
#[tokio::test]
async fn how_long_a_client_may_take_is_a_setting() {
    use tokio::io::AsyncReadExt as _;
    let home = served_hub::home().with("MLHUB_SERVE_HEADER_TIMEOUT", "1s");
    let hub = Served::start(&home, &["--body-timeout", "1s", "--keep-alive-timeout", "2s", "--max-connections", "50"]);
    let mut silent = tokio::net::TcpStream::connect(hub.url.strip_prefix("http://").unwrap()).await.unwrap();
    assert_eq!(silent.read(&mut [0]).await.unwrap_or(0), 0, "it is closed");
    hub.stop();
    let said = served_hub::home().run(&["serve", "--keep-alive-timeout", "0s"]).fails(2);
    assert!(said.contains("--keep-alive-timeout"), "{said}");
}
