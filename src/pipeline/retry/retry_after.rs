//! Retry-After: the server's wish to be left alone, in every spelling that it may have.

use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;

/// More seconds than this are as good as for ever; keeps sums from overflowing.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// How long the server wants to be left alone: seconds, or until a date in one
/// of the three forms of RFC 9110, section 5.6.7. Garbage is as if the header
/// were not there; a date in the past is no time at all.
///
/// A date counts from the server's own `Date`: its clock and ours may differ.
pub(crate) fn read(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    let time = match seconds(text) {
        Some(time) => time,
        None => {
            let now = written(headers).unwrap_or(now);
            date(text)?.duration_since(now).unwrap_or_default()
        }
    };
    Some(time.min(LONGEST))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// What the server's clock says.
fn written(headers: &HeaderMap) -> Option<SystemTime> {
    date(text(headers, &DATE)?)
}

fn seconds(text: &str) -> Option<Duration> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse().map_or(LONGEST, Duration::from_secs));
    }
    // Not in the standard, but some gateways send a fraction.
    let number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    number.then(|| text.parse::<f64>().ok()).flatten().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

fn date(text: &str) -> Option<SystemTime> {
    let stamp = rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()
        .or_else(|| civil("%A, %d-%b-%y %H:%M:%S GMT", text))
        .or_else(|| civil("%a %b %e %H:%M:%S %Y", text))?;
    Some(SystemTime::from(stamp))
}

fn civil(format: &str, text: &str) -> Option<Timestamp> {
    let parsed: DateTime = strtime::parse(format, text).ok()?.to_datetime().ok()?;
    parsed.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1994-11-06 08:49:37, the date that RFC 9110 spells in three ways.
    fn moment() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)
    }

    fn read_at(text: &str, now: SystemTime) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, text.parse().ok()?);
        read(&headers, now)
    }

    #[test]
    fn seconds_are_taken_as_they_are() {
        for (text, expected) in [("0", 0.0), ("120", 120.0), (" 7 ", 7.0), ("1.5", 1.5)] {
            let found = read_at(text, moment()).map(|time| time.as_secs_f64());
            assert_eq!(found, Some(expected), "{text:?}");
        }
    }

    #[test]
    fn all_three_forms_of_a_date_mean_the_same_moment() {
        let now = moment() - Duration::from_secs(90);
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(read_at(text, now), Some(Duration::from_secs(90)), "{text}");
        }
    }

    #[test]
    fn a_date_counts_from_the_clock_of_the_server_that_wrote_it() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, http::HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
        headers.insert(DATE, http::HeaderValue::from_static("Sun, 06 Nov 1994 08:49:07 GMT"));
        for skew in [0, 10, 3600] {
            let skew = Duration::from_secs(skew);
            for ours in [moment() - skew, moment() + skew] {
                assert_eq!(read(&headers, ours), Some(Duration::from_secs(30)), "{ours:?}");
            }
        }
    }

    #[test]
    fn a_date_in_the_past_is_no_time_at_all() {
        let now = moment() + Duration::from_secs(1);
        let text = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(read_at(text, now), Some(Duration::ZERO));
    }

    #[test]
    fn garbage_is_as_if_it_were_not_there() {
        for text in ["", "soon", "-1", "1e9", "NaN", "inf", "0x10", ".", "1.2.3", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(read_at(text, moment()), None, "{text:?}");
        }
        assert_eq!(read(&HeaderMap::new(), moment()), None);
    }

    #[test]
    fn a_huge_number_stays_a_duration_that_can_be_added() {
        for text in ["18446744073709551615", "99999999999999999999999999"] {
            assert_eq!(read_at(text, moment()), Some(LONGEST), "{text}");
        }
    }
}
