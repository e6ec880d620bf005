//! Clock: the time as a parameter, and the two formats in which this server writes a time.

use std::fmt;

use jiff::Timestamp;

/// A clock. The server asks this and nothing else, so a test decides what time it is.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine, which is the default.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// UTC without an offset and always six decimals, as the original AutoTune writes times.
pub(crate) fn without_offset(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// RFC 3339 in UTC with `Z` and always six decimals, as everything under `/v1` writes times.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_keep_six_decimals_even_on_a_whole_second() {
        let at = Timestamp::from_microsecond(1_795_219_259_000_000).unwrap();
        assert_eq!(without_offset(at), "2026-11-21T00:00:59.000000");
        assert_eq!(rfc3339(at), "2026-11-21T00:00:59.000000Z");
    }
}
