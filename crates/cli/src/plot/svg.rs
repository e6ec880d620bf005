//! SVG of curves over time: a panel for each, self-contained, for browsers and reports.

use std::fmt::Write as _;

use super::curve::{Curve, at};
use super::ticks;

const WIDTH: f64 = 960.0;
/// Of a panel, with its title and its axis.
const PANEL: f64 = 340.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 40.0;
/// Marks of the axes.
const VALUES: usize = 6;
const TIMES: usize = 8;
/// Above and below the values, as a part of their range.
const AIR: f64 = 0.05;
/// More points than that are drawn as a line alone.
const MOST_DOTS: usize = 400;

/// The colours are told apart by people who confuse red and green (Okabe and Ito, 2008).
const STYLE: &str = "\
text{font:12px sans-serif;fill:#333}.name{font:bold 15px sans-serif}.grid{stroke:#e4e4e4}.axis{stroke:#888}\
.bounds{fill:#56b4e9;fill-opacity:.28}.predicted{fill:none;stroke:#0072b2;stroke-width:2}\
.observed{fill:none;stroke:#333;stroke-width:1.2}.dot{fill:#333}.odd{fill:#d55e00;stroke:#fff}";

/// All curves in one picture.
pub(crate) fn svg(curves: &[Curve]) -> String {
    let height = PANEL * curves.len().max(1) as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">\n\
         <style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for (index, curve) in curves.iter().enumerate() {
        let top = PANEL * index as f64;
        out += &format!("<g transform=\"translate(0 {top})\">\n{}</g>\n", panel(curve));
    }
    out + "</svg>\n"
}

fn panel(curve: &Curve) -> String {
    let mut out = format!("<text class=\"name\" x=\"{LEFT}\" y=\"24\">{}</text>\n", escaped(&curve.name));
    let (Some((low, high)), Some((first, last))) = (curve.range(), curve.span()) else {
        return out + &format!("<text x=\"{LEFT}\" y=\"{TOP}\">no values</text>\n");
    };
    // The range of the widest values is more than a double holds.
    let range = Some(high - low).filter(|range| range.is_finite()).unwrap_or_default();
    let air = if high > low { range * AIR } else { high.abs().max(1.0) * AIR };
    let frame = Frame { low: low - air, high: high + air, first, last: if last > first { last } else { first + 1.0 } };
    out += &frame.axes();
    out += &bounds(curve, &frame);
    line(&mut out, "predicted", &curve.predicted, curve, &frame);
    line(&mut out, "observed", &curve.observed, curve, &frame);
    for (index, time) in curve.times.iter().enumerate() {
        let Some(value) = at(&curve.observed, index) else { continue };
        let anomalous = curve.anomalous.get(index).copied().unwrap_or_default();
        let (class, size) = match anomalous {
            true => ("odd", 5.0),
            false if curve.times.len() <= MOST_DOTS => ("dot", 2.0),
            false => continue,
        };
        let (x, y) = (frame.x(*time), frame.y(value));
        let title = format!("{} {value}", ticks::date_time(*time));
        let _ = writeln!(
            out,
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{size}\"><title>{title}</title></circle>"
        );
    }
    out + &legend(curve)
}

/// Frame of a panel: where a time and a value lie.
struct Frame {
    low: f64,
    high: f64,
    first: f64,
    last: f64,
}

impl Frame {
    fn x(&self, time: f64) -> f64 {
        LEFT + (time - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let share = (self.high / 2.0 - value / 2.0) / (self.high / 2.0 - self.low / 2.0);
        TOP + share * (PANEL - TOP - BOTTOM)
    }

    fn axes(&self) -> String {
        let (end, floor) = (WIDTH - RIGHT, PANEL - BOTTOM);
        let mut out = String::new();
        for (value, word) in ticks::values(self.low, self.high, VALUES) {
            let y = self.y(value);
            let _ = writeln!(out, "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{end}\"/>");
            let _ =
                writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{word}</text>", LEFT - 8.0, y + 4.0);
        }
        for (time, word) in ticks::times(self.first, self.last, TIMES) {
            let x = self.x(time);
            let _ = writeln!(out, "<path class=\"grid\" d=\"M{x:.1} {TOP}V{floor}\"/>");
            let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{word}</text>", floor + 18.0);
        }
        let _ = writeln!(out, "<path class=\"axis\" fill=\"none\" d=\"M{LEFT} {TOP}V{floor}H{end}\"/>");
        let span = format!("{} to {} UTC", ticks::date_time(self.first), ticks::date_time(self.last));
        let _ = writeln!(out, "<text x=\"{end}\" y=\"24\" text-anchor=\"end\">{span}</text>");
        out
    }
}

/// The area between the bounds; a gap cuts it.
fn bounds(curve: &Curve, frame: &Frame) -> String {
    let mut out = String::new();
    let both = |index: usize| Some((at(&curve.lower, index)?, at(&curve.upper, index)?));
    let all: Vec<Option<(f64, f64)>> = (0..curve.times.len()).map(both).collect();
    let mut start = 0;
    for part in all.split(Option::is_none) {
        let points: Vec<_> = part.iter().flatten().zip(curve.times.iter().skip(start)).collect();
        start += part.len() + 1;
        if points.is_empty() {
            continue;
        }
        let above = points.iter().map(|((_, upper), time)| (frame.x(**time), frame.y(*upper)));
        let below = points.iter().rev().map(|((lower, _), time)| (frame.x(**time), frame.y(*lower)));
        let _ = writeln!(out, "<path class=\"bounds\" d=\"{}Z\"/>", path(above.chain(below)));
    }
    out
}

/// The line through the values; a gap cuts it.
fn line(out: &mut String, class: &str, values: &[Option<f64>], curve: &Curve, frame: &Frame) {
    let all: Vec<Option<f64>> = (0..curve.times.len()).map(|index| at(values, index)).collect();
    let mut start = 0;
    for part in all.split(Option::is_none) {
        let points = part.iter().flatten().zip(curve.times.iter().skip(start));
        let points = points.map(|(value, time)| (frame.x(*time), frame.y(*value)));
        start += part.len() + 1;
        if !part.is_empty() {
            let _ = writeln!(out, "<path class=\"{class}\" d=\"{}\"/>", path(points));
        }
    }
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut out = String::new();
    for (index, (x, y)) in points.enumerate() {
        let _ = write!(out, "{}{x:.1} {y:.1}", if index == 0 { "M" } else { "L" });
    }
    out
}

fn legend(curve: &Curve) -> String {
    let has = |values: &[Option<f64>]| values.iter().any(Option::is_some);
    let mut out = String::new();
    let mut x = LEFT;
    for (there, mark, what) in [
        (
            has(&curve.observed),
            "<path class=\"observed\" d=\"M0 -4H22\"/><circle class=\"dot\" cx=\"11\" cy=\"-4\" r=\"2\"/>",
            "observed".to_owned(),
        ),
        (has(&curve.predicted), "<path class=\"predicted\" d=\"M0 -4H22\"/>", "predicted".to_owned()),
        (has(&curve.lower), "<path class=\"bounds\" d=\"M0 -10H22V2H0Z\"/>", "bounds".to_owned()),
        (
            curve.anomalies() > 0,
            "<circle class=\"odd\" cx=\"11\" cy=\"-4\" r=\"5\"/>",
            format!("anomalies ({})", curve.anomalies()),
        ),
    ] {
        if there {
            let _ = writeln!(out, "<g transform=\"translate({x} 42)\">{mark}<text x=\"28\" y=\"0\">{what}</text></g>");
            x += 120.0;
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::line_chart::tests::wave;

    #[test]
    fn everything_is_in_the_picture() {
        let text = svg(&[wave(40)]);
        assert_eq!((text.matches("class=\"bounds\"").count(), text.matches("class=\"predicted\"").count()), (2, 2));
        // The gap cuts the line in two; one more in the legend.
        assert_eq!(text.matches("class=\"observed\"").count(), 3);
        assert_eq!(text.matches("class=\"odd\"").count(), 2);
        assert!(text.contains("anomalies (1)") && text.contains("2026-11-21 00:30:00"), "{text}");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }

    #[test]
    fn a_name_cannot_leave_its_place() {
        let curve = Curve { name: "</text><script>".to_owned(), ..wave(10) };
        let text = svg(&[curve, Curve::default()]);
        assert!(!text.contains("<script>") && text.contains("&lt;/text&gt;&lt;script&gt;"), "{text}");
        assert!(text.contains("no values"), "{text}");
    }

    #[test]
    fn curves_of_any_shape_have_a_picture() {
        let flat = Curve { times: vec![5.0], observed: vec![Some(3.0)], ..Curve::default() };
        let wide =
            Curve { times: vec![0.0, 1e12], observed: vec![Some(-f64::MAX), Some(f64::MAX)], ..Curve::default() };
        for curve in [flat, wide, wave(5000)] {
            let text = svg(std::slice::from_ref(&curve));
            assert!(!text.contains("NaN") && !text.contains("inf"), "{:?}", curve.times.len());
        }
    }
}
