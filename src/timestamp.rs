//! Timestamp: a moment as the platforms write it.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A moment, kept as the text that the platform sent.
///
/// Platforms disagree: `2026-11-21T00:20:57.491946` without an offset means
/// UTC, `2026-11-21T00:20:57Z` says so, `2018-11-09 22:59:40.121984` has a
/// space. All are read; what no rule fits is kept as text, so that one odd
/// value does not spoil a reply.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// What a server has sent, whatever it is.
    pub(crate) fn received(text: String) -> Self {
        Timestamp(text)
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment, if the text is one.
    pub fn time(&self) -> Option<SystemTime> {
        self.instant().map(SystemTime::from)
    }

    fn instant(&self) -> Option<jiff::Timestamp> {
        if let Ok(moment) = self.0.parse::<jiff::Timestamp>() {
            return Some(moment);
        }
        let civil: DateTime = self.0.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        // Times beyond the year 9999 are cut to it.
        let moment = jiff::Timestamp::try_from(time).unwrap_or(jiff::Timestamp::MAX);
        Timestamp(moment.to_string())
    }
}

impl FromStr for Timestamp {
    type Err = crate::Error;

    /// Strict, unlike decoding: what the caller sends should be a moment.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let stamp = Timestamp(text.to_owned());
        match stamp.instant() {
            Some(_) => Ok(stamp),
            None => {
                let detail = format!("{text:?} is not a time; write it like 2026-11-21T00:20:57Z");
                Err(crate::Error::new(crate::ErrorKind::Request, detail))
            }
        }
    }
}

impl TryFrom<&str> for Timestamp {
    type Error = crate::Error;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = crate::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn all_spellings_mean_the_same_moment() -> Result<(), crate::Error> {
        let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_541_804_380);
        for text in
            ["2018-11-09T22:59:40Z", "2018-11-09T22:59:40.000", "2018-11-09 22:59:40", "2018-11-09T23:59:40+01:00"]
        {
            assert_eq!(text.parse::<Timestamp>()?.time(), Some(moment), "{text}");
        }
        assert_eq!(Timestamp::from(moment).as_str(), "2018-11-09T22:59:40Z");
        Ok(())
    }

    #[test]
    fn an_odd_text_is_kept_in_replies_and_refused_in_requests() -> Result<(), serde_json::Error> {
        let odd: Timestamp = serde_json::from_str("\"tomorrow\"")?;
        assert_eq!((odd.as_str(), odd.time()), ("tomorrow", None));
        assert!("tomorrow".parse::<Timestamp>().is_err());
        Ok(())
    }
}
