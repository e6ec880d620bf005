//! Call path of one `send` and one `wait`, for `.ci/executed-files` to look at under callgrind: nothing is measured here.
//!
//! `cargo bench --workspace --profile dev --bench executed -- send 3` makes three calls over one loopback connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use mlhub::vantage6::Client;
use serde_json::{Value, json};

/// Replies of the real server, by operation.
const RECORDED: &str = include_str!("../tests/it/vantage6/recorded.json");

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // Cargo itself adds `--bench`.
    let [_, scenario, times, ..] = arguments.as_slice() else { return };
    let times: u32 = times.parse().expect("how often");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = Client::builder(serve()).token("token-of-a-test").build().expect("a client");
    runtime.block_on(async {
        for _ in 0..times {
            let task = match scenario.as_str() {
                "send" => client.task().get(9).send().await,
                _ => client.task().get(9).wait().every(Duration::from_millis(1)).await,
            };
            assert_eq!(task.expect("a task").id, 9);
        }
    });
}

/// The address of a server that answers until the program ends.
fn serve() -> String {
    let recorded: Value = serde_json::from_str(RECORDED).expect("JSON");
    let task = recorded["task_get"].to_string();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(stream, &task)));
    format!("http://{address}")
}

/// Answers each request of a connection: of two questions after a status the first finds the task running.
fn answer(mut stream: TcpStream, task: &str) {
    let mut buffer = [0; 4096];
    let mut polls = 0;
    // A request here is far smaller than the buffer and comes in one piece.
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        let asked = String::from_utf8_lossy(&buffer[..read]);
        let body = if asked.lines().next().is_some_and(|line| line.contains("/status")) {
            polls += 1;
            json!({"status": if polls % 2 == 1 { "active" } else { "completed" }}).to_string()
        } else {
            task.to_owned()
        };
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
        if write!(stream, "{head} {}\r\n\r\n{body}", body.len()).is_err() {
            return;
        }
    }
}
