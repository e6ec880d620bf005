//! When a wait polls.

use mlhub::clock::Clock;
use mlhub::testing::{Lab, Reply};

use super::job::{Job, completed, status};
use crate::support::{Checked, failure, seconds, times};

#[tokio::test(start_paused = true)]
async fn soon_then_after_fifteen_per_cent_of_the_time_taken() -> Checked {
    let lab = Lab::new();
    lab.times(12, status("running")).then(completed(1));
    Job::new(&lab)?.wait().await?;
    // Chance is in the middle: half of 0.75 s, then pauses 2.5 % under the longest, in whole milliseconds.
    let expected = [0, 375, 1107, 1839, 2571, 3303, 4035, 4767, 5499, 6304, 7226, 8283, 9495];
    assert_eq!(times(&lab), expected);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn never_later_than_ten_minutes_after_the_look_before() -> Checked {
    let lab = Lab::new();
    lab.clock().set_chance(0.0);
    lab.rule(|seen| Some(if seen.at > seconds(3600 * 24) { completed(1) } else { status("running") }));
    Job::new(&lab)?.wait().await?;
    let times = times(&lab);
    let longest = times.windows(2).map(|pair| pair[1] - pair[0]).max();
    assert_eq!(longest, Some(600_000));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn at_fixed_intervals_if_asked() -> Checked {
    let lab = Lab::new();
    lab.times(3, status("running")).then(completed(1));
    Job::new(&lab)?.wait().every(seconds(7)).await?;
    assert_eq!(times(&lab), [0, 7000, 14_000, 21_000]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn never_sooner_than_the_server_asks() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(429).header("retry-after", "90")).then(completed(1));
    Job::new(&lab)?.wait().every(seconds(1)).await?;
    assert_eq!(times(&lab), [0, 90_000]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn never_sooner_than_the_server_asks_in_an_answer_that_is_none_the_worse_for_it() -> Checked {
    for (header, expected) in [("40", 40_000), ("Thu, 01 Jan 2026 00:01:30 GMT", 90_000), ("soon", 375)] {
        let lab = Lab::new();
        lab.then(status("running").header("retry-after", header)).then(completed(1));
        Job::new(&lab)?.wait().await?;
        assert_eq!(times(&lab), [0, expected], "{header}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn where_the_server_asks_for_longer_than_is_left_the_wait_says_so_at_once() -> Checked {
    for reply in [status("running"), Reply::status(503)] {
        let lab = Lab::new();
        lab.then(reply.header("retry-after", "90"));
        let error = failure(Job::new(&lab)?.wait().timeout(seconds(60)).await)?;
        assert_eq!((error.is_timeout(), error.retry_after(), lab.clock().now()), (true, Some(seconds(90)), seconds(0)));
        let line = error.to_string();
        assert!(line.contains("the server asks for no poll within the next 90 s; the job goes on"), "{line}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn requests_that_fail_are_followed_by_pauses_that_double() -> Checked {
    let lab = Lab::new();
    lab.times(9, Reply::status(503)).then(completed(1));
    Job::new(&lab)?.wait().await?;
    let seconds: Vec<_> = times(&lab).iter().map(|time| time / 1000).collect();
    assert_eq!(seconds, [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
    Ok(())
}
