//! Optima are found: loose bounds here, the exact figures in the `regret` bench.

#[path = "../benches/problems/mod.rs"]
mod problems;

use problems::{REPORTED, regret};

/// The median final regret of a few seeds.
fn median(name: &str, seeds: u64) -> f64 {
    let problem = REPORTED.iter().find(|problem| problem.name == name).expect("a known problem");
    let mut regrets: Vec<f64> = (0..seeds).map(|seed| regret(problem, seed, false)).collect();
    regrets.sort_by(f64::total_cmp);
    regrets[regrets.len() / 2]
}

#[test]
fn two_real_variables() {
    let regret = median("branin", 5);
    assert!(regret < 0.01, "{regret}");
}

#[test]
fn six_real_variables() {
    let regret = median("hartmann6", 5);
    assert!(regret < 0.15, "{regret}");
}

#[test]
fn whole_numbers_and_responses_over_many_orders_of_magnitude() {
    let regret = median("rosen4", 5);
    assert!(regret < 10.0, "{regret}");
}

#[test]
fn a_category_that_shifts_the_response() {
    let regret = median("mixed", 5);
    assert!(regret < 4.5, "{regret}");
}
