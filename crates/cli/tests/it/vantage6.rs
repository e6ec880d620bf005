//! vantage6 from a shell: logins, keys, tasks and what they give, against a stand-in of a hub and its identity
//! provider.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use mlhub::testing::{Lab, Port, Reply, SeenRequest};
use serde_json::{Value, json};

use crate::support::{Home, Ran};

const SECRET: &str = "canary-client-secret-9f2c";

/// What the stand-in knows.
#[derive(Default)]
struct State {
    public_key: Option<String>,
    /// Looks at the device's login so far.
    asked: u32,
    killed: bool,
    task: Value,
}

/// A stand-in of one hub with organization 2, collaboration 1, session 3, and task 5 with run 9.
struct Hub {
    lab: Lab,
    port: Port,
    state: Arc<Mutex<State>>,
}

fn link(id: i64) -> Value {
    json!({"id": id, "link": format!("/thing/{id}"), "methods": ["GET"]})
}

fn page(items: Value) -> Value {
    json!({"data": items, "links": {"first": null, "self": null, "next": null, "prev": null, "last": null}})
}

fn task(status: &str) -> Value {
    json!({"id": 5, "name": "mean", "status": status, "image": "average", "method": "central", "session": link(3), "collaboration": link(1)})
}

fn answer(seen: &SeenRequest, url: &str, state: &mut State) -> Option<Reply> {
    let form = String::from_utf8_lossy(&seen.body).into_owned();
    let path = seen.path();
    if let Some(rest) = path.strip_prefix("/realms/vantage6/") {
        return Some(match rest {
            ".well-known/openid-configuration" => Reply::json(&json!({
                "issuer": format!("{url}/realms/vantage6"),
                "token_endpoint": format!("{url}/realms/vantage6/token"),
                "device_authorization_endpoint": format!("{url}/realms/vantage6/device"),
            })),
            "device" | "protocol/openid-connect/auth/device" => Reply::json(&json!({
                "device_code": "device-1", "user_code": "ABCD-EFGH", "verification_uri": "http://login.test/device",
                "verification_uri_complete": "http://login.test/device?user_code=ABCD-EFGH", "expires_in": 600, "interval": 0,
            })),
            _ if form.contains("device_code=device-1") => {
                state.asked += 1;
                match state.asked {
                    1 => Reply::status(400).with_json(&json!({"error": "authorization_pending"})),
                    _ => {
                        Reply::json(&json!({"access_token": "by-device", "refresh_token": "again", "expires_in": 300}))
                    }
                }
            }
            _ if form.contains(&format!("client_secret={SECRET}")) => {
                Reply::json(&json!({"access_token": "by-secret", "expires_in": 300}))
            }
            _ => {
                Reply::status(401).with_json(&json!({"error": "invalid_client", "error_description": "Invalid client"}))
            }
        });
    }
    if path == "/version" {
        return Some(Reply::json(&json!({"version": "5.0.3"})));
    }
    let known = ["Bearer by-device", "Bearer by-secret", "Bearer canary-token"];
    if !known.contains(&seen.header("authorization").unwrap_or_default()) {
        return Some(Reply::status(401).with_json(&json!({"msg": "Missing Authorization Header"})));
    }
    let organization = |key: &Option<String>| json!({"id": 2, "name": "NKI", "country": "NL", "public_key": key});
    Some(match (seen.method.as_str(), path) {
        ("GET", "/user/me") => Reply::json(&json!({"id": 1, "username": "svc", "organization": link(2)})),
        ("GET", "/organization/2") => Reply::json(&organization(&state.public_key)),
        ("PATCH", "/organization/2") => {
            state.public_key = seen.json()["public_key"].as_str().map(str::to_owned);
            Reply::json(&organization(&state.public_key))
        }
        ("GET", "/organization") => Reply::json(&page(json!([organization(&None)]))),
        ("GET", "/organization/3") => Reply::status(404).with_json(&json!({"msg": "Organization id=3 not found!"})),
        ("GET", "/collaboration/1") => Reply::json(&json!({"id": 1, "name": "c", "encrypted": false})),
        ("GET", "/blobstream/status") => Reply::json(&json!({"blob_store_enabled": false})),
        ("POST", "/task") => {
            state.task = seen.json();
            Reply::status(201).with_json(&task("awaiting"))
        }
        ("GET", "/task/5/status") => {
            Reply::json(&json!({"id": 5, "status": if state.killed { "failed" } else { "completed" }}))
        }
        ("GET", "/task/5") => Reply::json(&task("completed")),
        ("GET", "/task") => Reply::json(&page(json!([task("completed")]))),
        ("POST", "/kill/task") => {
            state.killed = true;
            Reply::json(&json!({"msg": "killed"}))
        }
        ("GET", "/run") => {
            let status = if state.killed { "killed by user" } else { "completed" };
            Reply::json(&page(
                json!([{"id": 9, "status": status, "organization": link(2), "blob_storage_used": false, "log": "line one\nboom"}]),
            ))
        }
        ("GET", "/run/9") => {
            Reply::json(&json!({"id": 9, "status": "completed", "organization": link(2), "log": "line one\nline two"}))
        }
        // {"average": 53.25}
        ("GET", "/result/9") => Reply::json(&json!({"id": 9, "result": "eyJhdmVyYWdlIjogNTMuMjV9"})),
        ("GET", "/session/3") => Reply::json(&json!({"id": 3, "name": "s", "collaboration": link(1), "study": null})),
        ("GET", "/session/3/dataframe") => Reply::json(&page(json!([{"id": 7, "name": "df", "ready": true}]))),
        ("POST", "/session/3/dataframe") => {
            state.task = seen.json();
            Reply::status(201)
                .with_json(&json!({"id": 7, "name": "df", "last_session_task": task("awaiting"), "session": link(3)}))
        }
        ("GET", "/session/dataframe/7") => Reply::json(&json!({"id": 7, "name": "df", "session": link(3)})),
        ("POST", "/session/dataframe/7/preprocess") => Reply::status(201)
            .with_json(&json!({"id": 7, "name": "df", "last_session_task": task("awaiting"), "session": link(3)})),
        _ => return None,
    })
}

impl Hub {
    async fn start() -> Hub {
        let (lab, state) = (Lab::today(), Arc::new(Mutex::new(State::default())));
        let port = Port::open(&lab).await.unwrap();
        let (url, known) = (port.url(), Arc::clone(&state));
        lab.rule(move |seen| answer(seen, &url, &mut known.lock().unwrap()));
        Hub { lab, port, state }
    }

    /// A home that knows the hub and where logins are made.
    fn outside(&self) -> Home {
        Home::new().with("MLHUB_VANTAGE6_URL", &self.port.url()).with("MLHUB_VANTAGE6_AUTH_URL", &self.port.url())
    }

    fn home(&self) -> Home {
        self.outside().with("MLHUB_VANTAGE6_TOKEN", "canary-token")
    }
}

async fn run(home: Home, args: &[&str]) -> (Home, Ran) {
    let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
    let done = tokio::task::spawn_blocking(move || {
        let ran = home.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        (home, ran)
    });
    done.await.unwrap()
}

const TASK: &[&str] = &[
    "vantage6",
    "task",
    "create",
    "--image",
    "average",
    "--method",
    "central",
    "--collaboration",
    "1",
    "--organizations",
    "2",
    "--session",
    "3",
    "--arguments",
    r#"{"column": "age"}"#,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_account_logs_in_and_its_login_is_kept() {
    let hub = Hub::start().await;
    let home = hub.outside().with("MLHUB_VANTAGE6_CLIENT_SECRET", SECRET);
    let (home, ran) = run(home, &["vantage6", "login", "--service-account", "svc"]).await;
    assert!(ran.stderr.contains("logged in to ") && ran.stderr.contains(" as svc"), "{ran:?}");
    assert!(!ran.stderr.contains(SECRET) && !ran.stderr.contains("by-secret"), "{ran:?}");
    ran.ok();
    let (home, ran) = run(home, &["vantage6", "whoami", "-o", "json"]).await;
    let me: Value = serde_json::from_str(&ran.ok()).unwrap();
    assert_eq!((&me["username"], &me["organization"]["name"]), (&json!("svc"), &json!("NKI")));
    let (_, ran) = run(home, &["vantage6", "login", "--service-account", "svc", "--url", "http://127.0.0.1:1"]).await;
    ran.fails(10);
    let wrong = hub.outside().with("MLHUB_VANTAGE6_CLIENT_SECRET", "wrong");
    let (_, ran) = run(wrong, &["vantage6", "login", "--service-account", "svc"]).await;
    let said = ran.fails(3);
    assert!(said.contains("Invalid client"), "{said}");
    let (_, ran) = run(hub.outside(), &["vantage6", "whoami"]).await;
    ran.fails(3);
    // Without a login before: name and secret in the environment.
    let named = hub.outside().with("MLHUB_VANTAGE6_USERNAME", "svc").with("MLHUB_VANTAGE6_CLIENT_SECRET", SECRET);
    let (named, ran) = run(named, &["vantage6", "organization", "list", "-q"]).await;
    assert_eq!(ran.ok(), "2\n");
    let (_, ran) = run(named, &["vantage6", "whoami", "-q"]).await;
    assert_eq!(ran.ok(), "svc\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_logs_in_at_another_device() {
    let hub = Hub::start().await;
    let (home, ran) = run(hub.outside(), &["vantage6", "login"]).await;
    assert!(ran.stderr.contains("open http://login.test/device?user_code=ABCD-EFGH\n"), "{ran:?}");
    assert!(ran.stderr.contains("ABCD-EFGH, within 10 minutes"), "{ran:?}");
    assert_eq!(ran.ok(), "");
    let (_, ran) = run(home, &["vantage6", "organization", "list"]).await;
    assert_eq!(ran.ok(), "2\tNKI\tNL\t\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_profile_says_where_the_hub_and_its_logins_are() {
    let hub = Hub::start().await;
    let home = Home::new().with("MLHUB_VANTAGE6_CLIENT_SECRET", SECRET);
    let folder = home.path().join("config/mlhub");
    std::fs::create_dir_all(&folder).unwrap();
    let url = hub.port.url();
    let profile = format!(
        "profiles:\n  default:\n    vantage6:\n      hq_url: {url}\n      auth_url: {url}\n      keycloak_realm: vantage6\n      keycloak_client: my_client\n      organization_key: {}\n",
        home.path().join("key.pem").display()
    );
    std::fs::write(folder.join("config.yaml"), profile).unwrap();
    let (home, ran) = run(home, &["vantage6", "key", "new", "key.pem"]).await;
    ran.ok();
    let (home, ran) = run(home, &["vantage6", "login", "--service-account", "svc"]).await;
    ran.ok();
    let (home, ran) = run(home, &["vantage6", "key", "show", "-o", "json"]).await;
    let shown: Value = serde_json::from_str(&ran.ok()).unwrap();
    assert_eq!(shown["registered"], "no");
    let kept = std::fs::read_to_string(folder.join("config.yaml")).unwrap();
    assert!(kept.contains("keycloak_client: my_client"), "{kept}");
    let (_, ran) = run(home, &["vantage6", "login"]).await;
    ran.ok();
    assert!(hub.lab.seen().iter().any(|seen| String::from_utf8_lossy(&seen.body).contains("client_id=my_client")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_made_shown_and_registered_and_never_replaced_by_itself() {
    let hub = Hub::start().await;
    let (home, ran) = run(hub.home(), &["vantage6", "key", "new", "a.pem"]).await;
    let public = ran.ok();
    let path = home.path().join("a.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let (home, ran) = run(home, &["vantage6", "key", "new", "a.pem"]).await;
    ran.fails(5);
    let (home, ran) = run(home, &["vantage6", "key", "show"]).await;
    let said = ran.fails(2);
    assert!(said.contains("no private key is named"), "{said}");
    let home = home.with("MLHUB_VANTAGE6_PRIVATE_KEY", path.to_str().unwrap());
    let (home, ran) = run(home, &["vantage6", "key", "register"]).await;
    ran.ok();
    assert_eq!(hub.state.lock().unwrap().public_key.as_deref(), Some(public.trim()));
    let (home, ran) = run(home, &["vantage6", "key", "show"]).await;
    assert_eq!(ran.ok(), format!("{}\tyes\n", public.trim()));
    hub.state.lock().unwrap().public_key = Some("another".to_owned());
    let (home, ran) = run(home, &["vantage6", "key", "register"]).await;
    let said = ran.fails(5);
    assert!(said.trim_end().ends_with("next: mlhub vantage6 key register --replace"), "{said}");
    assert_eq!(hub.state.lock().unwrap().public_key.as_deref(), Some("another"));
    let (_, ran) = run(home, &["vantage6", "key", "register", "--replace"]).await;
    ran.ok();
    assert_eq!(hub.state.lock().unwrap().public_key.as_deref(), Some(public.trim()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_made_waited_for_and_shown_decrypted() {
    let hub = Hub::start().await;
    let (home, ran) = run(hub.home(), TASK).await;
    assert!(ran.stderr.contains("to wait for it: mlhub vantage6 task wait 5"), "{ran:?}");
    assert_eq!(ran.ok(), "5\n");
    let sent = hub.state.lock().unwrap().task.clone();
    assert_eq!(sent["organizations"][0]["id"], 2);
    // {"column":"age"}
    assert_eq!(sent["organizations"][0]["arguments"], "eyJjb2x1bW4iOiJhZ2UifQ==");
    let (home, ran) = run(home, &[TASK, &["--wait"]].concat()).await;
    assert_eq!(ran.ok(), "9\t2\tcompleted\t{\"average\":53.25}\n");
    let (home, ran) = run(home, &["vantage6", "task", "wait", "5", "-o", "json"]).await;
    let rows: Value = serde_json::from_str(&ran.ok()).unwrap();
    assert_eq!(rows, json!([{"run": 9, "organization": 2, "status": "completed", "result": {"average": 53.25}}]));
    let (home, ran) = run(home, &["vantage6", "task", "get", "5", "--include-results"]).await;
    let whole: Value = serde_json::from_str(&ran.ok()).unwrap();
    assert_eq!((&whole["id"], &whole["results"][0]["result"]["average"]), (&json!(5), &json!(53.25)));
    let picked = ["vantage6", "task", "get", "5", "--include-results", "--fields", "id,results.0.result.average"];
    let (home, ran) = run(home, &picked).await;
    assert_eq!(ran.ok(), "5\t53.25\n");
    let (home, ran) = run(home, &["vantage6", "task", "get", "5", "--fields", "name,session.id"]).await;
    assert_eq!(ran.ok(), "mean\t3\n");
    let (home, ran) = run(home, &["vantage6", "run", "log", "9"]).await;
    assert_eq!(ran.ok(), "line one\nline two\n");
    let (home, ran) = run(home, &["vantage6", "result", "get", "9"]).await;
    assert_eq!(ran.ok(), "{\"average\": 53.25}");
    let (home, ran) = run(home, &["vantage6", "task", "kill", "5"]).await;
    assert!(ran.stderr.contains("task 5 is being stopped"), "{ran:?}");
    let (_, ran) = run(home, &["vantage6", "task", "wait", "5"]).await;
    let said = ran.fails(8);
    assert!(said.contains("killed by user"), "{said}");
    assert!(said.trim_end().ends_with("next: mlhub vantage6 task get 5 --include-results"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dataframes_are_made_and_changed_and_a_session_is_a_tree() {
    let hub = Hub::start().await;
    let function = ["--image", "average", "--method", "read"];
    let create = ["vantage6", "dataframe", "create", "3", "--label", "default", "--organizations", "2"];
    let (home, ran) = run(hub.home(), &[&create[..], &function].concat()).await;
    assert!(ran.stderr.contains("to wait for it: mlhub vantage6 task wait 5"), "{ran:?}");
    assert_eq!(ran.ok(), "7\n");
    assert_eq!(hub.state.lock().unwrap().task["label"], "default");
    let (home, ran) =
        run(home, &[&["vantage6", "dataframe", "preprocess", "7"], &function[..], &["--wait"]].concat()).await;
    assert_eq!(ran.ok(), "9\t2\tcompleted\t{\"average\":53.25}\n");
    let (_, ran) = run(home, &["vantage6", "session", "tree", "3"]).await;
    let tree = ran.ok();
    assert!(tree.contains("task 5 mean") && tree.contains("df"), "{tree}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_have_filters_and_fields_and_mistakes_have_a_way_on() {
    let hub = Hub::start().await;
    let (home, ran) = run(hub.home(), &["vantage6", "organization", "get", "2", "--fields", "id,name"]).await;
    assert_eq!(ran.ok(), "2\tNKI\n");
    let (home, ran) = run(home, &["vantage6", "task", "list", "--session-id", "3", "-q"]).await;
    assert_eq!(ran.ok(), "5\n");
    let queries: BTreeSet<String> = hub.lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    assert!(queries.iter().any(|query| query.contains("session_id=3")), "{queries:?}");
    let (home, ran) = run(home, &["vantage6", "organization", "get", "3"]).await;
    let said = ran.fails(4);
    assert!(
        said.contains("Organization id=3 not found!")
            && said.trim_end().ends_with("next: mlhub vantage6 organization list"),
        "{said}"
    );
    let (home, ran) = run(home, &["vantage6", "task", "create", "--image", "x"]).await;
    ran.fails(2);
    let wrong = [&TASK[..TASK.len() - 1], &["{\"private\": "]].concat();
    let (home, ran) = run(home, &wrong).await;
    let said = ran.fails(2);
    assert!(said.contains("--arguments is not JSON (line 1") && !said.contains("private"), "{said}");
    let (_, ran) = run(home, &["vantage6", "task", "wait", "many"]).await;
    ran.fails(2);
}
