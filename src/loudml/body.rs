//! Request bodies: out of `json!({..})` as people would write a dict, out of texts, and points, also many of them.

use std::time::SystemTime;

use serde_json::{Map, Value};

use super::{Client, types};
use crate::error::Error;

/// A body out of JSON. A key that the document does not know is an error that names it.
macro_rules! from_json {
    ($($body:ident)+) => {$(
        impl TryFrom<Value> for types::$body {
            type Error = serde_json::Error;

            fn try_from(value: Value) -> Result<Self, Self::Error> {
                serde_json::from_value(value)
            }
        }
    )+};
}

from_json!(NewModel NewBucket NewFeature NewHook HookChange NewScheduledJob Point);

/// Values that are a text or something else.
macro_rules! from_text {
    ($($value:ident)+) => {$(
        impl From<&str> for types::$value {
            fn from(text: &str) -> Self {
                types::$value::String(text.to_owned())
            }
        }

        impl From<String> for types::$value {
            fn from(text: String) -> Self {
                types::$value::String(text)
            }
        }
    )+};
}

from_text!(Interval Scalar Flag);

impl types::Point {
    /// A point at that time, in seconds since 1970.
    pub fn new(timestamp: f64) -> Self {
        types::Point(Map::from_iter([("timestamp".to_owned(), timestamp.into())]))
    }

    /// A point at that time, to the microsecond.
    pub fn at(time: SystemTime) -> Self {
        let since = |seconds: f64| (seconds * 1e6).round() / 1e6;
        types::Point::new(match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => since(after.as_secs_f64()),
            Err(before) => -since(before.duration().as_secs_f64()),
        })
    }

    /// The value of a field. One that is no finite number is left out: JSON has
    /// none for it.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: f64) -> Self {
        if value.is_finite() {
            self.0.insert(name.into(), value.into());
        }
        self
    }

    /// A tag, by which points are told apart.
    #[must_use]
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let tags = self.0.entry("tags").or_insert_with(|| Map::new().into());
        if let Value::Object(tags) = tags {
            tags.insert(name.into(), value.into().into());
        }
        self
    }
}

impl Client {
    /// Writes points to a bucket, so many with each request, and waits until
    /// the server has written each lot. Gives their number.
    ///
    /// Of several servers each lot goes to another one, as every call does.
    ///
    /// # Errors
    ///
    /// The first lot that fails; the lots before it are written.
    pub async fn write_points(
        &self,
        bucket_name: &str,
        points: impl IntoIterator<Item = types::Point>,
        batch_size: usize,
    ) -> Result<usize, Error> {
        let mut points = points.into_iter();
        let mut written = 0;
        loop {
            let lot: Vec<_> = points.by_ref().take(batch_size.max(1)).collect();
            if lot.is_empty() {
                return Ok(written);
            }
            let count = lot.len();
            self.buckets().write(bucket_name).body(lot).start().await?.wait().await?;
            written += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::types;
    use serde_json::json;

    #[test]
    fn a_mistyped_setting_is_named_and_not_dropped() {
        let error = types::NewModel::try_from(json!({"name": "m", "type": "donut", "buckt_interval": "1m"}));
        assert!(error.is_err_and(|error| error.to_string().contains("buckt_interval")));
    }
}
