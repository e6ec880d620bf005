//! Line chart of a curve over time, in letters.

use super::curve::{Curve, at};
use super::scale::ValueScale;
use super::ticks::date_time;

/// Lines of the plot.
const HEIGHT: usize = 14;
/// Room for the labels; longer ones take more.
const MARGIN: usize = 8;
/// The plot is never narrower, whatever the terminal says, and never wider.
const NARROWEST: usize = 24;
const WIDEST: usize = 120;

const OBSERVED: char = '•';
const PREDICTED: char = '─';
const BOUNDS: char = '░';
const ANOMALY: char = '✕';

/// Line chart for a terminal of that width; the text has no line end at its end.
pub(crate) fn line_chart(curve: &Curve, width: usize) -> String {
    let (Some((low, high)), Some((first, last))) = (curve.range(), curve.span()) else {
        return format!("{}: no values", curve.name);
    };
    let scale = ValueScale::new(low, high, HEIGHT);
    let labels: Vec<String> = (0..HEIGHT).map(|line| scale.label(line)).collect();
    let margin = labels.iter().map(String::len).fold(MARGIN, usize::max);
    let width = width.saturating_sub(margin + 2).clamp(NARROWEST, WIDEST);
    let cells = cells(curve, &scale, width);
    let mut lines: Vec<String> = labels
        .iter()
        .zip(&cells)
        .map(|(label, cells)| format!("{label:>margin$} │{}", cells.iter().collect::<String>().trim_end()))
        .collect();
    lines.push(format!("{:margin$} └{}", "", "─".repeat(width)));
    let (from, to) = (date_time(first), date_time(last));
    let between = width.saturating_sub(from.len());
    lines.push(format!("{:margin$}  {from}{to:>between$}", ""));
    lines.push(format!("{:margin$}  {}", "", legend(curve)));
    lines.join("\n")
}

fn cells(curve: &Curve, scale: &ValueScale, width: usize) -> Vec<Vec<char>> {
    let mut cells = vec![vec![' '; width]; HEIGHT];
    let mut put = |column: usize, line: usize, mark: char| {
        if let Some(cell) = cells.get_mut(line).and_then(|line| line.get_mut(column))
            && rank(mark) > rank(*cell)
        {
            *cell = mark;
        }
    };
    let points = curve.times.len();
    let last = points.saturating_sub(1).max(1) as f64;
    let spread = (width - 1) as f64;
    for column in 0..width {
        let place = column as f64 * last / spread;
        let (lower, upper) = (between(&curve.lower, place), between(&curve.upper, place));
        if let (Some(lower), Some(upper)) = (lower, upper) {
            let (top, bottom) = (scale.line(upper), scale.line(lower));
            (top..=bottom).for_each(|line| put(column, line, BOUNDS));
        }
        if let Some(predicted) = between(&curve.predicted, place) {
            put(column, scale.line(predicted), PREDICTED);
        }
    }
    for index in 0..points {
        let column = (index as f64 * spread / last).round() as usize;
        if let Some(observed) = at(&curve.observed, index) {
            let anomalous = curve.anomalous.get(index).copied().unwrap_or_default();
            put(column, scale.line(observed), if anomalous { ANOMALY } else { OBSERVED });
        }
    }
    cells
}

/// Between two points a value lies on the line from one to the other.
fn between(values: &[Option<f64>], place: f64) -> Option<f64> {
    let (before, part) = (place.floor() as usize, place.fract());
    let first = at(values, before)?;
    if part == 0.0 {
        return Some(first);
    }
    let second = at(values, before + 1)?;
    Some(first * (1.0 - part) + second * part)
}

/// Where several things meet, the one that says most stays.
fn rank(mark: char) -> usize {
    [' ', BOUNDS, PREDICTED, OBSERVED, ANOMALY].iter().position(|other| *other == mark).unwrap_or(0)
}

fn legend(curve: &Curve) -> String {
    let has = |values: &[Option<f64>]| values.iter().any(Option::is_some);
    let mut parts = Vec::new();
    for (there, mark, what) in [
        (has(&curve.observed), OBSERVED, "observed".to_owned()),
        (has(&curve.predicted), PREDICTED, "predicted".to_owned()),
        (has(&curve.lower), BOUNDS, "bounds".to_owned()),
        (curve.anomalies() > 0, ANOMALY, format!("anomaly ({})", curve.anomalies())),
    ] {
        if there {
            parts.push(format!("{mark} {what}"));
        }
    }
    format!("{}: {}", curve.name, parts.join("  "))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A wave with a gap, bounds around a prediction, and one value far off.
    pub(crate) fn wave(points: usize) -> Curve {
        let value = |index: usize| 15.0 + 3.0 * (index as f64 / 4.0).sin();
        let each = |change: fn(f64) -> f64| (0..points).map(|index| Some(change(value(index)))).collect::<Vec<_>>();
        let mut observed = each(|value| value + 0.2);
        observed[points / 3] = None;
        observed[points / 2] = Some(22.0);
        Curve {
            name: "avg_foo".to_owned(),
            times: (0..points).map(|index| 1_795_221_000.0 + 60.0 * index as f64).collect(),
            observed,
            predicted: each(|value| value),
            lower: each(|value| value - 1.5),
            upper: each(|value| value + 1.5),
            anomalous: (0..points).map(|index| index == points / 2).collect(),
        }
    }

    #[test]
    fn observed_predicted_bounds_and_anomalies_are_drawn() {
        insta::assert_snapshot!(line_chart(&wave(40), 80));
    }

    #[test]
    fn few_points_are_drawn_apart_and_many_fit() {
        let few = Curve { times: vec![0.0, 60.0], observed: vec![Some(1.0), Some(2.0)], ..Curve::default() };
        assert_eq!(line_chart(&few, 60).matches(OBSERVED).count(), 3, "two points and the legend");
        assert!(line_chart(&wave(5000), 80).lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn a_curve_without_values_says_so() {
        for curve in [
            Curve { name: "x".to_owned(), ..Curve::default() },
            Curve { name: "x".to_owned(), times: vec![1.0], observed: vec![None], ..Curve::default() },
            Curve { name: "x".to_owned(), times: vec![1.0], observed: vec![Some(f64::NAN)], ..Curve::default() },
        ] {
            assert_eq!(line_chart(&curve, 80), "x: no values");
        }
        let one = Curve { times: vec![1.0], observed: vec![Some(1.0)], ..Curve::default() };
        assert!(line_chart(&one, 80).contains(OBSERVED));
    }
}
