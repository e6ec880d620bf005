//! Loud ML from a shell: series read and written, models trained and asked, waits detached and resumed.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use mlhub::testing::{Fault, Lab, Port, Reply};
use serde_json::{Value, json};

use crate::guide_page::Page;
use crate::ready;
use crate::support::{Home, Ran};

/// A server with the model `m`, the bucket `b`, and a job of each kind that is over when it is told to be.
struct Server {
    lab: Lab,
    port: Port,
    over: Arc<AtomicBool>,
    written: Arc<Mutex<Vec<Value>>>,
}

fn job(id: &str, over: bool) -> String {
    if id == "bad" {
        let failed = json!([{"id": id, "type": "training", "state": "failed", "error": "too little data", "result": null,
            "duration": 1.5, "end_timestamp": 1795221635.0}]);
        return failed.to_string();
    }
    if !over {
        let running = json!([{"id": id, "type": "training", "state": "running", "result": null, "duration": 0.5,
            "progress": {"eval": 1, "max_evals": 4}}]);
        return running.to_string();
    }
    let result = match id {
        // A bare NaN, as the server writes it.
        "read" => {
            r#"{"timestamps": [1795221000.0, 1795221060.0], "observed": {"avg_foo": [NaN, 15.0], "max_foo": [1.0, 2.5]}}"#
        }
        "forecast" => {
            r#"{"timestamps": [1795221000.0, 1795221060.0, 1795221120.0], "observed": {"avg_foo": [15.4, 15.5, 19.5]},
                "predicted": {"avg_foo": [15.1, 15.2, 15.3], "lower_avg_foo": [14.4, null, 14.6], "upper_avg_foo": [15.8, 15.9, 16.0]},
                "stats": [{"score": 1.5, "anomaly": false}, {"score": 2.5, "anomaly": false}, {"score": 99.5, "anomaly": true}]}"#
        }
        _ => "null",
    };
    format!(
        r#"[{{"id": "{id}", "type": "{id}", "state": "done", "result": {result}, "duration": 2.5, "end_timestamp": 1795221635.0}}]"#
    )
}

impl Server {
    async fn start() -> Server {
        let (lab, over, written) = (Lab::today(), Arc::new(AtomicBool::new(true)), Arc::new(Mutex::new(Vec::new())));
        let (when, points) = (Arc::clone(&over), Arc::clone(&written));
        lab.rule(move |seen| {
            let json = |text: String| Reply::status(200).header("content-type", "application/json").with_pieces([text]);
            let accepted = |id: &str| Some(Reply::status(202).header("content-type", "application/json").with_pieces([format!("\"{id}\"")]));
            match (seen.method.as_str(), seen.path()) {
                ("POST", "/models/m/_train") => accepted("train"),
                ("POST", "/models/tiny/_train") => accepted("bad"),
                ("POST", "/models/m/_forecast" | "/models/m/_eval") => accepted("forecast"),
                ("POST", "/buckets/b/_read") => accepted("read"),
                ("POST", "/buckets/b/_write") => {
                    let mut points = points.lock().unwrap();
                    points.push(seen.json());
                    accepted(&format!("write-{}", points.len()))
                }
                ("GET", path) if path.starts_with("/jobs/") => {
                    Some(json(job(path.trim_start_matches("/jobs/"), when.load(Ordering::SeqCst))))
                }
                ("GET", "/models") => Some(json(
                    json!([
                        {"settings": {"name": "m", "type": "donut", "default_bucket": "b"}, "state": {"trained": true, "loss": 3.5}},
                        {"settings": {"name": "tiny", "type": "donut", "default_bucket": "b"}, "state": {"trained": false}},
                    ])
                    .to_string(),
                )),
                ("GET", "/models/m") => Some(json(json!([{"settings": {"name": "m"}, "state": {"trained": true}}]).to_string())),
                ("GET", path) if path.starts_with("/models/") => {
                    Some(Reply::status(404).header("content-type", "application/json").with_pieces(["\"Model (x) not found\""]))
                }
                _ => None,
            }
        });
        let port = Port::open(&lab).await.unwrap();
        Server { lab, port, over, written }
    }

    fn home(&self) -> Home {
        Home::new().with("MLHUB_LOUDML_URL", &self.port.url())
    }
}

async fn run(home: Home, args: &[&str]) -> (Home, Ran) {
    run_with(home, args, None).await
}

async fn run_with(home: Home, args: &[&str], stdin: Option<&str>) -> (Home, Ran) {
    let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
    let stdin = stdin.map(str::to_owned);
    let done = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = match stdin {
            Some(text) => home.run_with_stdin(&args, &text),
            None => home.run(&args),
        };
        (home, ran)
    });
    done.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn models_are_a_table_with_the_columns_that_people_look_at() {
    let server = Server::start().await;
    let (home, ran) = run(server.home(), &["loudml", "models", "list", "-o", "table"]).await;
    let table = ran.ok();
    assert!(
        table.starts_with(
            "NAME  TYPE   DEFAULT BUCKET  TRAINED  LOSS  STATE\nm     donut  b               true     3.5\n"
        ),
        "{table}"
    );
    let (home, ran) = run(home, &["loudml", "models", "list", "-q"]).await;
    assert_eq!(ran.ok(), "m\ntiny\n");
    let (_, ran) = run(home, &["loudml", "models", "get", "x"]).await;
    let said = ran.fails(4);
    assert!(
        said.contains("Model (x) not found") && said.trim_end().ends_with("next: mlhub loudml models list"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_training_is_started_waited_for_and_fails_with_the_servers_reason() {
    let server = Server::start().await;
    let (home, ran) = run(server.home(), &["loudml", "models", "train", "m", "--from", "now-30d"]).await;
    assert!(ran.stderr.contains("to wait for it: mlhub wait 'mlhub2:loudml/"), "{ran:?}");
    assert_eq!(ran.ok(), "train\n");
    assert!(server.lab.seen()[0].query().contains("from=now-30d"), "{:?}", server.lab.seen()[0].query());
    let (home, ran) = run(home, &["loudml", "models", "train", "m", "--from", "now-30d", "--wait", "-o", "json"]).await;
    let done: Value = serde_json::from_str(&ran.ok()).unwrap();
    assert_eq!((&done["id"], &done["state"]), (&json!("train"), &json!("done")));
    let (_, ran) = run(home, &["loudml", "models", "train", "tiny", "--from", "0", "--wait"]).await;
    let said = ran.fails(8);
    assert!(said.contains("too little data"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forecast_is_rows_a_plot_or_a_picture() {
    let server = Server::start().await;
    let ask = ["loudml", "models", "forecast", "m", "--to", "now+3m"];
    let (home, ran) = run(server.home(), &[&ask[..], &["--wait", "-o", "csv"]].concat()).await;
    let expected = "timestamp,observed,predicted,lower,upper,score,anomaly\n\
                    1795221000,15.4,15.1,14.4,15.8,1.5,false\n\
                    1795221060,15.5,15.2,,15.9,2.5,false\n\
                    1795221120,19.5,15.3,14.6,16.0,99.5,true\n";
    assert_eq!(ran.ok(), expected);
    assert!(server.lab.seen()[0].query().contains("to=now%2B3m"), "{}", server.lab.seen()[0].query());
    assert!(server.lab.seen()[0].query().contains("bg=true"), "{}", server.lab.seen()[0].query());
    let (home, ran) = run(home, &[&ask[..], &["--plot", "--svg", "forecast.svg"]].concat()).await;
    assert!(ran.stderr.contains("wrote forecast.svg"), "{ran:?}");
    let plot = ran.ok();
    assert!(plot.contains("• observed  ─ predicted  ░ bounds  ✕ anomaly (1)"), "{plot}");
    let svg = std::fs::read_to_string(home.path().join("forecast.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("class=\"bounds\"") && svg.contains("anomalies (1)"), "{svg}");
    let (home, ran) =
        run(home, &["loudml", "models", "eval", "m", "--from", "0", "--to", "now", "--wait", "-o", "json"]).await;
    let result: Value = serde_json::from_str(&ran.ok()).unwrap();
    assert_eq!(result["predicted"]["lower_avg_foo"], json!([14.4, null, 14.6]));
    // What was printed can be drawn later, and so can the job.
    std::fs::write(home.path().join("result.json"), result.to_string()).unwrap();
    for source in ["result.json", "forecast"] {
        let home = server.home();
        std::fs::write(home.path().join("result.json"), result.to_string()).unwrap();
        let (_, ran) = run(home, &["loudml", "plot", source]).await;
        assert_eq!(ran.ok(), plot, "{source}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_is_read_to_rows_and_written_from_them() {
    let server = Server::start().await;
    let read = [
        "loudml",
        "buckets",
        "read",
        "b",
        "--from",
        "now-1h",
        "--to",
        "now",
        "--bucket-interval",
        "1m",
        "--features",
        "avg(bar.foo)",
        "--features",
        "max(bar.foo)",
    ];
    let (home, ran) = run(server.home(), &[&read[..], &["-o", "csv"]].concat()).await;
    let csv = ran.ok();
    assert_eq!(csv, "timestamp,avg_foo,max_foo\n1795221000,,1.0\n1795221060,15.0,2.5\n");
    let asked = server.lab.seen()[0].query().to_owned();
    assert!(asked.contains("features=avg%28bar.foo%29%3Bmax%28bar.foo%29"), "{asked}");
    let (home, ran) = run(home, &[&read[..], &["-o", "jsonl"]].concat()).await;
    assert_eq!(ran.ok().lines().count(), 2);
    let (home, ran) = run(home, &[&read[..], &["--detach"]].concat()).await;
    assert_eq!(ran.ok(), "read\n");
    // What is read can be written.
    std::fs::write(home.path().join("points.csv"), csv).unwrap();
    let (home, ran) = run(home, &["loudml", "buckets", "write", "b", "points.csv", "--batch", "1"]).await;
    assert!(ran.stderr.contains("2 points sent"), "{ran:?}");
    assert_eq!(ran.ok(), "write-1\nwrite-2\n");
    let lines = "{\"timestamp\": 60, \"foo\": 1, \"tags\": {\"host\": \"h1\"}}\n";
    let (home, ran) =
        run_with(home, &["loudml", "buckets", "write", "b", "-", "--measurement", "bar", "--wait"], Some(lines)).await;
    assert!(ran.stderr.contains("1 points stored"), "{ran:?}");
    assert_eq!(ran.ok(), "");
    let written = server.written.lock().unwrap().clone();
    assert_eq!(written[0], json!([{"timestamp": 1795221000, "max_foo": 1.0}]));
    assert_eq!(written[2], json!([{"timestamp": 60, "foo": 1, "tags": {"host": "h1"}}]));
    for (text, words) in
        [("timestamp,foo\n60,high\n", "line 2: foo is \"high\""), ("\0\u{1}", "no column \"timestamp\"")]
    {
        let home = server.home();
        std::fs::write(home.path().join("bad.csv"), text).unwrap();
        let (_, ran) = run(home, &["loudml", "buckets", "write", "b", "bad.csv"]).await;
        let said = ran.fails(2);
        assert!(said.contains(words), "{said}");
    }
    let (home, ran) = run(home, &["loudml", "buckets", "write", "b"]).await;
    ran.fails(2);
    let (_, ran) = run(home, &["loudml", "buckets", "write", "b", "nowhere.csv"]).await;
    ran.fails(2);
    assert_eq!(server.written.lock().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_detaches_from_the_job_and_says_how_to_resume() {
    let server = Server::start().await;
    server.over.store(false, Ordering::SeqCst);
    let home = server.home();
    let args = ["loudml", "models", "train", "m", "--from", "0", "--wait"];
    let child = home.command(&args).stdin(Stdio::null()).spawn().unwrap();
    let (lab, id) = (server.lab.clone(), child.id().to_string());
    let done = tokio::task::spawn_blocking(move || {
        ready::until("a look at the job", || lab.seen().iter().any(|seen| seen.path() == "/jobs/train"));
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        Ran::of(child.wait_with_output().unwrap())
    });
    let said = done.await.unwrap().fails(130);
    assert!(said.contains("running, 25 %"), "{said}");
    let next = said.trim_end().lines().last().unwrap().trim_start_matches("  next: ").to_owned();
    let handle =
        next.strip_prefix("mlhub wait '").and_then(|rest| rest.strip_suffix('\'')).unwrap_or_else(|| panic!("{said}"));
    assert!(!server.lab.seen().iter().any(|seen| seen.path().ends_with("/_cancel")));
    // Later, elsewhere: the same job, from its handle alone.
    let (home, ran) = run(server.home(), &["wait", handle, "--timeout", "1s"]).await;
    let said = ran.fails(7);
    assert!(said.trim_end().ends_with(&next), "{said}");
    server.over.store(true, Ordering::SeqCst);
    let (home, ran) = run(home, &["wait", handle, "--fields", "id,state"]).await;
    assert_eq!(ran.ok(), "train\tdone\n");
    let (_, ran) = run(home, &["loudml", "jobs", "wait", "train", "--fields", "state"]).await;
    assert_eq!(ran.ok(), "done\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_nodes_serve_and_a_dead_or_babbling_server_is_said_to_be_one() {
    let server = Server::start().await;
    // A port that was free a moment ago and is not listened on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let both = format!("http://{free},{}", server.port.url());
    for _ in 0..4 {
        let home = Home::new().with("MLHUB_LOUDML_URL", &both);
        let (_, ran) = run(home, &["loudml", "models", "list", "-q"]).await;
        assert_eq!(ran.ok(), "m\ntiny\n");
    }
    let dead = Home::new().with("MLHUB_LOUDML_URL", &format!("http://{free}"));
    let (_, ran) = run(dead, &["loudml", "models", "list"]).await;
    let said = ran.fails(10);
    assert!(said.contains("mlhub explain MLH-CONNECT"), "{said}");
    server.lab.fault(Fault::Garbage);
    let (_, ran) = run(server.home(), &["loudml", "models", "list"]).await;
    ran.fails(1);
}

#[test]
fn what_is_no_series_is_not_drawn() {
    let home = Home::new();
    std::fs::write(home.path().join("a.json"), "{\"id\": 1, \"result\": null}").unwrap();
    std::fs::write(home.path().join("b.json"), "not json").unwrap();
    let said = home.run(&["loudml", "plot", "a.json"]).fails(1);
    assert!(said.contains("no series"), "{said}");
    home.run(&["loudml", "plot", "b.json"]).fails(2);
    let ran = home
        .run_with_stdin(&["loudml", "plot", "-", "--svg", "c.svg"], r#"{"timestamps":[0,60],"observed":{"a":[1,2]}}"#);
    assert!(ran.stderr.contains("wrote c.svg"), "{ran:?}");
    assert!(ran.ok().contains("a: • observed"));
    let ran =
        home.run_with_stdin(&["loudml", "plot", "-", "--svg", "/nowhere/c.svg"], r#"{"timestamps":[0],"observed":{}}"#);
    ran.fails(1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_page_is_run() {
    let server = Server::start().await;
    let port = server.port.address().port().to_string();
    let page = move || Page::new("loudml/from-a-shell.md", Home::new()).says("8077", &port).runs();
    tokio::task::spawn_blocking(page).await.unwrap();
    assert_eq!(server.written.lock().unwrap()[0][1]["tags"], json!({"host": "h1"}));
}
