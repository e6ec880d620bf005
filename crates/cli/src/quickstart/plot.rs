//! The history of a search in letters: each trial, and the best so far.

/// Lines of the plot between its highest and its lowest value.
const HEIGHT: usize = 10;
/// Columns of the plot; a longer history is drawn closer.
const WIDTH: usize = 64;

/// The smallest difference that a line's label shows.
const LABEL_STEP: f64 = 0.001;

/// A trial.
const TRIAL: char = '·';
/// The best so far.
const BEST: char = '─';
/// A trial that is the best so far.
const RECORD: char = '●';

/// Draws it; the text has no line end at its end.
pub(super) fn history(values: &[Option<f64>]) -> String {
    let told = || values.iter().flatten().copied();
    let (low, high) = (told().fold(f64::INFINITY, f64::min), told().fold(f64::NEG_INFINITY, f64::max));
    if !low.is_finite() || !high.is_finite() {
        return "no trial gave a value".to_owned();
    }
    // All alike: the closest lines that their labels can tell apart.
    let span = if high > low { high - low } else { LABEL_STEP * (HEIGHT - 1) as f64 };
    let line = |value: f64| (((high - value) / span) * (HEIGHT - 1) as f64).round() as usize;
    let width = values.len().min(WIDTH);
    let mut cells = vec![vec![' '; width]; HEIGHT];
    let mut best = f64::NEG_INFINITY;
    for (index, value) in values.iter().enumerate() {
        let column = index * width / values.len();
        if let Some(value) = *value {
            let record = value > best;
            best = best.max(value);
            put(&mut cells[line(value)][column], if record { RECORD } else { TRIAL });
        }
        if best.is_finite() {
            put(&mut cells[line(best)][column], BEST);
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for (index, cells) in cells.iter().enumerate() {
        let value = high - span * index as f64 / (HEIGHT - 1) as f64;
        let drawn: String = cells.iter().collect();
        lines.push(format!("{value:8.3} │{}", drawn.trim_end()));
    }
    lines.push(format!("{:8} └{}", "", "─".repeat(width)));
    let last = if width > 1 { format!("{:>rest$}", values.len(), rest = width - 1) } else { String::new() };
    lines.push(format!("{:8}  1{last}", ""));
    lines.push(format!("{:8}  accuracy by trial: {TRIAL} trial  {RECORD} new best  {BEST} best so far", ""));
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

    #[test]
    fn each_trial_and_the_best_so_far_are_drawn() {
        let values = [Some(0.70), Some(0.95), None, Some(0.90), Some(0.97), Some(0.71)];
        insta::assert_snapshot!(history(&values));
    }

    #[test]
    fn a_long_history_is_drawn_closer() {
        let values: Vec<_> = (0..1000).map(|trial| Some(f64::from(trial % 7))).collect();
        assert!(history(&values).lines().all(|line| line.chars().count() <= WIDTH + 10));
    }

    #[test]
    fn histories_without_a_shape_are_no_trouble() {
        assert_eq!(history(&[]), "no trial gave a value");
        assert_eq!(history(&[None]), "no trial gave a value");
        assert!(history(&[Some(0.5)]).contains("●\n") && history(&[Some(0.5)]).contains(" 1\n"));
        assert!(history(&[Some(0.5), Some(0.5)]).contains('●'));
    }
}
