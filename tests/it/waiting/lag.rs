//! How late a wait knows the end, and by how many polls: thousands of jobs of five seconds to a day, judged by the
//! times of the polls alone.

use std::f64::consts::TAU;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use mlhub::__private::{PollResult, Pollable};
use mlhub::clock::Clock;
use mlhub::pipeline::Pipeline;
use mlhub::testing::{Lab, VirtualClock};
use mlhub::{Builder, Error, Op, Wait, WaitSpec};

use super::job::GET;
use crate::support::{Chance, Checked};

const JOBS: usize = 1500;
const SHORTEST: f64 = 5.0;
const LONGEST: f64 = 24.0 * 3600.0;

fn normal(chance: &Chance) -> f64 {
    (-2.0 * chance.unit().ln()).sqrt() * (TAU * chance.unit()).cos()
}

/// Virtual time with seeded chance.
#[derive(Debug)]
struct Seeded(VirtualClock, Chance);

impl Clock for Seeded {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wall(&self) -> SystemTime {
        self.0.wall()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(time)
    }

    fn random(&self) -> u64 {
        self.1.bits()
    }
}

/// A job that ends by the clock and writes down when it was polled.
struct Timed {
    pipeline: Pipeline,
    ends: Duration,
    polls: Arc<Mutex<Vec<Duration>>>,
}

impl Pollable for Timed {
    type Value = ();

    fn op(&self) -> &'static Op {
        &GET
    }

    fn goal(&self) -> &'static WaitSpec {
        &GET.waits[0]
    }

    fn args(&self) -> Result<Vec<(&'static str, String)>, Error> {
        Ok(Vec::new())
    }

    fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    fn poll(&self) -> BoxFuture<'_, Result<PollResult<()>, Error>> {
        let now = self.pipeline.clock().now();
        self.polls.lock().expect("no poll panics").push(now);
        let status = if now >= self.ends { "completed" } else { "running" };
        let status = Some(status.to_owned());
        let result =
            PollResult { status, present: false, progress: None, reason: None, value: Some(()), retry_after: None };
        Box::pin(async { Ok(result) })
    }

    fn value(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async { Ok(()) })
    }
}

/// What a wait for a job of that length cost: how late the end was known, as a share of the length, and the polls.
async fn wait(lab: &Lab, chance: &Chance, length: f64) -> Result<(f64, usize), Error> {
    let pipeline = Builder::new("http://hub.test", |pipeline: Pipeline| pipeline)
        .transport(lab.clone())
        .clock(Seeded(lab.clock(), chance.clone()))
        .build()?;
    let (started, length) = (lab.clock().now(), Duration::from_secs_f64(length));
    let polls = Arc::new(Mutex::new(Vec::new()));
    Wait::new(Timed { pipeline, ends: started + length, polls: Arc::clone(&polls) }).await?;
    let polls = polls.lock().expect("no poll panics");
    let known = polls.last().expect("one poll at least").saturating_sub(started);
    Ok(((known.as_secs_f64() - length.as_secs_f64()) / length.as_secs_f64(), polls.len()))
}

/// Lengths of jobs as they are met: one hump, two humps, few that take nearly all of the time, and all alike.
fn length(kind: &str, chance: &Chance) -> f64 {
    let seconds = match kind {
        "log-normal" => 180.0 * (1.5 * normal(chance)).exp(),
        "bimodal" if chance.unit() < 0.7 => 20.0 * (0.3 * normal(chance)).exp(),
        "bimodal" => 7200.0 * (0.3 * normal(chance)).exp(),
        "heavy-tailed" => SHORTEST * chance.unit().powf(-1.0 / 0.7),
        // As a job that runs into a limit of its platform.
        _ => 60.0,
    };
    seconds.clamp(SHORTEST, LONGEST)
}

#[tokio::test(start_paused = true)]
async fn the_end_is_known_within_fifteen_per_cent_of_the_length_and_eight_for_most() -> Checked {
    for (seed, kind) in ["log-normal", "bimodal", "heavy-tailed", "all alike"].into_iter().enumerate() {
        let (lab, chance) = (Lab::new(), Chance::new(seed as u64));
        let mut lags = Vec::with_capacity(JOBS);
        for job in 0..JOBS {
            let length = length(kind, &chance);
            let (lag, polls) = wait(&lab, &chance, length).await?;
            assert!((0.0..=0.15).contains(&lag), "{kind}, seed {seed}, job {job} of {length:.1} s: {lag:.4} late");
            assert!(length > 3600.0 || polls <= 60, "{kind}, seed {seed}, job {job} of {length:.1} s: {polls} polls");
            lags.push(lag);
        }
        lags.sort_by(f64::total_cmp);
        let median = lags[JOBS / 2];
        assert!(median <= 0.08, "{kind}, seed {seed}: half of the ends are more than {median:.4} late");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_hour_takes_sixty_looks_at_most_whatever_chance_says() -> Checked {
    let (lab, chance) = (Lab::new(), Chance::new(99));
    let mut most = 0;
    for _ in 0..JOBS {
        let (lag, polls) = wait(&lab, &chance, 3600.0).await?;
        assert!((0.0..=0.15).contains(&lag), "{lag:.4} late");
        most = most.max(polls);
    }
    assert!(most <= 60, "{most} polls");
    Ok(())
}
