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
    for total in [json!(1000), json!(150)] {
        let whole = |n: &usize| {
            json!({"id": format!("00000000-0000-0000-0000-{n:012}"), "name": "n", "direction": "maximize", "told": 0,
                "failed": 0, "pending": 0, "expired": 0, "created_at": "2026-01-01T00:00:00Z",
                "updated_at": "2026-01-01T00:00:00Z", "covars": {}, "description": "", "model_type": "m", "acq_func": "a",
                "seed": 1, "trial_lifetime": 1, "open_trials": 1})
        };
        let page: Vec<_> = (0..100).map(|n: usize| whole(&n)).collect();
        let server = LabServer::start(move |_| Some(Reply::json(&json!({"items": page, "total": total})))).await;
        for command in [&["autotune", "experiment", "list", "-q"][..], &["autotune", "experiments", "-q"]] {
            let (_, ran) = run(server.home("autotune"), command).await;
            assert!(ran.code != Some(0) || ran.stderr.contains("warning"), "{command:?}: {ran:?}");
            assert!(!ran.stderr.contains("MLH-DECODE"), "{ran:?}");
        }
    }
}
