//! Axis: one variable on the unit interval that the model sees, and the values that it may have there.

use crate::{Error, Kind, Value, rng::Stream};

/// Whole numbers beyond this are not all exact as `f64`, so two of them could become one.
const MAX_WHOLE: i64 = 1 << 53;

/// Room for rounding when a range is divided into steps: 1.0 / 0.1 must count as ten.
const STEP_SLACK: f64 = 1e-9;

/// How many digits of a step's multiples are kept after the step's own first one: beyond any that
/// people write, and short of where rounding shows.
const TIDY_DIGITS: f64 = 9.0;

/// A variable as the model sees it: a number in `[0, 1]`, or the index of an option.
#[derive(Debug, Clone)]
pub(crate) enum Axis {
    /// Every real number of a range.
    Line(Scale),
    /// Evenly spaced numbers of a range, the first one at its lower end.
    Grid { scale: Scale, step: f64, levels: u64, whole: bool },
    /// The options of a category.
    Choice { options: Vec<String> },
}

/// A range, and whether equal ratios or equal differences count as equal.
#[derive(Debug, Clone)]
pub(crate) struct Scale {
    min: f64,
    max: f64,
    log: bool,
}

impl Scale {
    fn unit(&self, value: f64) -> f64 {
        if self.log {
            // Differences of logarithms, since the ratio of the ends may be too large for a number.
            (libm::log(value) - libm::log(self.min)) / (libm::log(self.max) - libm::log(self.min))
        } else {
            (value - self.min) / (self.max - self.min)
        }
    }

    fn value(&self, unit: f64) -> f64 {
        // The ends come out exact, which rounding would not promise.
        if unit <= 0.0 {
            return self.min;
        }
        if unit >= 1.0 {
            return self.max;
        }
        let between = |from: f64, to: f64| from * (1.0 - unit) + to * unit;
        let value = if self.log {
            libm::exp(between(libm::log(self.min), libm::log(self.max)))
        } else {
            between(self.min, self.max)
        };
        value.clamp(self.min, self.max)
    }
}

impl Axis {
    /// Reads a variable's kind; the error names the variable and what to change.
    pub(crate) fn new(name: &str, kind: &Kind) -> Result<Self, Error> {
        let wrong = |what: String| Err(Error::InvalidSpace(format!("variable {name:?}: {what}")));
        match *kind {
            Kind::Int { min, max, log, step } => {
                if min < -MAX_WHOLE || max > MAX_WHOLE {
                    return wrong(format!("bounds of whole numbers must lie within ±2^53, not {min} to {max}"));
                }
                let step = step.unwrap_or(1);
                if step < 1 {
                    return wrong(format!("step must be at least 1, not {step}"));
                }
                Self::grid(min as f64, max as f64, log, step as f64, true).or_else(wrong)
            }
            Kind::Cont { min, max, log, step: Some(step) } => {
                if !(step.is_finite() && step > 0.0) {
                    return wrong(format!("step must be a positive number, not {step}"));
                }
                Self::grid(min, max, log, step, false).or_else(wrong)
            }
            Kind::Cont { min, max, log, step: None } => scale(min, max, log).map(Axis::Line).or_else(wrong),
            Kind::Cat { ref options } => {
                if options.is_empty() {
                    return wrong("a category needs at least one option".to_owned());
                }
                for (index, option) in options.iter().enumerate() {
                    if options[..index].contains(option) {
                        return wrong(format!("option {option:?} is listed twice; list it once"));
                    }
                }
                Ok(Axis::Choice { options: options.clone() })
            }
        }
    }

    fn grid(min: f64, max: f64, log: bool, step: f64, whole: bool) -> Result<Self, String> {
        let scale = scale(min, max, log)?;
        let steps = ((max - min) / step + STEP_SLACK).floor();
        if steps < 1.0 {
            return Err(format!("step {step} is wider than the range {min} to {max}; take a smaller step"));
        }
        if steps >= MAX_WHOLE as f64 {
            return Err(format!("step {step} is too fine for {min} to {max}; leave the step out"));
        }
        Ok(Axis::Grid { scale, step, levels: steps as u64 + 1, whole })
    }

    /// Number of values; none for a line, which has no end of them.
    pub(crate) fn levels(&self) -> Option<u64> {
        match self {
            Axis::Line(_) => None,
            Axis::Grid { levels, .. } => Some(*levels),
            Axis::Choice { options } => Some(options.len() as u64),
        }
    }

    /// Whether distance means nothing here beyond equal or not.
    pub(crate) fn is_choice(&self) -> bool {
        matches!(self, Axis::Choice { .. })
    }

    /// The coordinate of a value that the variable has accepted.
    pub(crate) fn coordinate(&self, value: &Value) -> f64 {
        match (self, value) {
            (Axis::Line(scale) | Axis::Grid { scale, .. }, Value::Int(number)) => scale.unit(*number as f64),
            (Axis::Line(scale) | Axis::Grid { scale, .. }, Value::Real(number)) => scale.unit(*number),
            (Axis::Choice { options }, Value::Text(text)) => {
                options.iter().position(|option| option == text).unwrap_or_default() as f64
            }
            _ => 0.0,
        }
    }

    /// The middle of a range, or the first option.
    pub(crate) fn middle(&self) -> f64 {
        if self.is_choice() { 0.0 } else { self.snap(0.5) }
    }

    /// The coordinate of a level; a line has none, and its lower end is given.
    pub(crate) fn coordinate_of_level(&self, level: u64) -> f64 {
        match *self {
            Axis::Line(_) => 0.0,
            Axis::Grid { ref scale, .. } => scale.unit(self.number_of_level(level)),
            Axis::Choice { .. } => level as f64,
        }
    }

    /// The level nearest to a coordinate; 0 on a line.
    pub(crate) fn level(&self, coordinate: f64) -> u64 {
        match *self {
            Axis::Line(_) => 0,
            Axis::Grid { ref scale, step, levels, .. } => {
                let number = scale.value(coordinate.clamp(0.0, 1.0));
                (((number - scale.min) / step).round() as u64).min(levels - 1)
            }
            Axis::Choice { ref options } => (coordinate as u64).min(options.len() as u64 - 1),
        }
    }

    fn number_of_level(&self, level: u64) -> f64 {
        match *self {
            Axis::Grid { ref scale, step, .. } => {
                tidy(scale.min + step * level as f64, step).clamp(scale.min, scale.max)
            }
            _ => level as f64,
        }
    }

    /// The nearest coordinate that stands for a value of the variable.
    pub(crate) fn snap(&self, coordinate: f64) -> f64 {
        match self {
            Axis::Line(_) => coordinate.clamp(0.0, 1.0),
            _ => self.coordinate_of_level(self.level(coordinate)),
        }
    }

    /// The coordinate at a fraction of the axis, each level getting an equal share of a choice or
    /// of an evenly spaced grid.
    pub(crate) fn at_fraction(&self, fraction: f64) -> f64 {
        match (self, self.levels()) {
            (Axis::Grid { scale: Scale { log: false, .. }, .. } | Axis::Choice { .. }, Some(levels)) => {
                self.coordinate_of_level(((fraction * levels as f64) as u64).min(levels - 1))
            }
            _ => self.snap(fraction),
        }
    }

    /// A random coordinate.
    pub(crate) fn sample(&self, stream: &mut Stream) -> f64 {
        self.at_fraction(stream.unit())
    }

    /// The value at a coordinate.
    pub(crate) fn value(&self, coordinate: f64) -> Value {
        match self {
            Axis::Line(scale) => Value::Real(scale.value(coordinate)),
            Axis::Grid { whole, .. } => {
                let number = self.number_of_level(self.level(coordinate));
                if *whole { Value::Int(number as i64) } else { Value::Real(number) }
            }
            Axis::Choice { options } => Value::Text(options[self.level(coordinate) as usize].clone()),
        }
    }
}

/// A multiple of a step as people write it: three times 0.1 is 0.3, not 0.30000000000000004.
fn tidy(number: f64, step: f64) -> f64 {
    let unit = libm::pow(10.0, TIDY_DIGITS - libm::log10(step).floor());
    let tidied = (number * unit).round() / unit;
    if tidied.is_finite() { tidied } else { number }
}

fn scale(min: f64, max: f64, log: bool) -> Result<Scale, String> {
    if !(min.is_finite() && max.is_finite() && (max - min).is_finite()) {
        return Err(format!("bounds must be finite numbers, not {min} to {max}"));
    }
    if min >= max {
        return Err(format!("min must be less than max, not {min} to {max}; leave a fixed value out of the space"));
    }
    if log && min <= 0.0 {
        return Err(format!("a log scale needs min above 0, not {min}"));
    }
    Ok(Scale { min, max, log })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    fn axis(kind: Kind) -> Axis {
        Axis::new("v", &kind).expect("a valid variable")
    }

    fn samples(axis: &Axis) -> Vec<Value> {
        let mut stream = Stream::new(9, 0, 0, Purpose::Search);
        (0..2000).map(|_| axis.value(axis.sample(&mut stream))).collect()
    }

    #[test]
    fn ends_belong_to_a_range_and_come_out_exact() {
        let line = axis(Kind::Cont { min: 0.1, max: 0.3, log: false, step: None });
        assert_eq!((line.value(0.0), line.value(1.0)), (Value::Real(0.1), Value::Real(0.3)));
        let log = axis(Kind::Cont { min: 1e-5, max: 0.3, log: true, step: None });
        assert_eq!((log.value(0.0), log.value(1.0)), (Value::Real(1e-5), Value::Real(0.3)));
        let wide = axis(Kind::Cont { min: 1e-300, max: 1e300, log: true, step: None });
        assert!(matches!(wide.value(0.5), Value::Real(x) if (x - 1.0).abs() < 1e-9), "the ratio overflows");
    }

    #[test]
    fn on_a_log_scale_equal_ratios_are_equal_steps() {
        let log = axis(Kind::Int { min: 1, max: 10_000, log: true, step: None });
        assert_eq!(log.value(0.5), Value::Int(100));
        let hundreds = samples(&log).iter().filter(|&v| matches!(v, Value::Int(n) if *n <= 100)).count();
        assert!((900..1100).contains(&hundreds), "{hundreds} of 2000 lie in the lower half");
    }

    #[test]
    fn each_level_of_a_grid_and_each_option_is_drawn_equally_often() {
        let grid = axis(Kind::Int { min: -2, max: 5, log: false, step: Some(3) });
        let choice = axis(Kind::Cat { options: ["a", "b", "c"].map(str::to_owned).to_vec() });
        for (axis, levels) in [(grid, [-2, 1, 4].map(Value::Int)), (choice, ["a", "b", "c"].map(Value::from))] {
            let drawn = samples(&axis);
            for level in levels {
                let count = drawn.iter().filter(|&value| *value == level).count();
                assert!((560..780).contains(&count), "{level} came {count} times of 2000");
            }
        }
    }

    #[test]
    fn a_step_that_divides_the_range_but_for_rounding_reaches_its_end() {
        let tenths = axis(Kind::Cont { min: 0.0, max: 1.0, log: false, step: Some(0.1) });
        assert_eq!(tenths.levels(), Some(11));
        assert_eq!(tenths.value(1.0), Value::Real(1.0));
        let values: Vec<Value> = (0..11).map(|level| tenths.value(tenths.coordinate_of_level(level))).collect();
        assert_eq!(values[3..=7], [0.3, 0.4, 0.5, 0.6, 0.7].map(Value::Real), "as people write them");
    }

    #[test]
    fn every_level_comes_back_from_its_coordinate() {
        for kind in [
            Kind::Int { min: 1, max: 1000, log: true, step: None },
            Kind::Int { min: -3, max: 500, log: false, step: Some(7) },
            Kind::Cont { min: 1e-3, max: 1.0, log: true, step: Some(1e-3) },
        ] {
            let axis = axis(kind);
            for level in 0..axis.levels().expect("a grid") {
                let coordinate = axis.coordinate_of_level(level);
                assert_eq!(axis.level(coordinate), level);
                assert_eq!(axis.coordinate(&axis.value(coordinate)), coordinate);
            }
        }
    }
}
