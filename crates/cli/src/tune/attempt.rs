//! One trial, from the start of its command to a value or to the words for why there is none.

use std::time::Duration;

use tokio::sync::watch;

use super::child::{Child, Launch};
use super::verdict::verdict;
use super::words::duration;
use crate::clock;

/// Whether work is to stop, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Halt {
    /// It goes on.
    #[default]
    No,
    /// Everything may end in good order.
    Gently,
    /// Nothing may take time.
    AtOnce,
}

/// Waits until more is asked than what is known.
pub(crate) async fn halted(halt: &mut watch::Receiver<Halt>, known: Halt) -> Halt {
    let asked = halt.wait_for(|halt| *halt > known).await.map(|halt| *halt);
    match asked {
        Ok(asked) => asked,
        // Nobody is left who could ask.
        Err(_) => std::future::pending().await,
    }
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// Its value.
    Value(f64),
    /// It failed: why.
    Failed(String),
    /// It was stopped because work stops; nothing is known of the point.
    Stopped,
}

/// How a trial went.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attempt {
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// Processes that it had left behind; they were stopped.
    pub(crate) left: usize,
}

/// Runs the command, within the time limit if there is one.
pub(crate) async fn attempt(launch: &Launch, limit: Option<Duration>, mut halt: watch::Receiver<Halt>) -> Attempt {
    let (mut child, streams) = match Child::start(launch) {
        Ok(started) => started,
        Err(error) => {
            return Attempt { outcome: Outcome::Failed(format!("it could not be started: {error}")), left: 0 };
        }
    };
    let mut late: futures::future::BoxFuture<'_, ()> = match limit {
        Some(limit) => Box::pin(clock::sleep(limit)),
        None => Box::pin(std::future::pending()),
    };
    let mut stopped = None;
    let mut known = Halt::No;
    let (end, left) = loop {
        tokio::select! {
            biased;
            ended = child.ended() => break ended,
            () = &mut late, if stopped.is_none() => {
                stopped = limit.map(|limit| Outcome::Failed(format!("no result within {}", duration(limit))));
                child.stop().await;
            }
            asked = halted(&mut halt, known) => {
                known = asked;
                stopped.get_or_insert(Outcome::Stopped);
                match asked {
                    Halt::AtOnce => child.kill().await,
                    _ => child.stop().await,
                }
            }
        }
    };
    let (results, errors) = streams.finish().await;
    let outcome = stopped.unwrap_or_else(|| match verdict(&end, results, &errors) {
        Ok(value) => Outcome::Value(value),
        Err(reason) => Outcome::Failed(reason),
    });
    Attempt { outcome, left }
}
