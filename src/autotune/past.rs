//! Results from elsewhere, brought into an experiment.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Client, Params, types};
use crate::error::{Error, ErrorKind};

/// How many results one request carries; the hub takes no more.
const AT_ONCE: usize = 1000;

/// A result that the experiment did not ask for.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Past(Map<String, Value>);

impl Past {
    /// A point and what came out.
    pub fn told(params: Params, value: f64) -> Self {
        Self::of(params, "value", json!(value))
    }

    /// A point at which nothing came out, and why.
    pub fn failed(params: Params, reason: impl Into<String>) -> Self {
        Self::of(params, "failed", reason.into().into())
    }

    fn of(params: Params, name: &str, value: Value) -> Self {
        Past(Map::from_iter([("params".to_owned(), params.into()), (name.to_owned(), value)]))
    }
}

impl Client {
    /// Brings results along, in the order given; how many were taken.
    ///
    /// They travel a thousand at a time, and each thousand is taken whole or
    /// not at all.
    ///
    /// # Errors
    ///
    /// A point that does not belong to the experiment, with its place; a value
    /// that is not finite. The original takes results one by one, by a tell.
    pub async fn import(&self, experiment: Uuid, past: impl IntoIterator<Item = Past>) -> Result<u64, Error> {
        self.needs_v1("bringing results along").await?;
        let past: Vec<Value> = past.into_iter().map(|past| Value::Object(past.0)).collect();
        let mut taken = 0;
        for part in past.chunks(AT_ONCE) {
            let body: types::Import = serde_json::from_value(json!({"trials": part})).map_err(|cause| {
                let detail = "a result does not fit the documented shape (is its value no finite number?)";
                Error::new(ErrorKind::Request, detail).with_source(cause)
            })?;
            taken += self.experiment().import(experiment).body(body).send().await?.imported;
        }
        Ok(taken)
    }
}
