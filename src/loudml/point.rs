//! Points, and writing many of them.

use std::time::SystemTime;

use serde_json::{Map, Value};

use super::{Client, types};
use crate::error::Error;

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
