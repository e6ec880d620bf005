//! Search history plot, in letters: each trial, and the best so far.

use super::scale::ValueScale;
use crate::direction::Direction;

/// Lines of the plot between its highest and its lowest value.
const HEIGHT: usize = 10;
/// Columns of the plot; a longer history is drawn closer.
const WIDTH: usize = 64;

/// Room for the labels; longer ones take more.
const MARGIN: usize = 8;

/// A trial.
const TRIAL: char = '·';
/// The best so far.
const BEST: char = '─';
/// A trial that is the best so far.
const RECORD: char = '●';

/// Plot of a search history; the text has no line end at its end. `what` is what the values are called.
pub(crate) fn search_history(values: &[Option<f64>], direction: Direction, what: &str) -> String {
    let told = || values.iter().flatten().copied();
    let (low, high) = (told().fold(f64::INFINITY, f64::min), told().fold(f64::NEG_INFINITY, f64::max));
    if !low.is_finite() || !high.is_finite() {
        return "no trial gave a value".to_owned();
    }
    let scale = ValueScale::new(low, high, HEIGHT);
    let width = values.len().min(WIDTH);
    let mut cells = vec![vec![' '; width]; HEIGHT];
    let mut best = None;
    for (index, value) in values.iter().enumerate() {
        let column = index * width / values.len();
        if let Some(value) = *value {
            let record = direction.beats(value, best);
            best = if record { Some(value) } else { best };
            put(&mut cells[scale.line(value)][column], if record { RECORD } else { TRIAL });
        }
        if let Some(best) = best {
            put(&mut cells[scale.line(best)][column], BEST);
        }
    }
    let labels: Vec<String> = (0..HEIGHT).map(|line| scale.label(line)).collect();
    let margin = labels.iter().map(String::len).fold(MARGIN, usize::max);
    let mut lines: Vec<String> = Vec::new();
    for (label, cells) in labels.iter().zip(&cells) {
        let drawn: String = cells.iter().collect();
        lines.push(format!("{label:>margin$} │{}", drawn.trim_end()));
    }
    lines.push(format!("{:margin$} └{}", "", "─".repeat(width)));
    let last = if width > 1 { format!("{:>rest$}", values.len(), rest = width - 1) } else { String::new() };
    lines.push(format!("{:margin$}  1{last}", ""));
    lines.push(format!("{:margin$}  {what} by trial: {TRIAL} trial  {RECORD} new best  {BEST} best so far", ""));
    lines.join("\n")
}

/// Where several things meet, the one that says most stays.
fn put(cell: &mut char, mark: char) {
    let rank = |mark: char| [' ', BEST, TRIAL, RECORD].iter().position(|other| *other == mark);
    if rank(mark) > rank(*cell) {
        *cell = mark;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(values: &[Option<f64>]) -> String {
        search_history(values, Direction::Maximize, "accuracy")
    }

    #[test]
    fn each_trial_and_the_best_so_far_are_drawn() {
        let values = [Some(0.70), Some(0.95), None, Some(0.90), Some(0.97), Some(0.71)];
        insta::assert_snapshot!(drawn(&values));
    }

    #[test]
    fn where_less_is_better_the_best_goes_down() {
        let values = [Some(300.0), Some(20.0), None, Some(90.0), Some(-40.0)];
        insta::assert_snapshot!(search_history(&values, Direction::Minimize, "loss"));
    }

    #[test]
    fn a_long_history_is_drawn_closer() {
        let values: Vec<_> = (0..1000).map(|trial| Some(f64::from(trial % 7))).collect();
        assert!(drawn(&values).lines().all(|line| line.chars().count() <= WIDTH + 10));
    }

    #[test]
    fn histories_without_a_shape_are_no_trouble() {
        assert_eq!(drawn(&[]), "no trial gave a value");
        assert_eq!(drawn(&[None]), "no trial gave a value");
        assert!(drawn(&[Some(0.5)]).contains("●\n") && drawn(&[Some(0.5)]).contains(" 1\n"));
        assert!(drawn(&[Some(0.5), Some(0.5)]).contains('●'));
    }

    #[test]
    fn values_of_any_size_have_labels_that_differ() {
        for (low, high) in
            [(0.0, 1e-9), (-f64::MAX, f64::MAX), (1e6, 2e6), (0.123, 0.124), (5.0, 5.0), (1e9, 1e9), (0.0, 90.0)]
        {
            let text = drawn(&[Some(low), Some(high)]);
            let labels: Vec<_> = text.lines().take(HEIGHT).map(|line| line.split('│').next().unwrap()).collect();
            let different: std::collections::BTreeSet<_> = labels.iter().collect();
            assert_eq!(different.len(), HEIGHT, "{text}");
        }
    }
}
