//! Waits for a job, or takes up a wait that another process has left.
//!
//! `workshop-wait URL job ID` prints the handle of its wait first, `workshop-wait URL resume HANDLE` goes on from such a
//! text; both print the job's result when it is done.

use std::process::ExitCode;
use std::time::Duration;

use own_hub::{Client, types};

/// After that the program gives up; the job goes on.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [url, what, text] = arguments.as_slice() else {
        eprintln!("usage: workshop-wait URL job ID | workshop-wait URL resume HANDLE");
        return ExitCode::from(2);
    };
    match wait(url, what, text).await {
        Ok(job) => {
            println!("{}", serde_json::Value::Object(job.result.unwrap_or_default()));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn wait(url: &str, what: &str, text: &str) -> mlhub::Result<types::Job> {
    let client = Client::builder(url).build()?;
    let wait = match what {
        "resume" => client.job().resume(text)?,
        _ => client.job().get(text).wait(),
    };
    if what != "resume" {
        println!("{}", wait.handle());
    }
    wait.timeout(PATIENCE).await
}
