//! Optima are found: loose bounds here, the exact figures in the `regret` bench.

#[path = "../benches/problems/mod.rs"]
mod problems;

use problems::{BAD_RESULTS, BOWL, REPORTED, regret, regret_with};

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

#[test]
fn one_result_that_diverged_or_failed_leaves_the_regret_of_a_bowl_within_ten_times_of_a_clean_run() {
    let figures = BAD_RESULTS.map(|(name, told)| {
        let mut regrets: Vec<f64> = (0..20).map(|seed| regret_with(&BOWL, seed, false, told)).collect();
        regrets.sort_by(f64::total_cmp);
        (name, regrets[regrets.len() / 2])
    });
    let (_, clean) = figures[0];
    for (name, regret) in figures {
        assert!(regret <= 10.0 * clean, "{name}: {regret:e}, clean {clean:e}: {figures:?}");
    }
}
