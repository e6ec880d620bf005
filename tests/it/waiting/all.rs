//! Many waits together, where no list tells of their jobs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use mlhub::clock::Clock;
use mlhub::testing::Lab;
use mlhub::{Error, ErrorKind, wait_all};

use super::job::{Job, completed, status};
use crate::support::{Checked, seconds};

#[tokio::test(start_paused = true)]
async fn their_ends_come_in_the_order_of_the_waits_each_its_own() -> Checked {
    let labs: Vec<_> = (0..4).map(|_| Lab::new()).collect();
    labs[0].times(5, status("running")).then(completed(10));
    labs[1].then(status("error"));
    labs[2].rule(|_| Some(status("running")));
    labs[3].then(completed(13));
    let mut waits = Vec::new();
    for lab in &labs {
        waits.push(Job::new(lab)?.wait());
    }
    let third = waits.remove(2).timeout(seconds(60));
    waits.insert(2, third);
    let ends = wait_all(waits).await;
    let kinds: Vec<_> = ends.into_iter().map(|end| end.map_err(|error: Error| error.kind())).collect();
    assert_eq!(kinds, [Ok(10.into()), Err(ErrorKind::Failed), Err(ErrorKind::Timeout), Ok(13.into())]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn no_more_than_six_are_polled_at_once() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(completed(1).after(seconds(1))));
    let waits = (0..20).map(|_| Ok(Job::new(&lab)?.wait())).collect::<Result<Vec<_>, Error>>()?;
    assert_eq!(wait_all(waits).await.into_iter().filter(Result::is_ok).count(), 20);
    for second in 0..4 {
        let at = lab.seen().iter().filter(|seen| seen.at.as_secs() == second).count();
        assert_eq!(at, if second < 3 { 6 } else { 2 }, "in second {second}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn as_a_stream_they_come_as_they_end() -> Checked {
    let (slow, quick) = (Lab::new(), Lab::new());
    slow.rule(|seen| Some(if seen.at > seconds(100) { completed(1) } else { status("running") }));
    quick.then(completed(2));
    let ends = wait_all([Job::new(&slow)?.wait(), Job::new(&quick)?.wait()]);
    let order: Vec<_> = ends.map(|(index, end)| (index, end.is_ok())).collect().await;
    assert_eq!(order, [(1, true), (0, true)]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_to_be_left_alone_about_one_job_is_and_the_others_go_on() -> Checked {
    let (asks, other) = (Lab::new(), Lab::new());
    asks.then(status("running").header("retry-after", "300")).then(completed(1));
    other.times(3, status("running")).then(completed(2));
    wait_all([Job::new(&asks)?.wait(), Job::new(&other)?.wait()]).await;
    let times: Vec<_> = asks.seen().iter().map(|seen| seen.at).collect();
    assert_eq!(times, [seconds(0), seconds(300)]);
    assert!(other.seen().last().is_some_and(|seen| seen.at < seconds(3)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn dropping_them_stops_the_jobs_that_were_to_be_stopped_and_no_other() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(status("running")));
    let counters = [Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))];
    let waits = [
        Job::new(&lab)?.can_cancel(&counters[0]).wait().cancel_on_drop(),
        Job::new(&lab)?.can_cancel(&counters[1]).wait(),
        // It cannot be stopped, so it does not begin.
        Job::new(&lab)?.wait().cancel_on_drop(),
    ];
    let mut all = wait_all(waits);
    let refused = all.next().await.map(|(index, end)| (index, end.map_err(|error| error.kind())));
    assert_eq!(refused, Some((2, Err(ErrorKind::Request))));
    tokio::select! {
        _ = all => return Err("ended".into()),
        () = lab.clock().sleep(seconds(1)) => {}
    }
    tokio::task::yield_now().await;
    assert_eq!(counters.map(|counter| counter.load(Ordering::Relaxed)), [1, 0]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn none_end_at_once() -> Checked {
    assert!(wait_all(Vec::<mlhub::Wait<'_, u8>>::new()).await.is_empty());
    Ok(())
}
