//! Files of profiles: what people have written stays as it is, mistakes have a place, and a login has all that it needs.

use std::path::PathBuf;

use mlhub::testing::{Reply, SeenRequest};
use serde_json::json;

use crate::hub_in_process::{HUB, PASSWORD, USER};
use crate::lab_server::{LabServer, run};
use crate::support::{Home, Ran};

/// Writes the config file of a home; its path.
fn config(home: &Home, text: &str) -> PathBuf {
    let folder = home.path().join("config/mlhub");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.yaml"), text).unwrap();
    folder.join("config.yaml")
}

fn login(home: &Home, more: &[&str]) -> Ran {
    let args = ["login", "autotune", "--username", USER, "--password-stdin"];
    home.run_with_stdin(&[&args[..], more].concat(), PASSWORD)
}

#[cfg(unix)]
#[test]
fn a_login_leaves_every_byte_of_the_config_file_its_link_and_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let text = format!(
        "# my hubs\nprofiles:\n  default: {{autotune: {{url: \"{}\"}}}}   # the one here\n\n  # later\n  work:\n",
        HUB.url
    );
    let real = home.path().join("dotfiles.yaml");
    std::fs::write(&real, &text).unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::create_dir_all(home.path().join("config/mlhub")).unwrap();
    let link = home.path().join("config/mlhub/config.yaml");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    login(&home, &[]).ok();
    home.run(&["autotune", "experiment", "list"]).ok();
    home.run(&["logout", "autotune"]).ok();
    assert_eq!(std::fs::read_to_string(&real).unwrap(), text);
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}

#[cfg(unix)]
#[test]
fn the_file_of_logins_may_be_a_link_as_well() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = HUB.outside();
    let real = home.path().join("elsewhere.yaml");
    std::fs::create_dir_all(home.path().join("config/mlhub")).unwrap();
    let link = home.path().join("config/mlhub/credentials.yaml");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    login(&home, &[]).ok();
    assert!(link.symlink_metadata().unwrap().is_symlink() && real.is_file());
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    home.run(&["whoami", "autotune"]).ok();
}

#[test]
fn a_profile_that_is_nowhere_is_an_error_that_lists_the_profiles() {
    let home = HUB.home();
    config(&home, "profiles:\n  work:\n    autotune:\n      url: http://127.0.0.1:1\n");
    for command in [&["whoami", "autotune"][..], &["autotune", "experiment", "list"], &["logout", "autotune"]] {
        let said = home.run(&[command, &["--profile", "wrok"]].concat()).fails(2);
        assert!(said.contains("no profile \"wrok\" (--profile); there is default, work"), "{said}");
    }
    // A login may make a new one, for a server that is named.
    login(&home, &["--profile", "new"]).ok();
    let said = login(&Home::new(), &["--profile", "new"]).fails(2);
    assert!(said.contains("no profile \"new\""), "{said}");
    home.run(&["whoami", "autotune", "--profile", "new"]).ok();
    let by_variable = Home::new().with("MLHUB_PROFILE", "nowhere").run(&["config", "explain"]).fails(2);
    assert!(by_variable.contains("MLHUB_PROFILE"), "{by_variable}");
}

#[test]
fn a_mistake_in_the_config_file_has_line_column_and_reason() {
    for (text, place, reason) in [
        ("profiles:\n\tdefault:\n", ":2:", "tab"),
        ("profiles:\n  default:\n    autotune:\n      url: http://a\n      url: http://b\n", ":5:7: ", "uplicate"),
        (
            "profiles:\n  default:\n    autotune:\n      url: 8008\n",
            ":4:12: ",
            "`url` is a number where a text belongs",
        ),
    ] {
        let home = Home::new();
        let path = config(&home, text);
        let said = home.run(&["autotune", "experiment", "list"]).fails(2);
        assert!(said.contains(&format!("{}{place}", path.display())) && said.contains(reason), "{text:?}: {said}");
    }
}

#[test]
fn a_login_elsewhere_says_which_address_counts() {
    let other = HUB.url.replace("127.0.0.1", "localhost");
    // What was written by hand stays, and is named.
    let home = Home::new();
    let path = config(&home, &format!("profiles:\n  default:\n    autotune:\n      url: {}\n", HUB.url));
    let before = std::fs::read_to_string(&path).unwrap();
    let ran = login(&home, &["--url", &other]);
    assert!(ran.stderr.contains(&HUB.url) && ran.stderr.contains(&format!("--url {other}")), "{ran:?}");
    ran.ok();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    home.run(&["whoami", "autotune"]).fails(3);
    home.run(&["whoami", "autotune", "--url", &other]).ok();
    // Without such, the latest login counts, and the one before it is kept.
    let home = Home::new();
    assert!(!login(&home, &["--url", &HUB.url]).stderr.contains("warning"));
    let ran = login(&home, &["--url", &other]);
    assert!(ran.stderr.contains("from now on") && ran.stderr.contains(&HUB.url), "{ran:?}");
    assert!(home.run(&["whoami", "autotune"]).ok().contains(&other));
    home.run(&["whoami", "autotune", "--url", &HUB.url]).ok();
    let told = home.run(&["config", "explain", "autotune"]).ok();
    assert!(told.contains(&format!("autotune.url\t{other}\tlogin\tcredentials.yaml\n")), "{told}");
}

/// A hub and its identity provider with a realm and a client of their own, whose tokens end at once.
fn answer(seen: &SeenRequest) -> Option<Reply> {
    let form = String::from_utf8_lossy(&seen.body).into_owned();
    if seen.path().starts_with("/realms/own/") {
        let of_client = form.contains("client_id=own_client");
        return Some(match () {
            () if seen.path().ends_with("openid-configuration") => {
                let base = seen.url.split("/.well-known").next().unwrap_or_default();
                Reply::json(&json!({
                    "issuer": base,
                    "token_endpoint": format!("{base}/token"),
                    "device_authorization_endpoint": format!("{base}/auth/device"),
                }))
            }
            () if !of_client => Reply::status(401).with_json(&json!({"error": "invalid_client"})),
            () if seen.path().ends_with("/auth/device") => Reply::json(&json!({
                "device_code": "d", "user_code": "U", "verification_uri": "http://login.test", "expires_in": 600,
                "interval": 0,
            })),
            () if form.contains("refresh_token=once") => {
                Reply::json(&json!({"access_token": "second", "refresh_token": "twice", "expires_in": 300}))
            }
            () if form.contains("device_code=d") => {
                Reply::json(&json!({"access_token": "first", "refresh_token": "once", "expires_in": 1}))
            }
            () => Reply::status(400).with_json(&json!({"error": "invalid_grant"})),
        });
    }
    Some(match (seen.path(), seen.header("authorization")) {
        ("/version", _) => Reply::json(&json!({"version": "5.0.3"})),
        (_, Some("Bearer first" | "Bearer second")) => match seen.path() {
            "/user/me" => Reply::json(
                &json!({"id": 1, "username": "me", "organization": {"id": 2, "link": "/organization/2", "methods": []}}),
            ),
            _ => Reply::json(&json!({"id": 2, "name": "NKI"})),
        },
        _ => Reply::status(401).with_json(&json!({"msg": "no"})),
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_renews_itself_in_an_empty_environment() {
    let server = LabServer::start(answer).await;
    let folder = tempfile::tempdir().unwrap();
    let named = Home::new()
        .with("XDG_CONFIG_HOME", folder.path().to_str().unwrap())
        .with("MLHUB_VANTAGE6_AUTH_URL", &server.url())
        .with("MLHUB_VANTAGE6_REALM", "own")
        .with("MLHUB_VANTAGE6_CLIENT", "own_client");
    let (_, ran) = run(named, &["vantage6", "login", "--url", &server.url()]).await;
    ran.ok();
    // Another shell, with nothing of that set.
    let home = Home::new().with("XDG_CONFIG_HOME", folder.path().to_str().unwrap());
    let (home, ran) = run(home, &["vantage6", "whoami", "-q"]).await;
    assert_eq!(ran.ok(), "me\n");
    let kept = std::fs::read_to_string(folder.path().join("mlhub/credentials.yaml")).unwrap();
    assert!(kept.contains("twice") && kept.contains("own_client") && !kept.contains("once"), "{kept}");
    let (_, ran) = run(home, &["vantage6", "whoami", "-q"]).await;
    ran.ok();
    assert!(!folder.path().join("mlhub/config.yaml").exists());
}

/// A hub with a task whose results are not encrypted.
fn plain(seen: &SeenRequest) -> Option<Reply> {
    let link = |id: i64| json!({"id": id, "link": "/x", "methods": []});
    let page = |items| json!({"data": items, "links": {"next": null}});
    let task = json!({"id": 5, "name": "t", "status": "completed", "image": "i", "method": "m", "session": link(3),
        "collaboration": link(1)});
    Some(match (seen.method.as_str(), seen.path()) {
        (_, "/version") => Reply::json(&json!({"version": "5.0.3"})),
        (_, "/user/me") => Reply::json(&json!({"id": 1, "username": "me", "organization": link(2)})),
        (_, "/collaboration/1") => Reply::json(&json!({"id": 1, "name": "c", "encrypted": false})),
        (_, "/organization") => Reply::json(&page(json!([{"id": 2, "name": "NKI", "public_key": null}]))),
        (_, "/blobstream/status") => Reply::json(&json!({"blob_store_enabled": false})),
        ("POST", "/task") => Reply::status(201).with_json(&task),
        (_, "/kill/task") => Reply::json(&json!({"msg": "killed"})),
        (_, "/task/5/status") => Reply::json(&json!({"id": 5, "status": "completed"})),
        (_, "/task/5") => Reply::json(&task),
        (_, "/task") => Reply::json(&page(json!([task]))),
        (_, "/run") => Reply::json(&page(json!([
            {"id": 9, "status": "completed", "organization": link(2), "blob_storage_used": false}
        ]))),
        (_, "/run/9") => Reply::json(&json!({"id": 9, "status": "active", "organization": link(2)})),
        (_, "/result/9") => Reply::json(&json!({"id": 9, "result": "eyJhdmVyYWdlIjogNTMuMjV9"})),
        (_, "/session/3") => Reply::json(&json!({"id": 3, "name": "s", "collaboration": link(1), "study": null})),
        (_, "/session/3/dataframe") => Reply::json(&page(json!([]))),
        _ => return None,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_asked_for_where_something_is_encrypted_and_nowhere_else() {
    let server = LabServer::start(plain).await;
    let mut home = server.home("vantage6").with("MLHUB_VANTAGE6_PRIVATE_KEY", "/nowhere/key.pem");
    let create = "vantage6 task create --image i --method m --action central_compute --collaboration 1 \
        --organizations 2 --session 3 --wait";
    for line in [
        "vantage6 task kill 5",
        "vantage6 session tree 3",
        "vantage6 run log 9",
        create,
        "vantage6 task wait 5",
        "vantage6 result get 9",
    ] {
        let (back, ran) = run(home, &line.split_whitespace().collect::<Vec<_>>()).await;
        home = back;
        ran.ok();
    }
    let (_, ran) = run(home, &["vantage6", "key", "show"]).await;
    assert!(ran.fails(2).contains("/nowhere/key.pem"));
}
