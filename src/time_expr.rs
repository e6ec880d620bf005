//! Time expression: a moment as a server is to read it, perhaps relative to its own clock.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// A moment as a server is to read it: absolute, or relative to the time on the
/// server's own clock.
///
/// Texts go out as they are, so that everything the server reads can be
/// written: `now-1h`, seconds since 1970, `2026-11-21T00:20:57Z`. A time of
/// day without an offset is in the server's own zone; times made of
/// [`SystemTime`] are in UTC and say so.
///
/// ```
/// use mlhub::TimeExpr;
/// use std::time::{Duration, SystemTime};
///
/// assert_eq!(TimeExpr::ago(Duration::from_secs(3600)).to_string(), "now-3600s");
/// assert_eq!(TimeExpr::ahead(Duration::from_secs(90)).to_string(), "now+90s");
/// assert_eq!(TimeExpr::from("now-49h").to_string(), "now-49h");
/// assert_eq!(TimeExpr::from(1_795_221_000).to_string(), "1795221000");
/// let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_541_804_380);
/// assert_eq!(TimeExpr::from(then).to_string(), "2018-11-09T22:59:40Z");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct TimeExpr(String);

impl TimeExpr {
    /// The moment at which the server reads it.
    pub fn now() -> Self {
        TimeExpr("now".to_owned())
    }

    /// That long before the server reads it, in whole seconds.
    pub fn ago(time: Duration) -> Self {
        TimeExpr(format!("now-{}s", time.as_secs()))
    }

    /// That long after the server has read it, in whole seconds.
    pub fn ahead(time: Duration) -> Self {
        TimeExpr(format!("now+{}s", time.as_secs()))
    }

    /// The text that goes out.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for TimeExpr {
    fn from(text: &str) -> Self {
        TimeExpr(text.to_owned())
    }
}

impl From<String> for TimeExpr {
    fn from(text: String) -> Self {
        TimeExpr(text)
    }
}

impl From<SystemTime> for TimeExpr {
    fn from(time: SystemTime) -> Self {
        TimeExpr(Timestamp::from(time).to_string())
    }
}

impl From<Timestamp> for TimeExpr {
    fn from(time: Timestamp) -> Self {
        TimeExpr(time.to_string())
    }
}

macro_rules! seconds {
    ($($number:ty)*) => {$(
        impl From<$number> for TimeExpr {
            /// Seconds since 1970.
            fn from(seconds: $number) -> Self {
                TimeExpr(seconds.to_string())
            }
        }
    )*};
}

seconds!(i32 i64 f64);

impl FromStr for TimeExpr {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl fmt::Display for TimeExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
