//! Secrets of odd letters in odd places, against services that say odd things.
//!
//! `MLHUB_CANARY_RUNS=100000 cargo test -p mlhub --test it canary` runs more of
//! them than every test run does; the seeds are the numbers of the runs.

use std::error::Error as _;

use mlhub::op::{BodyKind, Op};
use mlhub::pipeline::Pipeline;
use mlhub::testing::{Fault, Lab, Reply, SeenRequest};
use mlhub::{Builder, RawCall};
use serde_json::json;

use super::{Breaking, CANARY, Sink, listen, operations, panics};
use crate::dice::Dice;
use crate::support::Checked;

/// Runs of every test run: some seconds. See above for more.
const RUNS: u64 = 8_000;

/// What is logged and printed is searched after so many runs.
const BATCH: u64 = 100;

/// Letters that somebody has to escape.
const ODD: &[&str] = &[
    "",
    "\"",
    "'",
    "\\",
    "%2F",
    "%",
    "+",
    " ",
    "&x=1",
    "=",
    "#",
    "?",
    "/",
    "$HOME",
    "`id`",
    "{}",
    "<b>",
    "é",
    "\u{1f511}",
    ":",
    ";",
    ",",
    "\t",
    "\u{7f}",
    "@",
    "==",
    "\\u0041",
    "\\\"",
    "''",
    "*",
];

/// A secret that begins and ends in the middle of something.
fn secret(dice: &mut Dice) -> String {
    let mut odd = || ODD[dice.below(ODD.len() as u64) as usize];
    format!("{}{CANARY}{}{}", odd(), odd(), odd())
}

/// A client that was given a secret in one way or another, or could not be made of it.
fn pipeline(dice: &mut Dice, lab: &Lab, breaks: bool) -> Result<Pipeline, mlhub::Error> {
    let secret = secret(dice);
    let at = |address: &str| Builder::new(address, |pipeline: Pipeline| pipeline).lab(lab).with(|o| o.curl_trace(true));
    let builder = match dice.below(5) {
        0 => at("http://hub.test/x").token(secret.as_str()),
        1 => at("http://hub.test/x").basic("me", secret.as_str()),
        2 => at("http://hub.test").header("x-api-key", &secret),
        // What would end the user's part of an address has to be escaped there.
        3 => at(&format!("http://me:{}@hub.test", escaped(&secret))),
        _ => at("http://hub.test"),
    };
    match breaks {
        true => builder.transport(Breaking).build(),
        false => builder.build(),
    }
}

fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// Says back what it was sent, in one of the ways in which servers do.
fn echo(seen: &SeenRequest, way: u64) -> Reply {
    let headers = format!("{:?}", seen.headers);
    let bare: Vec<_> = seen.headers.values().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let body = String::from_utf8_lossy(&seen.body);
    let status = [400, 401, 403, 422, 500][(way % 5) as usize];
    let reply = Reply::status(status);
    match way / 5 % 4 {
        0 => reply.with_json(&json!({"detail": format!("{headers} {}", seen.url)})),
        1 => reply.with_json(&json!({"message": format!("{} {body}", bare.join(", "))})),
        2 => reply.with_pieces([format!("{} {body} {}", seen.url, bare.join(" "))]),
        _ => reply.with_json(&json!({"errors": {"all": [seen.json(), seen.query(), bare]}})),
    }
}

/// One call; everything that it says.
async fn run(seed: u64, operations: &'static [Op]) -> Result<String, Box<dyn std::error::Error>> {
    let mut dice = Dice::new(seed);
    let lab = Lab::new();
    let way = dice.next();
    let faults = Fault::samples();
    match dice.below(3) {
        0 => lab.fault(faults[dice.below(faults.len() as u64) as usize].clone()),
        1 => lab.rule(|_| Some(Reply::json(&json!({"access_token": format!("{CANARY}-fresh")})))),
        _ => lab.rule(move |seen| Some(echo(seen, way))),
    };
    let mut said = String::new();
    let operation = &operations[dice.below(operations.len() as u64) as usize];
    let breaks = dice.below(32) == 0;
    let error = match pipeline(&mut dice, &lab, breaks) {
        Err(error) => Some(error),
        Ok(pipeline) => {
            said += &format!("{pipeline:?}");
            let mut call = RawCall::of(pipeline, operation);
            // A transport of somebody else's that prints addresses prints their queries.
            if !breaks {
                call = call.query("api_key", secret(&mut dice));
            }
            if dice.below(2) == 0 {
                call = call.header("x-extra", &secret(&mut dice));
            }
            if operation.body != BodyKind::None {
                call = call.arg("username", "me").arg("password", secret(&mut dice));
            }
            said += &format!("{call:?}");
            match tokio::spawn(call.send::<Vec<u8>>()).await {
                Ok(result) => result.err(),
                Err(panicked) => {
                    said += &format!("{panicked} {panicked:?}");
                    None
                }
            }
        }
    };
    if let Some(error) = error {
        said += error.message().unwrap_or_default();
        said += &format!("{error} {error:?} {error:#?} {:?}", error.attempts());
        let mut cause = error.source();
        while let Some(one) = cause {
            said += &format!("{one} {one:?}\n");
            cause = one.source();
        }
    }
    Ok(said + &panics::heard())
}

/// Where a secret is heard in that text.
fn search(name: &str, text: &str, seeds: &str) -> Option<String> {
    let at = text.find(CANARY)?;
    let from = (0..=at.saturating_sub(200)).rev().find(|from| text.is_char_boundary(*from)).unwrap_or(0);
    Some(format!("{seeds}, in the {name}: {}", text[from..].chars().take(400).collect::<String>()))
}

#[tokio::test(start_paused = true)]
async fn none_is_heard_in_thousands_of_odd_runs() -> Checked {
    let runs = match std::env::var("MLHUB_CANARY_RUNS") {
        Ok(runs) => runs.parse()?,
        Err(_) => RUNS,
    };
    let operations: &'static [Op] = Box::leak(Box::new(operations()));
    let (sink, _guard): (Sink, _) = listen();
    panics::listen();
    let (mut logged, mut printed, mut heard) = (0, 0, Vec::new());
    for seed in 0..runs {
        let said = run(seed, operations).await?;
        heard.extend(search("errors", &said, &format!("run {seed}")));
        printed += said.len();
        if (seed + 1) % BATCH == 0 || seed + 1 == runs {
            let log = sink.take();
            logged += log.len();
            heard.extend(search("log", &log, &format!("one of the {BATCH} runs up to {seed}")));
        }
    }
    // Errors and not panics, which this thread listens to itself.
    if !heard.is_empty() {
        return Err(format!("heard {} times:\n{}", heard.len(), heard[..heard.len().min(10)].join("\n")).into());
    }
    println!("{runs} runs, {logged} bytes logged, {printed} bytes printed");
    match logged as u64 > runs * 100 && printed as u64 > runs * 100 {
        true => Ok(()),
        false => Err("next to nothing was said".into()),
    }
}
