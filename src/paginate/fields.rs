//! Field selection: some fields of objects, as JSON.

use futures::stream::{BoxStream, Stream, StreamExt};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Items;
use crate::error::{Error, ErrorKind};

/// Field selection: these fields of an object, as JSON, in the order of their names; a field that
/// the object does not have is null.
///
/// ```
/// let project = serde_json::json!({"id": 7, "name": "trees", "state": "idle"});
/// let row = mlhub::fields(&project, ["id", "name", "owner"])?;
/// assert_eq!(serde_json::Value::from(row), serde_json::json!({"id": 7, "name": "trees", "owner": null}));
/// # Ok::<_, mlhub::Error>(())
/// ```
///
/// # Errors
///
/// What is no object.
pub fn fields<T: Serialize + ?Sized>(
    object: &T,
    names: impl IntoIterator<Item = impl Into<String>>,
) -> Result<Map<String, Value>, Error> {
    let Ok(Value::Object(mut all)) = serde_json::to_value(object) else {
        return Err(Error::new(ErrorKind::Request, "only an object has fields"));
    };
    let field = |name: String| {
        let value = all.remove(&name).unwrap_or_default();
        (name, value)
    };
    Ok(names.into_iter().map(Into::into).map(field).collect())
}

impl<T: Serialize + Send + 'static> Items<T> {
    /// These fields of each item, as JSON; see [`fields`].
    #[must_use]
    pub fn fields(
        self,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> BoxStream<'static, Result<Map<String, Value>, Error>>
    where
        Self: Stream<Item = Result<T, Error>>,
    {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        self.map(move |item| fields(&item?, names.iter().map(String::as_str))).boxed()
    }
}
