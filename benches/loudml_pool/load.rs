//! Calls one after the other from some tasks at once, counted and timed.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use futures::future::join_all;
use mlhub::clock::{Clock, SystemClock};
use mlhub::loudml::Client;
use mlhub::loudml::types::Point;
use serde_json::{Value, json};

/// The head of the table.
pub(crate) const HEAD: &str = "case: requests/s, requests per CPU second, p50, p99, longest in ms, errors";

/// What is called.
#[derive(Clone, Copy)]
pub(crate) enum Call {
    /// The list of models, decoded.
    Models,
    /// A hundred points, written.
    Write,
}

/// What came of it.
pub(crate) struct Load {
    name: String,
    took: Duration,
    cpu: Duration,
    times: Vec<Duration>,
    errors: BTreeMap<String, usize>,
}

/// Calls for that time.
pub(crate) async fn drive(name: &str, client: Client, tasks: usize, time: Duration, call: Call) -> Load {
    let clock = SystemClock::new();
    let (began, cpu) = (clock.now(), cpu_time());
    let points: Vec<Value> = (0..100)
        .map(|i| json!({"timestamp": 1.6e9 + f64::from(i), "foo": f64::from(i) * 0.5, "tags": {"h": "a"}}))
        .collect();
    let points: Vec<Point> = serde_json::from_value(points.into()).unwrap_or_default();
    let tasks: Vec<_> = (0..tasks)
        .map(|_| {
            let (client, clock, points) = (client.clone(), clock.clone(), points.clone());
            tokio::spawn(async move {
                let (mut times, mut errors) = (Vec::new(), BTreeMap::<String, usize>::new());
                while clock.now() - began < time {
                    let before = clock.now();
                    let result = match call {
                        Call::Models => client.models().list().send().await.map(drop),
                        Call::Write => client.buckets().write("b").body(points.clone()).send().await.map(drop),
                    };
                    times.push(clock.now() - before);
                    if let Err(error) = result {
                        *errors.entry(error.code().to_owned()).or_default() += 1;
                    }
                }
                (times, errors)
            })
        })
        .collect();
    let mut load = Load { name: name.to_owned(), took: time, cpu, times: Vec::new(), errors: BTreeMap::new() };
    for (times, errors) in join_all(tasks).await.into_iter().flatten() {
        load.times.extend(times);
        for (code, count) in errors {
            *load.errors.entry(code).or_default() += count;
        }
    }
    (load.took, load.cpu) = (clock.now() - began, cpu_time() - cpu);
    load.times.sort();
    load
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.times.len();
        let at = |part: f64| {
            let index = ((calls as f64 * part) as usize).min(calls.saturating_sub(1));
            self.times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let per = |time: Duration| calls as f64 / time.as_secs_f64().max(f64::EPSILON);
        write!(
            f,
            "{}: {:.0}, {:.0}, {:.3}, {:.3}, {:.1}, {} of {calls} {:?}",
            self.name,
            per(self.took),
            per(self.cpu),
            at(0.5),
            at(0.99),
            at(1.0),
            self.errors.values().sum::<usize>(),
            self.errors
        )
    }
}

/// Processor time of all threads of this process: Linux counts it in
/// hundredths of a second; other systems are not asked.
fn cpu_time() -> Duration {
    let line = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may have spaces.
    let fields: Vec<&str> = line.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}
