//! Header spellings: every way in which servers write how long they want to be left alone.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// Spelling of a `Retry-After`. Dates are counted from the moment of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// No header at all.
    Absent,
    /// Whole seconds.
    Seconds(u64),
    /// Seconds with a fraction, which no standard knows and some gateways send.
    Millis(u64),
    /// A date, as servers write it today: `Sun, 06 Nov 1994 08:49:37 GMT`.
    Date(Duration),
    /// A date in the form of RFC 850: `Sunday, 06-Nov-94 08:49:37 GMT`.
    Rfc850(Duration),
    /// A date in the form of C's `asctime`: `Sun Nov  6 08:49:37 1994`.
    Asctime(Duration),
    /// A date that has passed.
    Past(Duration),
    /// More seconds than any number type holds.
    Huge,
    /// These letters.
    Text(String),
}

impl RetryAfter {
    /// One of each spelling, those with a time for that time.
    pub fn samples(time: Duration) -> Vec<RetryAfter> {
        let (seconds, millis) = (time.as_secs(), u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        vec![
            RetryAfter::Absent,
            RetryAfter::Seconds(seconds),
            RetryAfter::Millis(millis),
            RetryAfter::Date(time),
            RetryAfter::Rfc850(time),
            RetryAfter::Asctime(time),
            RetryAfter::Past(time),
            RetryAfter::Huge,
            RetryAfter::Text("soon".to_owned()),
        ]
    }

    /// The header's value at that moment.
    pub fn text(&self, now: SystemTime) -> Option<String> {
        let after = |time: &Duration| now.checked_add(*time);
        match self {
            RetryAfter::Absent => None,
            RetryAfter::Seconds(seconds) => Some(seconds.to_string()),
            RetryAfter::Millis(millis) => Some(format!("{}.{:03}", millis / 1000, millis % 1000)),
            RetryAfter::Date(time) => date("%a, %d %b %Y %H:%M:%S GMT", after(time)?),
            RetryAfter::Rfc850(time) => date("%A, %d-%b-%y %H:%M:%S GMT", after(time)?),
            RetryAfter::Asctime(time) => date("%a %b %e %H:%M:%S %Y", after(time)?),
            RetryAfter::Past(time) => date("%a, %d %b %Y %H:%M:%S GMT", now.checked_sub(*time)?),
            RetryAfter::Huge => Some("9".repeat(40)),
            RetryAfter::Text(text) => Some(text.clone()),
        }
    }
}

fn date(format: &str, moment: SystemTime) -> Option<String> {
    Some(Timestamp::try_from(moment).ok()?.strftime(format).to_string())
}
