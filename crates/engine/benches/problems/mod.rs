//! Functions whose optimum is known, with the runs that measure how near to it a study comes.

mod reported;

use mlhub_engine::{Acquisition, Kind, Observation, Space, Study, Value, Variable};

pub(crate) use self::reported::REPORTED;

/// A function to be minimised, and what is known about it.
pub(crate) struct Problem {
    pub(crate) name: &'static str,
    pub(crate) variables: fn() -> Vec<Variable>,
    pub(crate) function: fn(&[Value]) -> f64,
    pub(crate) optimum: f64,
    /// How many points may be tried, the initial ones included.
    pub(crate) budget: usize,
    /// The standard deviation of the noise, where noise is asked for.
    pub(crate) noise: f64,
}

/// How far above the optimum the best observed point lies when the budget is used up.
pub(crate) fn regret(problem: &Problem, seed: u64, noisy: bool) -> f64 {
    regret_with(problem, seed, noisy, |_, value| value)
}

/// As [`regret`], where `told` says what is told of the trial of that number in place of its value.
pub(crate) fn regret_with(problem: &Problem, seed: u64, noisy: bool, told: impl Fn(usize, f64) -> f64) -> f64 {
    let space = Space::new((problem.variables)()).expect("a valid space");
    let study = Study { space, acquisition: Acquisition::default(), seed };
    let mut noise = Noise(seed);
    let mut history: Vec<Observation> = Vec::with_capacity(problem.budget);
    let (mut best_seen, mut best_true) = (f64::INFINITY, f64::INFINITY);
    for number in 0..problem.budget {
        let point = study.suggest(&history, &[]).expect("a suggestion");
        let truth = (problem.function)(&point);
        let seen = if noisy { truth + problem.noise * noise.next() } else { truth };
        let seen = told(number, seen);
        if seen < best_seen {
            (best_seen, best_true) = (seen, truth);
        }
        history.push(Observation { point, value: -seen });
    }
    best_true - problem.optimum
}

/// Noise of deviation one that has nothing in common with the engine's own random numbers.
struct Noise(u64);

impl Noise {
    /// The sum of twelve uniform numbers less six: near enough to normal, and portable.
    fn next(&mut self) -> f64 {
        let mut sum = -6.0;
        for _ in 0..12 {
            // Knuth's MMIX generator.
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum += (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        }
        sum
    }
}

pub(crate) fn cont(name: &str, min: f64, max: f64, guess: f64) -> Variable {
    let kind = Kind::Cont { min, max, log: false, step: None };
    Variable { name: name.to_owned(), kind, guess: Some(Value::Real(guess)) }
}

pub(crate) fn int(name: &str, min: i64, max: i64, guess: i64) -> Variable {
    let kind = Kind::Int { min, max, log: false, step: None };
    Variable { name: name.to_owned(), kind, guess: Some(Value::Int(guess)) }
}

/// A category; the guess is its first option.
pub(crate) fn cat(name: &str, options: &[&str]) -> Variable {
    let kind = Kind::Cat { options: options.iter().map(|&option| option.to_owned()).collect() };
    Variable { name: name.to_owned(), kind, guess: None }
}

pub(crate) fn real(point: &[Value], index: usize) -> f64 {
    match point[index] {
        Value::Real(number) => number,
        Value::Int(number) => number as f64,
        Value::Text(_) => f64::NAN,
    }
}

pub(crate) fn text(point: &[Value], index: usize) -> &str {
    match &point[index] {
        Value::Text(text) => text,
        _ => "",
    }
}

/// A well of the given floor and depth around `u` = 0.
pub(crate) fn well(floor: f64, depth: f64, u: f64) -> f64 {
    floor + depth * (1.0 - (-u).exp())
}

/// A bowl in two variables: the plainest search there is, to see what a few bad results do to it.
pub(crate) const BOWL: Problem = Problem {
    name: "bowl",
    variables: || vec![cont("x", -5.0, 5.0, 3.0), cont("y", -5.0, 5.0, -2.0)],
    function: |point| (real(point, 0) - 1.2).powi(2) + (real(point, 1) + 0.7).powi(2),
    optimum: 0.0,
    budget: 30,
    noise: 0.1,
};

/// What is told of the trial of that number in place of its value.
type Told = fn(usize, f64) -> f64;

/// Bad results among those of a bowl, beginning with none.
pub(crate) const BAD_RESULTS: [(&str, Told); 8] = [
    ("bowl", |_, value| value),
    ("bowl, one is 1e3", |number, value| if number == 6 { 1e3 } else { value }),
    ("bowl, one is 1e6", |number, value| if number == 6 { 1e6 } else { value }),
    ("bowl, an early one is 1e6", |number, value| if number == 1 { 1e6 } else { value }),
    ("bowl, one is 1e300", |number, value| if number == 12 { 1e300 } else { value }),
    ("bowl, one failed", |number, value| if number == 6 { f64::NAN } else { value }),
    ("bowl, a fifth is 1e6", |number, value| if number % 5 == 3 { 1e6 } else { value }),
    ("bowl, a fifth failed", |number, value| if number % 5 == 3 { f64::NAN } else { value }),
];
