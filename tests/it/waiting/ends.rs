//! How a wait ends.

use futures::StreamExt;
use mlhub::clock::Clock;
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, Update};
use serde_json::json;

use super::job::{Job, completed, status};
use crate::support::{Checked, failure, seconds};

#[tokio::test(start_paused = true)]
async fn a_good_word_gives_the_value_after_one_look() -> Checked {
    let lab = Lab::new();
    lab.then(completed(7));
    assert_eq!(Job::new(&lab)?.wait().await?, 7);
    assert_eq!((lab.seen().len(), lab.clock().now()), (1, seconds(0)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_value_that_the_look_lacks_is_fetched_once_at_the_end() -> Checked {
    let lab = Lab::new();
    lab.then(status("running")).then(status("completed")).then(Reply::json(&8));
    assert_eq!(Job::new(&lab)?.value_apart().wait().await?, 8);
    let queries: Vec<_> = lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    assert_eq!(queries, ["", "", "value=true"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_bad_word_is_a_failure_with_the_platforms_reason() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"status": "error", "reason": "out of memory"})));
    let error = failure(Job::new(&lab)?.wait().await)?;
    assert_eq!((error.kind(), error.message()), (ErrorKind::Failed, Some("out of memory")));
    let line = "lab/job_get: waiting for \"done\" ended with \"error\": out of memory [MLH-FAILED]";
    assert_eq!(error.to_string(), line);
    assert!(!error.is_retryable());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn unknown_words_and_no_word_at_all_count_as_running() -> Checked {
    let lab = Lab::new();
    lab.then(status("pending")).then(status("Completed?")).then(Reply::json(&json!({}))).then(status(""));
    lab.then(completed(1));
    assert_eq!(Job::new(&lab)?.wait().await?, 1);
    assert_eq!(lab.seen().len(), 5);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn where_presence_is_final_the_word_decides_how_and_else_the_reason() -> Checked {
    for (reply, expected) in [
        (json!({"status": "running", "ended": 5, "value": 1}), Ok(json!(1))),
        (json!({"status": "completed", "ended": 5, "reason": "note", "value": 1}), Ok(json!(1))),
        (json!({"status": "running", "ended": 5, "reason": "lost"}), Err(ErrorKind::Failed)),
        (json!({"status": "error", "ended": 5}), Err(ErrorKind::Failed)),
    ] {
        let lab = Lab::new();
        lab.then(Reply::json(&reply));
        let ended = Job::new(&lab)?.until_over().wait().await.map_err(|error| error.kind());
        assert_eq!(ended, expected, "{reply}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_gone_ends_the_wait() -> Checked {
    for gone in [404, 410] {
        let lab = Lab::new();
        lab.then(status("running")).then(Reply::status(gone));
        assert_eq!(failure(Job::new(&lab)?.wait().await)?.kind(), ErrorKind::NotFound);
        assert_eq!(lab.seen().len(), 2);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn out_of_time_leaves_the_job_and_says_how_to_return() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(status("running")));
    let error = failure(Job::new(&lab)?.wait().timeout(seconds(60)).await)?;
    assert_eq!(lab.clock().now(), seconds(60));
    assert!(error.is_timeout() && error.is_retryable());
    let line = error.to_string();
    assert!(line.contains("not done within 60 s (last seen: \"running\")"), "{line}");
    assert!(line.contains("mlhub1:lab/job_get/done;id=1b%3Bf%3D4%25"), "{line}");
    // A last poll at the very end.
    assert_eq!(lab.seen().last().map(|seen| seen.at), Some(seconds(60)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_look_that_hangs_does_not_outlast_the_wait() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::hang());
    let error = failure(Job::new(&lab)?.wait().timeout(seconds(5)).await)?;
    assert!(error.is_timeout());
    assert_eq!(lab.clock().now(), seconds(5));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_after_each_look_but_the_last() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"status": "running", "progress": 0.25})));
    lab.then(Reply::json(&json!({"status": "running", "progress": 50})));
    lab.then(completed(1));
    let mut told = Vec::new();
    Job::new(&lab)?.wait().every(seconds(30)).on_progress(|p| told.push(p.to_string())).await?;
    assert_eq!(told, ["running, 25 %, 0 s", "running, 50 %, 30 s"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn updates_are_a_stream_that_ends_with_the_value() -> Checked {
    let lab = Lab::new();
    lab.then(status("running")).then(completed(3));
    let updates: Vec<_> = Job::new(&lab)?.wait().updates().collect().await;
    assert!(matches!(&updates[..], [Ok(Update::Progress(p)), Ok(Update::Done(value))] if p.polls == 1 && *value == 3));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_wait_can_be_spawned_and_polled_by_hand() -> Checked {
    let lab = Lab::new();
    lab.then(status("running")).then(completed(1));
    let mut wait = Job::new(&lab)?.wait();
    // Cancelled in the middle of a select, and taken up again.
    tokio::select! {
        biased;
        _ = &mut wait => return Err("ended too soon".into()),
        () = lab.clock().sleep(seconds(0)) => {}
    }
    assert_eq!(tokio::spawn(wait).await??, 1);
    Ok(())
}
