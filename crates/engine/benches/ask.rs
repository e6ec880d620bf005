//! Time of an ask: prints how long a suggestion takes after 10, 50, 200 and 500 results.
//!
//! ```text
//! cargo bench -p mlhub-engine --bench ask
//! ```

use mlhub_engine::{Acquisition, Kind, Observation, Point, Space, Study, Value, Variable};
use std::time::{Duration, Instant};

/// How many results the timed suggestions rest on. None is a random point's turn.
const RESULTS: [usize; 4] = [10, 50, 200, 500];

/// The least of so many repeats is printed: what the work takes when nothing else runs.
const REPEATS: usize = 3;

fn main() {
    println!("milliseconds for one suggestion, least of {REPEATS}");
    println!("{:<12} {:>8} {:>8} {:>8} {:>8}", "results", RESULTS[0], RESULTS[1], RESULTS[2], RESULTS[3]);
    let line = Kind::Cont { min: 0.0, max: 1.0, log: false, step: None };
    let whole = Kind::Int { min: 0, max: 8, log: false, step: None };
    let choice = Kind::Cat { options: ["red", "green", "blue", "grey"].map(str::to_owned).to_vec() };
    for (name, kinds) in [("6 real", vec![line.clone(); 6]), ("4 mixed", vec![line.clone(), line, whole, choice])] {
        let times = RESULTS.map(|count| least(&kinds, count).as_secs_f64() * 1e3);
        println!("{name:<12} {:>8.1} {:>8.1} {:>8.1} {:>8.1}", times[0], times[1], times[2], times[3]);
    }
}

/// The shortest time for a suggestion after so many results.
fn least(kinds: &[Kind], count: usize) -> Duration {
    let named = kinds.iter().enumerate();
    let variables = named.map(|(i, kind)| Variable { name: format!("v{i}"), kind: kind.clone(), guess: None });
    let space = Space::new(variables.collect()).expect("a valid space");
    let study = Study { space, acquisition: Acquisition::default(), seed: 0 };
    let history: Vec<Observation> = (1..=count).map(|turn| told(kinds, turn)).collect();
    (0..REPEATS).map(|_| time(|| study.suggest(&history, &[]).expect("a suggestion"))).min().unwrap_or_default()
}

/// A result somewhere in the space: multiples of irrational numbers never fall into step.
fn told(kinds: &[Kind], turn: usize) -> Observation {
    let steps = [2.0_f64, 3.0, 5.0, 7.0, 11.0, 13.0].map(f64::sqrt);
    let places = steps.map(|step| (step * turn as f64).fract());
    let point: Point = kinds.iter().zip(places).map(|(kind, place)| at(kind, place)).collect();
    // A bump with some waves, so that neither the fit nor the search ends at once.
    let value = places.iter().zip(kinds).map(|(x, _)| (9.0 * x).sin() - 4.0 * (x - 0.4).powi(2)).sum();
    Observation { point, value }
}

fn at(kind: &Kind, place: f64) -> Value {
    match kind {
        Kind::Int { min, max, .. } => Value::Int(min + (place * (max - min + 1) as f64) as i64),
        Kind::Cont { min, max, .. } => Value::Real(min + place * (max - min)),
        Kind::Cat { options } => Value::Text(options[(place * options.len() as f64) as usize].clone()),
    }
}

#[expect(clippy::disallowed_methods, reason = "measuring time is what this bench is for")]
fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}
