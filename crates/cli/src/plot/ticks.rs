//! Ticks of a plot's axes, and their labels.

/// Steps between ticks of time, in seconds.
const STEPS: &[u32] = &[
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600,
    2592000, 7776000, 31536000,
];
const DAY: f64 = 86_400.0;
const MINUTE: f64 = 60.0;

/// Date and time as people write it, in UTC.
pub(crate) fn date_time(seconds: f64) -> String {
    written(seconds, "%Y-%m-%d %H:%M:%S")
}

fn written(seconds: f64, form: &str) -> String {
    let time = jiff::Timestamp::from_millisecond((seconds * 1000.0).round() as i64);
    time.map_or_else(|_| seconds.to_string(), |time| time.strftime(form).to_string())
}

/// Ticks of an axis of values: about that many, at 1, 2 or 5 times a power of ten.
pub(super) fn values(low: f64, high: f64, count: usize) -> Vec<(f64, String)> {
    let rough = (high - low) / count.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    if !power.is_finite() || power <= 0.0 {
        return vec![(low, low.to_string())];
    }
    let step =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|times| times * power).find(|step| *step >= rough).unwrap_or(power);
    let digits = usize::try_from(-(step.log10().floor() as i32)).unwrap_or(0);
    marks(low, high, step).map(|value| (value, format!("{value:.digits$}"))).collect()
}

/// Ticks of an axis of time: about that many, at whole minutes, hours or days.
pub(super) fn times(first: f64, last: f64, count: usize) -> Vec<(f64, String)> {
    let rough = (last - first) / count.max(1) as f64;
    let step = STEPS.iter().map(|step| f64::from(*step)).find(|step| *step >= rough).unwrap_or(rough.max(1.0));
    let form = match step {
        step if step >= DAY => "%Y-%m-%d",
        step if step >= MINUTE => "%H:%M",
        _ => "%H:%M:%S",
    };
    marks(first, last, step).map(|time| (time, written(time, form))).collect()
}

fn marks(low: f64, high: f64, step: f64) -> impl Iterator<Item = f64> {
    let from = (low / step).ceil();
    // A value that no step leads beyond would be marked for ever.
    let count = ((high / step).floor() - from).clamp(-1.0, 100.0) as i64 + 1;
    (0..count).map(move |index| (from + index as f64) * step + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(marks: Vec<(f64, String)>) -> Vec<String> {
        marks.into_iter().map(|(_, word)| word).collect()
    }

    #[test]
    fn values_are_marked_at_round_numbers() {
        assert_eq!(words(values(0.0, 10.0, 5)), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(words(values(11.3, 18.9, 4)), ["12", "14", "16", "18"]);
        assert_eq!(words(values(0.001, 0.0045, 4)), ["0.001", "0.002", "0.003", "0.004"]);
        assert_eq!(words(values(5.0, 5.0, 4)), ["5"]);
        assert!(values(-f64::MAX, f64::MAX, 5).len() < 200);
    }

    #[test]
    fn times_are_marked_at_round_times() {
        assert_eq!(words(times(1_795_221_000.0, 1_795_222_800.0, 4)), ["00:30", "00:40", "00:50", "01:00"]);
        assert_eq!(words(times(0.0, 40.0, 5)), ["00:00:00", "00:00:10", "00:00:20", "00:00:30", "00:00:40"]);
        assert_eq!(words(times(0.0, 3.0 * DAY, 3)), ["1970-01-01", "1970-01-02", "1970-01-03", "1970-01-04"]);
        assert_eq!(date_time(1_795_221_000.0), "2026-11-21 00:30:00");
    }
}
