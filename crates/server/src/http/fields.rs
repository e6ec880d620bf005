//! Fields of a JSON object, read one by one: everything that is wrong with them is collected, not only the first thing.

use std::ops::RangeInclusive;

use indexmap::IndexMap;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use serde_json::value::RawValue;

use super::error::ValidationError;
use crate::study::{Scalar, json_text};

/// A request body that is made from the fields of a JSON object.
pub(crate) trait FromFields: Sized {
    /// Whether there has to be a body at all.
    const REQUIRED: bool = true;
    /// Whether fields that are not known are refused. The formats of the original pass over them, as it does.
    const STRICT: bool = true;
    /// Maximum length of the body, in bytes. A hundred variables with long lists of options need a tenth of it.
    const MAX_BODY: usize = 1 << 20;

    /// The value, or `None` after noting in `fields` what is wrong.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// A type of field, with the words for anything else.
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

impl Field for RawObject {
    const EXPECTED: &'static str = "value is not a valid dict";
    const KIND: &'static str = "type_error.dict";
}

impl Field for Params {
    const EXPECTED: &'static str = "value is not a dict of numbers and texts";
    const KIND: &'static str = "type_error.dict";
}

/// Numbers and texts by name. A number that is written in another way than it would be here is kept as it is written: where
/// it stands for an option, its digits count.
#[derive(Debug)]
pub(crate) struct Params(pub(crate) IndexMap<String, Scalar>);

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let scalar = |(name, raw): (String, Box<RawValue>)| {
            let value: Scalar = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
            let is_as_written = matches!(value, Scalar::Text(_)) || json_text(&value) == raw.get();
            Ok((name, if is_as_written { value } else { raw.get().into() }))
        };
        RawObject::deserialize(deserializer)?.into_iter().map(scalar).collect::<Result<_, _>>().map(Self)
    }
}

/// A JSON object by its names, the values not read yet.
pub(crate) type RawObject = IndexMap<String, Box<RawValue>>;

/// The fields of one object, where it stands in the request, and what was found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    at: Vec<Scalar>,
    raw: RawObject,
    known: Vec<String>,
    errors: Vec<ValidationError>,
}

impl Fields {
    /// The value of a whole body, or everything that is wrong with it.
    pub(crate) fn read_body<T: FromFields>(raw: RawObject) -> Result<T, Vec<ValidationError>> {
        let mut fields = Self { at: vec!["body".into()], raw, ..Self::default() };
        let value = fields.read_all::<T>();
        value.filter(|_| fields.errors.is_empty()).ok_or(fields.errors)
    }

    /// The value of an object at `location` within this one.
    pub(crate) fn read_object<T: FromFields>(&mut self, location: Vec<Scalar>, raw: &RawValue) -> Option<T> {
        let Ok(raw) = serde_json::from_str::<RawObject>(raw.get()) else {
            self.note(ValidationError::new(location, RawObject::EXPECTED, RawObject::KIND));
            return None;
        };
        let mut inner = Self { at: location, raw, ..Self::default() };
        let value = inner.read_all();
        self.errors.append(&mut inner.errors);
        value
    }

    /// The value, after noting what else is there and should not be.
    fn read_all<T: FromFields>(&mut self) -> Option<T> {
        let value = T::from_fields(self);
        let unknown = self.raw.keys().filter(|name| T::STRICT && !self.known.contains(name));
        for name in unknown.cloned().collect::<Vec<_>>() {
            let msg = format!("there is no such field here; the fields are {}", self.known.join(", "));
            self.wrong(&name, msg, "value_error.extra");
        }
        value
    }

    /// The location of the field `name`.
    pub(crate) fn location(&self, name: &str) -> Vec<Scalar> {
        self.at.iter().cloned().chain([name.into()]).collect()
    }

    /// Notes that `name` holds something that will not do.
    pub(crate) fn wrong(&mut self, name: &str, msg: impl Into<String>, kind: &str) {
        let location = self.location(name);
        self.note(ValidationError::new(location, msg, kind));
    }

    /// Notes an error made elsewhere.
    pub(crate) fn note(&mut self, error: ValidationError) {
        self.errors.push(error);
    }

    /// Notes that `name` holds none of a few words.
    pub(crate) fn wrong_word(&mut self, name: &str, msg: String, words: &[&str]) {
        let error = ValidationError::new(self.location(name), msg, "type_error.enum");
        self.note(error.with_ctx(json!({ "enum_values": words })));
    }

    /// The field, which has to be there.
    pub(crate) fn required<T: Field>(&mut self, name: &str) -> Option<T> {
        self.know(name);
        if self.raw.contains_key(name) {
            return self.read(name);
        }
        let location = self.location(name);
        self.note(ValidationError::missing(location));
        None
    }

    /// The field where it is there and not null; `None` inside where it is not.
    pub(crate) fn optional<T: Field>(&mut self, name: &str) -> Option<Option<T>> {
        self.know(name);
        match self.raw.get(name).map(|raw| raw.get()) {
            None | Some("null") => Some(None),
            Some(_) => self.read(name).map(Some),
        }
    }

    /// The bounded integer in a field; `None` inside where it is left out.
    pub(crate) fn bounded_int(&mut self, name: &str, range: RangeInclusive<u32>) -> Option<Option<u32>> {
        let Some(given) = self.optional::<i64>(name)? else { return Some(None) };
        let number = u32::try_from(given).ok().filter(|number| range.contains(number));
        if number.is_none() {
            let msg = format!("this is a whole number from {} to {}, not {given}", range.start(), range.end());
            self.wrong(name, msg, "value_error.number");
        }
        number.map(Some)
    }

    fn know(&mut self, name: &str) {
        if self.known.iter().all(|known| known != name) {
            self.known.push(name.to_owned());
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
