//! Trial run: one command, from its start to a value or to the reason for which there is none.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use mlhub::clock::{Clock as _, SystemClock};
use tokio::sync::watch;

#[cfg(unix)]
use super::process::TrialProcess;
use super::process::{ProcessEnd, TrialCommand};
use super::secret_variables::secret_variables;
use super::study::Trial;
use super::template::Template;
use super::trial_output::StderrTail;
use super::trial_result::{StdoutSummary, TrialResult};
#[cfg(not(unix))]
use super::unsupervised_process::UnsupervisedProcess as TrialProcess;
use crate::format::duration;

/// Names of signals that people meet, by their numbers in POSIX and where those leave room, as Linux and the BSDs
/// agree.
const SIGNALS: &[(i32, &str)] = &[
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (6, "SIGABRT"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (11, "SIGSEGV"),
    (13, "SIGPIPE"),
    (14, "SIGALRM"),
    (15, "SIGTERM"),
];

/// Stop request: whether work is to stop, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StopRequest {
    /// It goes on.
    #[default]
    No,
    /// Everything may end in good order.
    Gently,
    /// Nothing may take time.
    AtOnce,
}

/// Waits until more is requested than what is known.
pub(super) async fn stop_requested(requests: &mut watch::Receiver<StopRequest>, known: StopRequest) -> StopRequest {
    let asked = requests.wait_for(|request| *request > known).await.map(|request| *request);
    match asked {
        Ok(asked) => asked,
        // Nobody is left who could ask.
        Err(_) => std::future::pending().await,
    }
}

/// Outcome of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RunOutcome {
    /// Its value.
    Value(f64),
    /// It failed: why.
    Failed(String),
    /// It was stopped because work stops; nothing is known of the point.
    Stopped,
}

/// Result of a run: its outcome, and what it left behind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RunResult {
    /// What came of it.
    pub(super) outcome: RunOutcome,
    /// Processes that it had left behind; they were stopped.
    pub(super) left: usize,
}

/// Runs trials of that command in that study, within the time limit if there is one.
pub(super) fn runner(
    template: &Template,
    study: &str,
    limit: Option<Duration>,
) -> impl Fn(Trial, watch::Receiver<StopRequest>) -> BoxFuture<'static, RunResult> {
    let withheld: Arc<[_]> = secret_variables().into();
    move |trial, requests| {
        let mut variables = template.variables(&trial.params);
        variables.push(("MLHUB_TRIAL".to_owned(), trial.id.to_string()));
        variables.push(("MLHUB_STUDY".to_owned(), study.to_owned()));
        let command = TrialCommand { words: template.command(&trial.params), variables, withheld: withheld.clone() };
        Box::pin(async move { run(&command, limit, requests).await })
    }
}

/// Runs the command.
async fn run(command: &TrialCommand, limit: Option<Duration>, mut requests: watch::Receiver<StopRequest>) -> RunResult {
    let (mut process, streams) = match TrialProcess::start(command) {
        Ok(started) => started,
        Err(error) => {
            return RunResult { outcome: RunOutcome::Failed(format!("it could not be started: {error}")), left: 0 };
        }
    };
    let mut late: BoxFuture<'static, ()> = match limit {
        Some(limit) => SystemClock::new().sleep(limit),
        None => Box::pin(std::future::pending()),
    };
    let mut stopped = None;
    let mut known = StopRequest::No;
    let (end, left) = loop {
        tokio::select! {
            biased;
            ended = process.ended() => break ended,
            () = &mut late, if stopped.is_none() => {
                stopped = limit.map(|limit| RunOutcome::Failed(format!("no result within {}", duration(limit))));
                process.stop().await;
            }
            asked = stop_requested(&mut requests, known) => {
                known = asked;
                stopped.get_or_insert(RunOutcome::Stopped);
                match asked {
                    StopRequest::AtOnce => process.kill().await,
                    _ => process.stop().await,
                }
            }
        }
    };
    let (results, errors) = streams.finish().await;
    let outcome = stopped.unwrap_or_else(|| match value_of(&end, results, &errors) {
        Ok(value) => RunOutcome::Value(value),
        Err(reason) => RunOutcome::Failed(reason),
    });
    RunResult { outcome, left }
}

/// Value of a run that ended by itself, or why it has none.
fn value_of(end: &ProcessEnd, results: StdoutSummary, errors: &StderrTail) -> Result<f64, String> {
    let said = errors.last();
    let because = |what: String| match &said {
        Some(words) => format!("{what}; it said: {words}"),
        None => what,
    };
    match end {
        ProcessEnd::Code(0) => {}
        ProcessEnd::Code(code) => return Err(because(format!("it ended with exit code {code}"))),
        ProcessEnd::Signal(number) => {
            let name = SIGNALS.iter().find(|row| row.0 == *number).map(|row| format!(", {}", row.1));
            return Err(because(format!("it was killed by signal {number}{}", name.unwrap_or_default())));
        }
        ProcessEnd::Unstartable(reason) => return Err(format!("it could not be started: {reason}")),
        ProcessEnd::Unsupervised => return Err("the process that watched it was killed, and so was it".to_owned()),
    }
    let last = results.last();
    match (results.result, last) {
        (Some(TrialResult::Value(value)), _) => Ok(value),
        (Some(TrialResult::Unfit(words)), _) => Err(because(words)),
        (None, None) => {
            Err(because("it printed nothing; a number or a JSON object with `value` is its result".to_owned()))
        }
        (None, Some(line)) => Err(because(format!(
            "no line of its output is a number or a JSON object with `value`; the last one is {line:?}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::tune::trial_output::OutputSink as _;

    fn after(end: ProcessEnd, out: &[&str], err: &[&str]) -> Result<f64, String> {
        let (mut results, mut errors) = (StdoutSummary::default(), StderrTail::default());
        out.iter().for_each(|line| results.push(format!("{line}\n").as_bytes()));
        err.iter().for_each(|line| errors.push(format!("{line}\n").as_bytes()));
        value_of(&end, results, &errors)
    }

    #[test]
    fn a_value_counts_if_the_run_ended_well() {
        assert_eq!(after(ProcessEnd::Code(0), &["0.5", "bye"], &["a warning"]), Ok(0.5));
        assert!(after(ProcessEnd::Code(1), &["0.5"], &[]).is_err());
        assert!(after(ProcessEnd::Signal(15), &["0.5"], &[]).is_err());
    }

    #[test]
    fn each_way_to_fail_has_its_message() {
        for (end, out, err, words) in [
            (
                ProcessEnd::Code(3),
                &["0.5"][..],
                &["Traceback:", "KeyError: 'x'"][..],
                "exit code 3; it said: Traceback: / KeyError: 'x'",
            ),
            (ProcessEnd::Code(1), &[], &[], "it ended with exit code 1"),
            (ProcessEnd::Signal(11), &[], &[], "killed by signal 11, SIGSEGV"),
            (ProcessEnd::Signal(40), &[], &[], "killed by signal 40"),
            (ProcessEnd::Code(0), &[], &[], "it printed nothing"),
            (ProcessEnd::Code(0), &["accuracy: 3"], &["odd"], "the last one is \"accuracy: 3\"; it said: odd"),
            (ProcessEnd::Code(0), &["0.1", "nan"], &[], "its result is nan, which is no finite number"),
            (ProcessEnd::Unstartable("no such file".into()), &[], &[], "could not be started: no such file"),
            (ProcessEnd::Unsupervised, &["1"], &[], "watched it was killed"),
        ] {
            let said = after(end.clone(), out, err).unwrap_err();
            assert!(said.ends_with(words) || said.contains(words), "{end:?}: {said}");
        }
    }
}
