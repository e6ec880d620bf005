//! Reads a JSON object field by field and collects everything that is wrong with it, not only the first thing.

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::fault::Problem;
use crate::study::Scalar;

/// A request body that is made from the fields of a JSON object.
pub(crate) trait FromFields: Sized {
    /// Whether there has to be a body at all.
    const REQUIRED: bool = true;

    /// The value, or `None` after noting in `fields` what is wrong.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// What a field may hold, with the words for anything else.
pub(crate) trait Field: DeserializeOwned {
    const EXPECTED: &'static str;
    const KIND: &'static str;
}

impl Field for String {
    const EXPECTED: &'static str = "str type expected";
    const KIND: &'static str = "type_error.str";
}

impl Field for f64 {
    const EXPECTED: &'static str = "value is not a valid float";
    const KIND: &'static str = "type_error.float";
}

impl Field for i64 {
    const EXPECTED: &'static str = "value is not a valid integer";
    const KIND: &'static str = "type_error.integer";
}

impl Field for bool {
    const EXPECTED: &'static str = "value could not be parsed to a boolean";
    const KIND: &'static str = "type_error.bool";
}

impl Field for Scalar {
    const EXPECTED: &'static str = "value is not a number or a text";
    const KIND: &'static str = "type_error";
}

impl Field for Vec<Scalar> {
    const EXPECTED: &'static str = "value is not a list of texts";
    const KIND: &'static str = "type_error.list";
}

impl Field for Vec<Box<RawValue>> {
    const EXPECTED: &'static str = "value is not a valid list";
    const KIND: &'static str = "type_error.list";
}

impl Field for Box<RawValue> {
    const EXPECTED: &'static str = "value is not valid JSON";
    const KIND: &'static str = "value_error.json";
}

impl Field for IndexMap<String, Box<RawValue>> {
    const EXPECTED: &'static str = "value is not a valid dict";
    const KIND: &'static str = "type_error.dict";
}

impl Field for IndexMap<String, Scalar> {
    const EXPECTED: &'static str = "value is not a dict of numbers and texts";
    const KIND: &'static str = "type_error.dict";
}

/// The fields of one object, where it stands in the request, and what was found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    at: Vec<Scalar>,
    raw: IndexMap<String, Box<RawValue>>,
    problems: Vec<Problem>,
}

impl Fields {
    pub(crate) fn new(at: Vec<Scalar>, raw: IndexMap<String, Box<RawValue>>) -> Self {
        Self { at, raw, problems: Vec::new() }
    }

    /// The problems found, at the end.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Where the field `name` stands.
    pub(crate) fn place(&self, name: &str) -> Vec<Scalar> {
        self.at.iter().cloned().chain([name.into()]).collect()
    }

    /// Notes that `name` holds something that will not do.
    pub(crate) fn wrong(&mut self, name: &str, msg: impl Into<String>, kind: &str) {
        let place = self.place(name);
        self.note(Problem::new(place, msg, kind));
    }

    /// Notes a problem made elsewhere.
    pub(crate) fn note(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Takes in what an inner object found wrong.
    pub(crate) fn absorb(&mut self, inner: Fields) {
        self.problems.extend(inner.problems);
    }

    /// The field, which has to be there.
    pub(crate) fn required<T: Field>(&mut self, name: &str) -> Option<T> {
        if self.raw.contains_key(name) {
            return self.read(name);
        }
        let place = self.place(name);
        self.note(Problem::missing(place));
        None
    }

    /// The field where it is there and not null; `None` inside where it is not.
    pub(crate) fn optional<T: Field>(&mut self, name: &str) -> Option<Option<T>> {
        match self.raw.get(name).map(|raw| raw.get()) {
            None | Some("null") => Some(None),
            Some(_) => self.read(name).map(Some),
        }
    }

    fn read<T: Field>(&mut self, name: &str) -> Option<T> {
        let raw = self.raw.get(name)?.get();
        if raw == "null" {
            self.wrong(name, "none is not an allowed value", "type_error.none.not_allowed");
            return None;
        }
        let value = serde_json::from_str(raw).ok();
        if value.is_none() {
            self.wrong(name, T::EXPECTED, T::KIND);
        }
        value
    }
}
