//! README's commands, run: each of them, against the hub of these tests or what stands in for a platform.

use std::path::Path;
use std::time::Duration;

use mlhub::testing::Reply;
use serde_json::json;

use crate::guide_page::{Page, blocks};
use crate::lab_server::{LabServer, run};
use crate::readme_commands::{command, commands, lines};
use crate::support::Home;

/// A port that nobody listens on at this moment, in place of the one that README names.
fn free_port() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

#[test]
fn every_command_for_the_hub_is_run() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let others = ["mlhub auger ", "mlhub loudml ", "mlhub vantage6 "];
    // What it tunes is the reader's own.
    let mut page = String::from(
        "```yaml space.yaml\nrate: {type: cont, min: 0, max: 1, guess: 0.5}\nlayers: {type: int, min: 1, max: 9, guess: 3}\n```\n\
         ```sh train.sh\n#!/bin/sh\necho \"0.$2\"\n```\n```sh\nchmod +x train.sh\n\
         export MLHUB_AUTOTUNE_PASSWORD=correct-horse-battery\n",
    );
    let mut ran = 0;
    for block in blocks(&readme).into_iter().filter(|block| block.language == "sh") {
        let lines = lines(&block.text).into_iter();
        for line in lines.filter(|line| line.starts_with("mlhub ") || line.starts_with("export ")) {
            ran += usize::from(line.starts_with("mlhub "));
            match line.as_str() {
                line if others.iter().any(|other| line.starts_with(other)) => {}
                line if line.starts_with("mlhub serve ") => {
                    page += &format!(
                        "{line} > hub.log 2>&1 &\nuntil grep -q '^listening on' hub.log; do sleep 0.1; done\n"
                    );
                }
                line => page += &format!("{line}\n"),
            }
        }
    }
    assert_eq!(ran, commands().len());
    page += "```\n";
    Page::of("README.md", page, Home::new()).says("8008", &free_port()).runs();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_for_auger_and_loudml_are_run() {
    let auger = LabServer::always(Reply::json(&json!({"data": {"id": "1bf4", "status": "completed"}}))).await;
    let line = command("auger");
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    run(auger.home("auger"), &words).await.1.ok();
    assert!(auger.last().path().ends_with("/1bf4"));
    let series = json!({"timestamps": [1.0, 2.0], "observed": {}, "predicted": {"load": [1.0, 2.0]}});
    let loudml = LabServer::start(move |seen| {
        Some(match seen.path() {
            path if path.ends_with("_forecast") => Reply::json(&json!("job")).after(Duration::ZERO),
            _ => Reply::json(&json!([{"id": "job", "type": "forecast", "state": "done", "result": series}])),
        })
    })
    .await;
    let line = command("loudml");
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let drawn = run(loudml.home("loudml"), &words).await.1.ok();
    assert!(drawn.contains("load"), "{drawn}");
}
