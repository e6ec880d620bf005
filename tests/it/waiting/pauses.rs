//! When a wait looks.

use mlhub::testing::{Lab, Reply};

use super::job::{Job, completed, status};
use crate::support::{Checked, seconds, times};

#[tokio::test(start_paused = true)]
async fn soon_then_at_fifteen_per_cent_of_the_time_taken() -> Checked {
    let lab = Lab::new();
    lab.times(12, status("running")).then(completed(1));
    Job::new(&lab)?.wait().await?;
    // Half a second until that is 15 % of 3.333 s; chance is in the middle.
    let expected = [0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4025, 4629, 5324, 6123, 7042];
    assert_eq!(times(&lab), expected);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn never_later_than_ten_minutes_after_the_look_before() -> Checked {
    let lab = Lab::new();
    lab.clock().set_chance(0.9999999);
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
