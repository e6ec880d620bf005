//! Times on the command line, such as `90s` or `1h30m`.

use std::time::Duration;

/// A positive time.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let told = text.parse::<jiff::SignedDuration>().ok().and_then(|told| Duration::try_from(told).ok());
    told.filter(|time| !time.is_zero()).ok_or_else(|| "a duration is written like 90s, 45m, 12h or 1h30m".to_owned())
}

/// A time of a second or more.
pub(super) fn at_least_a_second(text: &str) -> Option<Duration> {
    duration(text).ok().filter(|time| *time >= Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_positive() {
        assert_eq!(duration("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(duration("1500ms"), Ok(Duration::from_millis(1500)));
        for wrong in ["", "12", "-1h", "0s", "soon"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(at_least_a_second("999ms"), None);
    }
}
