//! Many clients, one server in trouble: what they add to it, and how fast they
//! are back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures::future::{BoxFuture, join_all};
use mlhub::Builder;
use mlhub::clock::Clock;
use mlhub::pipeline::Pipeline;
use mlhub::testing::{Lab, Reply, VirtualClock};

use crate::dice::Dice;
use crate::support::{Checked, READ, builder, call, client, seconds};

/// Virtual time with chance that differs from draw to draw.
#[derive(Clone, Debug)]
struct Chancy {
    time: VirtualClock,
    dice: Arc<Mutex<Dice>>,
}

impl Chancy {
    fn new(lab: &Lab, seed: u64) -> Self {
        Chancy { time: lab.clock(), dice: Arc::new(Mutex::new(Dice::new(seed))) }
    }
}

impl Clock for Chancy {
    fn now(&self) -> Duration {
        self.time.now()
    }

    fn wall(&self) -> SystemTime {
        self.time.wall()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.time.sleep(time)
    }

    fn random(&self) -> u64 {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}

/// Requests for each call of a client by default in an outage of that sort.
async fn load(reply: Reply) -> Result<f64, mlhub::Error> {
    const CALLS: usize = 1000;
    let lab = Lab::new();
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    lab.rule(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        Some(reply.clone())
    });
    let pipeline = client(&lab)?.with(|o| o);
    for _ in 0..CALLS / 50 {
        // Clones share the budget, as the parts of a program do.
        join_all((0..50).map(|_| {
            let pipeline = pipeline.clone();
            async move { call(&pipeline, &READ).await.err() }
        }))
        .await;
        lab.clock().sleep(seconds(1)).await;
    }
    Ok(requests.load(Ordering::Relaxed) as f64 / CALLS as f64)
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_met_with_a_tenth_more_requests_at_most() -> Checked {
    for (name, reply) in [
        ("busy", Reply::status(503)),
        ("limited", Reply::status(429)),
        ("told", Reply::status(503).header("retry-after", "1")),
        ("reset", Reply::reset()),
        ("refused", Reply::no_connection()),
        ("silent", Reply::hang()),
        ("cut", Reply::json(&1).cut()),
    ] {
        let load = load(reply).await?;
        println!("{name}: {load:.3} requests for each call");
        assert!((1.0..=1.10).contains(&load), "{name}: {load}");
    }
    Ok(())
}

/// Of the calls that begin in the minute after an outage, the part that
/// succeeds within two seconds.
async fn back(nodes: usize, outage: Reply) -> Result<f64, Box<dyn std::error::Error>> {
    const CALLS: u64 = 600;
    let lab = Lab::new();
    let down = Arc::new(AtomicBool::new(true));
    let state = Arc::clone(&down);
    lab.rule(move |_| Some(if state.load(Ordering::Relaxed) { outage.clone() } else { Reply::json(&1) }));
    let builder = (1..nodes).fold(builder(&lab), |builder, node| builder.node(format!("http://n{node}.test")));
    let pipeline = builder.clock(Chancy::new(&lab, 7)).build()?;
    for _ in 0..60 {
        join_all((0..10).map(|_| call(&pipeline, &READ))).await;
        lab.clock().sleep(seconds(1)).await;
    }
    down.store(false, Ordering::Relaxed);
    let clock = lab.clock();
    let healed = (0..CALLS).map(|number| {
        let (clock, pipeline) = (&clock, &pipeline);
        async move {
            clock.sleep(Duration::from_millis(number * 100)).await;
            let start = clock.now();
            let result = call(pipeline, &READ).await;
            result.is_ok() && clock.now() - start <= seconds(2)
        }
    });
    let good = join_all(healed).await.into_iter().filter(|good| *good).count();
    Ok(good as f64 / CALLS as f64)
}

#[tokio::test(start_paused = true)]
async fn calls_after_an_outage_succeed_at_once() -> Checked {
    for nodes in [1, 3] {
        for outage in [Reply::status(503), Reply::no_connection(), Reply::hang()] {
            let part = back(nodes, outage.clone()).await?;
            assert!(part >= 0.99, "{nodes} nodes after {outage:?}: {part}");
        }
    }
    Ok(())
}

/// When each of ten thousand clients comes back to a server that has failed
/// them all at once.
async fn comebacks(reply: Reply) -> Result<Vec<Duration>, Box<dyn std::error::Error>> {
    const CLIENTS: u64 = 10_000;
    let lab = Lab::new();
    lab.rule(move |seen| Some(if seen.at.is_zero() { reply.clone() } else { Reply::json(&1) }));
    let pipelines = (0..CLIENTS)
        .map(|seed| {
            let pipeline = Builder::new("http://hub.test", |pipeline: Pipeline| pipeline).transport(lab.clone());
            pipeline.clock(Chancy::new(&lab, seed)).build()
        })
        .collect::<Result<Vec<_>, _>>()?;
    for result in join_all(pipelines.iter().map(|pipeline| call(pipeline, &READ))).await {
        result?;
    }
    Ok(lab.seen().iter().map(|seen| seen.at).filter(|at| !at.is_zero()).collect())
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_clients_do_not_come_back_together() -> Checked {
    const BINS: usize = 20;
    for (name, reply, from) in [
        ("by their own", Reply::status(503), seconds(0)),
        ("when told", Reply::status(503).header("retry-after", "5"), seconds(5)),
    ] {
        let mut bins = [0usize; BINS];
        let all = comebacks(reply).await?;
        for at in &all {
            let place = (*at - from).as_secs_f64() / 0.25;
            bins[((place * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
        let mean = all.len() as f64 / BINS as f64;
        let peak = bins.iter().max().copied().unwrap_or_default() as f64 / mean;
        println!("{name}: peak {peak:.3} times the mean");
        assert!(all.len() >= 9_990 && peak <= 1.3, "{name}: {bins:?}");
    }
    Ok(())
}
