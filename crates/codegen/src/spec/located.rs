//! JSON pointer with the value it leads to, so that every report can name the place; follows references.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// More hops than a sound document needs; a loop of references ends here.
const MAX_HOPS: usize = 16;

/// A JSON value of a document and its pointer there.
#[derive(Clone, Debug)]
pub struct Located<'a> {
    /// By RFC 6901.
    pub pointer: String,
    /// What stands there.
    pub value: &'a Value,
    root: &'a Value,
}

impl<'a> Located<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { pointer: String::new(), value, root: value }
    }

    fn step(&self, key: &str, value: &'a Value) -> Self {
        // RFC 6901: `~` first, or the escape of `/` would be escaped again.
        let key = key.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("{}/{key}", self.pointer), value, root: self.root }
    }

    /// The member of that name.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(key)?;
        Some(self.step(key, value))
    }

    /// The object under `key`; nothing if it is missing or anything else.
    pub(crate) fn object(&self, key: &str) -> Option<Self> {
        self.get(key).filter(|at| at.value.is_object())
    }

    /// Follows keys one after the other.
    pub(crate) fn path(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self.clone(), |here, key| here.get(key))
    }

    /// The members of an object; none for anything else.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'a str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(key, value)| (key.as_str(), self.step(key, value))).collect()
    }

    /// The elements of an array; none for anything else.
    pub(crate) fn items(&self) -> Vec<Self> {
        let elements = self.value.as_array().into_iter().flatten().enumerate();
        elements.map(|(index, value)| self.step(&index.to_string(), value)).collect()
    }

    /// The members of the object under `key`.
    #[must_use]
    pub fn entries_of(&self, key: &str) -> Vec<(&'a str, Self)> {
        self.get(key).map_or_else(Vec::new, |at| at.entries())
    }

    /// The elements of the array under `key`.
    #[must_use]
    pub fn items_of(&self, key: &str) -> Vec<Self> {
        self.get(key).map_or_else(Vec::new, |at| at.items())
    }

    /// The text under `key`.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.as_object()?.get(key)?.as_str()
    }

    /// The text under `key` without what stands around it; empty where there is none.
    pub(crate) fn trimmed(&self, key: &str) -> &'a str {
        self.text(key).unwrap_or_default().trim()
    }

    /// Whether `key` is there and `true`.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool) == Some(true)
    }

    /// Whether `key` is there.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }

    /// The value as a type, where it is one.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.value.clone()).ok()
    }

    /// Follows references to what they name; a broken one is where it ends.
    #[must_use]
    pub fn resolve(&self) -> Self {
        let mut here = self.clone();
        for _ in 0..MAX_HOPS {
            match here.text("$ref").and_then(|text| self.target(text)) {
                Some(next) => here = next,
                None => break,
            }
        }
        here
    }

    /// What a reference of the same document names.
    pub(crate) fn target(&self, reference: &str) -> Option<Self> {
        let pointer = reference.strip_prefix('#')?;
        let value = self.root.pointer(pointer)?;
        Some(Self { pointer: pointer.to_owned(), value, root: self.root })
    }

    /// The named components of one section.
    pub(crate) fn components(&self, section: &str) -> Vec<(&'a str, Self)> {
        let section = Self::root(self.root).path(&["components", section]);
        section.map_or_else(Vec::new, |at| at.entries())
    }
}
