//! Value scale of a plot in letters: which value is drawn on which line.

/// Between the labels of two lines where all values are alike.
const LABEL_STEP: f64 = 0.001;
/// Digits behind the point beyond which, and size from which, powers of ten are easier to read.
const MAX_DIGITS: i32 = 6;
const MAX_PLAIN: f64 = 1e6;

/// Value scale.
pub(super) struct ValueScale {
    high: f64,
    height: usize,
    /// Half of what lies between the highest and the lowest line: the whole may be more than a double holds.
    half: f64,
}

impl ValueScale {
    /// Of that many lines, with the highest value on the first and the lowest on the last.
    pub(super) fn new(low: f64, high: f64, height: usize) -> ValueScale {
        // All alike: the closest lines that their labels can tell apart.
        let alike = LABEL_STEP * high.abs().max(1.0) * (height - 1) as f64 / 2.0;
        ValueScale { high, height, half: if high > low { high / 2.0 - low / 2.0 } else { alike } }
    }

    /// The line of a value.
    pub(super) fn line(&self, value: f64) -> usize {
        let share = (self.high / 2.0 - value / 2.0) / self.half;
        ((share * (self.height - 1) as f64).round() as usize).min(self.height - 1)
    }

    /// As many digits as tell a line from the next, and one more.
    pub(super) fn label(&self, line: usize) -> String {
        let step = 2.0 * (self.half / (self.height - 1) as f64);
        let value = 2.0 * (self.high / 2.0 - self.half / (self.height - 1) as f64 * line as f64);
        let digits = (1.0 - step.log10()).ceil() as i32;
        match usize::try_from(digits) {
            _ if self.high.abs().max(2.0 * self.half) >= MAX_PLAIN || digits > MAX_DIGITS => format!("{value:.3e}"),
            Ok(digits) => format!("{value:.digits$}"),
            Err(_) => format!("{value:.0}"),
        }
    }
}
