//! What came of a run, in a value or in words.

use super::child::End;
use super::output::{Errors, Results};
use super::value::Said;

/// Signals that people meet, by their numbers in POSIX and where those leave room, as Linux and the BSDs agree.
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

/// The value of a run that ended by itself, or why it has none.
pub(crate) fn verdict(end: &End, results: Results, errors: &Errors) -> Result<f64, String> {
    let said = errors.last();
    let because = |what: String| match &said {
        Some(words) => format!("{what}; it said: {words}"),
        None => what,
    };
    match end {
        End::Code(0) => {}
        End::Code(code) => return Err(because(format!("it ended with exit code {code}"))),
        End::Signal(number) => {
            let name = SIGNALS.iter().find(|row| row.0 == *number).map(|row| format!(", {}", row.1));
            return Err(because(format!("it was killed by signal {number}{}", name.unwrap_or_default())));
        }
        End::Unstartable(reason) => return Err(format!("it could not be started: {reason}")),
        End::Unguarded => return Err("the process that watched it was killed, and so was it".to_owned()),
    }
    let last = results.last();
    match (results.said, last) {
        (Some(Said::Value(value)), _) => Ok(value),
        (Some(Said::Unfit(words)), _) => Err(because(words)),
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
    use crate::tune::output::Lines as _;

    fn after(end: End, out: &[&str], err: &[&str]) -> Result<f64, String> {
        let (mut results, mut errors) = (Results::default(), Errors::default());
        out.iter().for_each(|line| results.line(line.as_bytes(), false));
        err.iter().for_each(|line| errors.line(line.as_bytes(), false));
        verdict(&end, results, &errors)
    }

    #[test]
    fn a_value_counts_if_the_run_ended_well() {
        assert_eq!(after(End::Code(0), &["0.5", "bye"], &["a warning"]), Ok(0.5));
        assert!(after(End::Code(1), &["0.5"], &[]).is_err());
        assert!(after(End::Signal(15), &["0.5"], &[]).is_err());
    }

    #[test]
    fn each_way_to_fail_has_its_words() {
        for (end, out, err, words) in [
            (
                End::Code(3),
                &["0.5"][..],
                &["Traceback:", "KeyError: 'x'"][..],
                "exit code 3; it said: Traceback: / KeyError: 'x'",
            ),
            (End::Code(1), &[], &[], "it ended with exit code 1"),
            (End::Signal(11), &[], &[], "killed by signal 11, SIGSEGV"),
            (End::Signal(40), &[], &[], "killed by signal 40"),
            (End::Code(0), &[], &[], "it printed nothing"),
            (End::Code(0), &["accuracy: 3"], &["odd"], "the last one is \"accuracy: 3\"; it said: odd"),
            (End::Code(0), &["0.1", "nan"], &[], "its result is nan, which is no finite number"),
            (End::Unstartable("no such file".into()), &[], &[], "could not be started: no such file"),
            (End::Unguarded, &["1"], &[], "watched it was killed"),
        ] {
            let said = after(end.clone(), out, err).unwrap_err();
            assert!(said.ends_with(words) || said.contains(words), "{end:?}: {said}");
        }
    }
}
