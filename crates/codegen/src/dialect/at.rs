//! A value together with where it stands, so that every report can name the place.

use serde_json::Value;

/// A JSON value and its pointer in the document.
#[derive(Clone, Debug)]
pub(super) struct At<'a> {
    pub(super) pointer: String,
    pub(super) value: &'a Value,
}

impl<'a> At<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { pointer: String::new(), value }
    }

    fn step(&self, key: &str, value: &'a Value) -> Self {
        // RFC 6901: `~` first, or the escape of `/` would be escaped again.
        let key = key.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("{}/{key}", self.pointer), value }
    }

    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(key)?;
        Some(self.step(key, value))
    }

    /// The object under `key`; nothing if it is missing or anything else.
    pub(super) fn object(&self, key: &str) -> Option<Self> {
        self.get(key).filter(|at| at.value.is_object())
    }

    /// Follows keys one after the other.
    pub(super) fn path(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self.clone(), |here, key| here.get(key))
    }

    /// The members of an object; none for anything else.
    pub(super) fn entries(&self) -> Vec<(&'a str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(key, value)| (key.as_str(), self.step(key, value))).collect()
    }

    /// The elements of an array; none for anything else.
    pub(super) fn items(&self) -> Vec<Self> {
        let elements = self.value.as_array().into_iter().flatten().enumerate();
        elements.map(|(index, value)| self.step(&index.to_string(), value)).collect()
    }

    /// The members of the object under `key`.
    pub(super) fn entries_of(&self, key: &str) -> Vec<(&'a str, Self)> {
        self.get(key).map_or_else(Vec::new, |at| at.entries())
    }

    /// The elements of the array under `key`.
    pub(super) fn items_of(&self, key: &str) -> Vec<Self> {
        self.get(key).map_or_else(Vec::new, |at| at.items())
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.as_object()?.get(key)?.as_str()
    }

    /// Whether `key` is there and `true`.
    pub(super) fn is(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool) == Some(true)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }
}
