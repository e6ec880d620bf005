//! The laboratory tells the truth, and does what it is told.

mod faults;
mod guide;
mod ports;
mod replay;
mod rules;
mod spellings;

/// The page for users shows a test that runs: the one here.
#[test]
fn the_guide_shows_the_test_that_runs() {
    let page = include_str!("../../../docs/testing-your-code.md");
    assert!(page.contains(include_str!("guide.rs")), "docs/testing-your-code.md shows another test than guide.rs");
}
