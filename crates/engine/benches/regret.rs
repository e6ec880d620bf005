//! Regret: prints how near to known optima the engine comes.
//!
//! ```text
//! cargo bench -p mlhub-engine --bench regret -- [--seeds N] [--from SEED] [--noisy] [--check] [NAME..]
//! ```
//!
//! `--check` adds the problems on which constants were chosen; names select problems.

#[path = "problems/check.rs"]
mod check;
mod problems;

use check::CHECK;
use problems::{BAD_RESULTS, BOWL, Problem, REPORTED, regret, regret_with};
use std::process::ExitCode;

/// Seeds without an argument: under a minute for the reported problems.
const SEEDS: u64 = 10;

struct Options {
    seeds: u64,
    from: u64,
    noisy: bool,
    check: bool,
    names: Vec<String>,
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("usage: regret [--seeds N] [--from SEED] [--noisy] [--check] [NAME..]");
        return ExitCode::from(2);
    };
    println!("regret after the budget, {} seeds from {}", options.seeds, options.from);
    println!("{:<24} {:>10} {:>10} {:>10} {:>10}", "", "median", "quartile", "quartile", "mean");
    let checks: &[Problem] = if options.check { &CHECK } else { &[] };
    for problem in REPORTED.iter().chain(checks) {
        if options.names.is_empty() || options.names.iter().any(|name| name == problem.name) {
            report(problem, &options);
        }
    }
    for (name, told) in BAD_RESULTS {
        if options.names.is_empty() || options.names.iter().any(|name| name == BOWL.name) {
            show(name, &options, |seed| regret_with(&BOWL, seed, options.noisy, told));
        }
    }
    ExitCode::SUCCESS
}

fn report(problem: &Problem, options: &Options) {
    show(problem.name, options, |seed| regret(problem, seed, options.noisy));
}

fn show(name: &str, options: &Options, regret: impl Fn(u64) -> f64) {
    let seeds = options.from..options.from.saturating_add(options.seeds);
    let mut regrets: Vec<f64> = seeds.map(regret).collect();
    regrets.sort_by(f64::total_cmp);
    let last = regrets.len().saturating_sub(1);
    let at = |share: f64| regrets.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN);
    let mean = regrets.iter().sum::<f64>() / regrets.len() as f64;
    println!("{name:<24} {:>10.1e} {:>10.1e} {:>10.1e} {mean:>10.1e}", at(0.5), at(0.25), at(0.75));
}

fn parse(mut words: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { seeds: SEEDS, from: 0, noisy: false, check: false, names: Vec::new() };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seeds" => options.seeds = words.next()?.parse().ok()?,
            "--from" => options.from = words.next()?.parse().ok()?,
            "--noisy" => options.noisy = true,
            "--check" => options.check = true,
            // Cargo adds this to every bench.
            "--bench" => {}
            name if name.starts_with('-') => return None,
            name => options.names.push(name.to_owned()),
        }
    }
    Some(options)
}
