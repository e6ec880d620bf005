//! Long lists: rows that are printed as they come, also of a list that has no end.

use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use mlhub::testing::{Reply, SeenRequest};
use serde_json::{Value, json};

use crate::lab_server::{LabServer, run};

fn number(seen: &SeenRequest, name: &str) -> usize {
    let pair = seen.query().split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))?.parse().ok());
    pair.unwrap_or(0)
}

fn items(numbers: impl Iterator<Item = usize>) -> Value {
    numbers.map(|n| json!({"id": format!("id-{n}"), "name": n.to_string()})).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rows_of_a_list_without_an_end_are_printed_as_they_come() {
    let server = LabServer::start(|seen| {
        let from = number(seen, "offset");
        Some(Reply::json(&json!({"items": items(from..from + 50), "total": 1_000_000_000})).after(Duration::ZERO))
    })
    .await;
    for form in ["jsonl", "json", "yaml", "csv", "tsv", "table"] {
        let home = server.home("autotune");
        let mut command = home.command(&["autotune", "experiment", "list", "-o", form, "--fields", "id"]);
        let seen = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let seen = lines.map_while(Result::ok).filter(|line| line.contains("id-")).take(1200).count();
            // Nobody reads on, which ends it.
            assert!(child.wait().unwrap().success(), "{form}");
            seen
        });
        assert_eq!(seen.await.unwrap(), 1200, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_repeats_its_page_is_told() {
    for total in [json!(1000), Value::Null] {
        let server =
            LabServer::start(move |_| Some(Reply::json(&json!({"items": items(0..100), "total": total})))).await;
        let (_, ran) = run(server.home("autotune"), &["autotune", "experiment", "list", "-q"]).await;
        assert!(ran.code != Some(0) || ran.stderr.contains("warning"), "{}", ran.stderr);
    }
}
