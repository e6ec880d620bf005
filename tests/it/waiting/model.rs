//! Any row of answers, held against a small model of a wait: which one ends it and how, and when the polls may come.

use std::time::Duration;

use mlhub::testing::{Lab, Reply};
use mlhub::{Error, ErrorKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::job::Job;

/// What a server says to a poll, or to the fetch of the value.
#[derive(Clone, Debug)]
enum Said {
    /// A word that ends nothing, with a wish to be left alone for so many seconds.
    Goes(&'static str, Option<u64>),
    Done,
    Failed,
    /// A failure that may pass.
    Trouble(Passing, Option<u64>),
    Gone(u16),
    Refused(u16),
}

#[derive(Clone, Copy, Debug)]
enum Passing {
    Refuse,
    Reset,
    Status(u16),
}

fn said() -> impl Strategy<Value = Said> {
    let wish = || prop::option::weighted(0.3, 0..200u64);
    let word = prop::sample::select(vec!["running", "queued", "a word nobody knows", ""]);
    let passing = prop_oneof![
        Just(Passing::Refuse),
        Just(Passing::Reset),
        prop::sample::select(vec![429, 500, 502, 503]).prop_map(Passing::Status),
    ];
    prop_oneof![
        12 => (word, wish()).prop_map(|(word, wish)| Said::Goes(word, wish)),
        8 => (passing, wish()).prop_map(|(passing, wish)| Said::Trouble(passing, wish)),
        2 => Just(Said::Done),
        1 => Just(Said::Failed),
        1 => prop::sample::select(vec![404, 410]).prop_map(Said::Gone),
        1 => prop::sample::select(vec![400, 403]).prop_map(Said::Refused),
    ]
}

impl Said {
    fn reply(&self) -> Reply {
        let wished = |reply: Reply, wish: &Option<u64>| match wish {
            Some(seconds) => reply.header("retry-after", &seconds.to_string()),
            None => reply,
        };
        match self {
            Said::Goes(word, wish) => wished(Reply::json(&json!({"status": word})), wish),
            Said::Done => Reply::json(&json!({"status": "completed", "value": 7})),
            Said::Failed => Reply::json(&json!({"status": "error", "reason": "no luck"})),
            Said::Trouble(Passing::Refuse, _) => Reply::no_connection(),
            Said::Trouble(Passing::Reset, _) => Reply::reset(),
            Said::Trouble(Passing::Status(status), wish) => wished(Reply::status(*status), wish),
            Said::Gone(status) | Said::Refused(status) => Reply::status(*status),
        }
    }

    /// How long the server wants to be left alone.
    fn wish(&self) -> u64 {
        match self {
            Said::Goes(_, wish) | Said::Trouble(Passing::Status(_), wish) => wish.unwrap_or_default(),
            _ => 0,
        }
    }
}

/// How a wait ends by the model, and after how many requests.
#[derive(Debug, PartialEq)]
enum End {
    Value,
    Failed,
    Gone,
    /// An answer that cannot be borne.
    Error,
}

fn model(all: &[Said], most: u32, apart: bool) -> (End, usize) {
    let (mut failures, mut done) = (0, false);
    for (index, said) in all.iter().enumerate() {
        let requests = index + 1;
        match said {
            Said::Trouble(..) => {
                failures += 1;
                if failures >= most {
                    return (End::Error, requests);
                }
            }
            Said::Gone(_) => return (End::Gone, requests),
            Said::Refused(_) => return (End::Error, requests),
            // What comes as the value is the value, whatever it says.
            _ if done => return (End::Value, requests),
            Said::Done if apart => (done, failures) = (true, 0),
            Said::Done => return (End::Value, requests),
            Said::Failed => return (End::Failed, requests),
            Said::Goes(..) => failures = 0,
        }
    }
    unreachable!("the last answers end every wait")
}

fn ended(result: &Result<Value, Error>) -> End {
    match result.as_ref().map_err(Error::kind) {
        Ok(_) => End::Value,
        Err(ErrorKind::Failed) => End::Failed,
        Err(ErrorKind::NotFound) => End::Gone,
        Err(_) => End::Error,
    }
}

#[derive(Debug)]
struct Asked {
    most: u32,
    apart: bool,
    every: Option<u64>,
    chance: f64,
}

async fn play(mut all: Vec<Said>, asked: &Asked) -> Result<(), TestCaseError> {
    let fail = |error: Error| TestCaseError::fail(error.to_string());
    all.extend([Said::Done, Said::Done]);
    let lab = Lab::new();
    lab.clock().set_chance(asked.chance);
    // Requests that found no connection are in no journal.
    let times = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (written, script) = (std::sync::Arc::clone(&times), all.clone());
    lab.rule(move |seen| {
        let mut written = written.lock().expect("nobody panics");
        written.push(seen.at);
        script.get(written.len() - 1).map(Said::reply)
    });
    let job = Job::new(&lab).map_err(fail)?;
    let wait = if asked.apart { job.value_apart() } else { job }.wait().max_consecutive_failures(asked.most);
    let wait = match asked.every {
        Some(seconds) => wait.every(Duration::from_secs(seconds)),
        None => wait,
    };
    let result = wait.await;
    let (end, requests) = model(&all, asked.most, asked.apart);
    let times = times.lock().expect("nobody panics");
    prop_assert_eq!((ended(&result), times.len()), (end, requests), "{:?}", result);
    for (pair, said) in times.windows(2).zip(&all) {
        let (gap, wish) = (pair[1] - pair[0], Duration::from_secs(said.wish()));
        prop_assert!(gap >= wish, "{gap:?} after {said:?}");
        let fetches = asked.apart && matches!(said, Said::Done);
        if let (Some(seconds), false) = (asked.every, fetches) {
            prop_assert_eq!(gap, wish.max(Duration::from_secs(seconds)), "after {:?}", said);
        }
        // Nothing but the server's wish makes a pause longer than ten minutes.
        prop_assert!(gap <= wish.max(Duration::from_secs(600)), "{gap:?} after {said:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::dice::cases(512))]

    #[test]
    fn a_wait_ends_as_the_model_says(
        all in prop::collection::vec(said(), 0..80),
        most in 1..12u32,
        apart in any::<bool>(),
        every in prop::option::of(0..100u64),
        chance in 0.0..1.0f64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let asked = Asked { most, apart, every, chance };
        runtime.expect("a runtime").block_on(play(all, &asked))?;
    }
}
