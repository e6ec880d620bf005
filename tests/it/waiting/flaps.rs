//! Words that a server takes back.

use mlhub::ErrorKind;
use mlhub::testing::{Lab, Reply};
use proptest::prelude::*;
use serde_json::json;

use super::job::{Job, completed, status};
use crate::support::{Checked, failure, times};

#[tokio::test(start_paused = true)]
async fn a_word_that_may_be_taken_back_counts_when_it_is_said_twice() -> Checked {
    let lab = Lab::new();
    lab.then(status("running")).then(status("stopped")).then(status("running"));
    lab.then(completed(1)).then(status("running")).then(completed(2)).then(completed(3));
    assert_eq!(Job::new(&lab)?.until_settled().wait().await?, 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_second_look_comes_two_seconds_later() -> Checked {
    let lab = Lab::new();
    lab.then(status("stopped")).then(status("stopped"));
    let error = failure(Job::new(&lab)?.until_settled().wait().await)?;
    assert_eq!((error.kind(), times(&lab)), (ErrorKind::Failed, vec![0, 2000]));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_word_that_stands_counts_at_once_also_beside_others_that_do_not() -> Checked {
    let lab = Lab::new();
    lab.then(status("error"));
    assert_eq!(failure(Job::new(&lab)?.until_settled().wait().await)?.kind(), ErrorKind::Failed);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_neither_confirms_nor_denies() -> Checked {
    let lab = Lab::new();
    lab.then(status("stopped")).then(Reply::status(503)).then(status("stopped"));
    assert_eq!(failure(Job::new(&lab)?.until_settled().wait().await)?.kind(), ErrorKind::Failed);
    assert_eq!(lab.seen().len(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_first_word_means_nothing_and_coming_back_to_it_is_a_failure() -> Checked {
    let lab = Lab::new();
    lab.times(5, status("new")).then(status("running")).then(status("new")).then(status("running"));
    lab.times(2, status("new"));
    let error = failure(Job::new(&lab)?.until_settled().wait().await)?;
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.to_string().contains("ended with \"new\""), "{error}");
    assert_eq!(lab.seen().len(), 10);
    Ok(())
}

/// A job that was stopped in its queue: its word goes back to `running`, its end stays (Loud ML does that).
#[tokio::test(start_paused = true)]
async fn presence_is_final_whatever_the_word_goes_back_to() -> Checked {
    for word in ["stopped", "running"] {
        let lab = Lab::new();
        lab.then(Reply::json(&json!({"status": word, "ended": 5, "reason": "stopped by a user"})));
        let error = failure(Job::new(&lab)?.until_over().wait().await)?;
        assert_eq!((error.kind(), error.message()), (ErrorKind::Failed, Some("stopped by a user")));
    }
    Ok(())
}

/// What a history of words has to end in, told by the promise alone: the first word that stands, or the first that is
/// said twice running with nothing but failed polls between.
fn promised(words: &[&str]) -> Option<(usize, bool)> {
    let mut before: Option<&str> = None;
    let mut begun = false;
    for (index, &word) in words.iter().enumerate() {
        if word == "503" {
            continue;
        }
        let settled = before == Some(word);
        match word {
            "error" => return Some((index, false)),
            "completed" if settled => return Some((index, true)),
            "stopped" if settled => return Some((index, false)),
            "new" if settled && begun => return Some((index, false)),
            _ => {}
        }
        begun |= word != "new";
        before = Some(word);
    }
    None
}

proptest! {
    #![proptest_config(crate::dice::cases(400))]

    /// Whatever a server says in whatever order, no word that it takes back is ever reported.
    #[test]
    fn no_word_is_reported_that_is_taken_back(
        words in prop::collection::vec(
            prop::sample::select(vec!["new", "running", "odd", "completed", "stopped", "error", "503"]), 1..30)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
        let ended = runtime.block_on(async {
            let lab = Lab::new();
            for &word in &words {
                lab.then(if word == "503" { Reply::status(503) } else { Reply::json(&json!({"status": word, "value": 1})) });
            }
            // Ends a history that promises no end.
            lab.then(Reply::status(404));
            let ended = Job::new(&lab)?.until_settled().wait().max_consecutive_failures(99).await;
            Ok::<_, mlhub::Error>((ended.map(|_| ()).map_err(|error| error.kind()), lab.seen().len()))
        });
        let ended = ended.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let expected = match promised(&words) {
            Some((index, true)) => (Ok(()), index + 1),
            Some((index, false)) => (Err(ErrorKind::Failed), index + 1),
            None => (Err(ErrorKind::NotFound), words.len() + 1),
        };
        prop_assert_eq!(ended, expected);
    }
}
