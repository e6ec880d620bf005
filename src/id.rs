//! Resource id as the platforms have it: a number here, a text there.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The id of something on a server.
///
/// Goes in as a number or as a text and travels as what it is. One that is
/// asked for by a number may come back as a text: both count as the same id.
///
/// ```
/// use mlhub::Id;
/// assert_eq!(Id::from(100500), Id::from("100500"));
/// assert_eq!(Id::from("1bf4").to_string(), "1bf4");
/// assert_eq!(Id::from(7).number(), Some(7));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Id(Form);

#[derive(Clone, Debug, Default)]
enum Form {
    /// The server has sent none.
    #[default]
    None,
    Number(i64),
    Text(String),
}

impl Id {
    /// Whether the server has sent no id at all.
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// The number, where it is one or is written as one.
    pub fn number(&self) -> Option<i64> {
        match &self.0 {
            Form::None => None,
            Form::Number(number) => Some(*number),
            Form::Text(text) => text.parse().ok(),
        }
    }

    /// The text, as it stands in paths.
    pub fn text(&self) -> Cow<'_, str> {
        match &self.0 {
            Form::None => Cow::Borrowed(""),
            Form::Number(number) => Cow::Owned(number.to_string()),
            Form::Text(text) => Cow::Borrowed(text),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Number(a), Form::Number(b)) => a == b,
            _ => self.text() == other.text(),
        }
    }
}

impl Eq for Id {}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        self.text() == other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        self.text() == *other
    }
}

impl PartialEq<i64> for Id {
    fn eq(&self, other: &i64) -> bool {
        self.number() == Some(*other)
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Id(Form::Text(text))
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Id(Form::Text(text.to_owned()))
    }
}

impl From<&String> for Id {
    fn from(text: &String) -> Self {
        Id::from(text.as_str())
    }
}

impl From<&Id> for Id {
    fn from(id: &Id) -> Self {
        id.clone()
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl From<$number> for Id {
            fn from(number: $number) -> Self {
                Id(Form::Number(number.into()))
            }
        }
    )*};
}

numbers!(i32 i64 u32);

impl From<u64> for Id {
    fn from(number: u64) -> Self {
        // No server counts that far; what does not fit is kept as a text.
        i64::try_from(number).map_or_else(|_| Id(Form::Text(number.to_string())), Id::from)
    }
}

impl FromStr for Id {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Id::from(text))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::None => serializer.serialize_none(),
            Form::Number(number) => serializer.serialize_i64(*number),
            Form::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

/// Visits of what an id can be made from.
macro_rules! taken {
    ($($visit:ident $ty:ty),*) => {$(
        fn $visit<E>(self, value: $ty) -> Result<Id, E> {
            Ok(Id::from(value))
        }
    )*};
}

struct IdVisitor;

impl serde::de::Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id: a text or a whole number")
    }

    taken!(visit_str &str, visit_string String, visit_i64 i64, visit_u64 u64);

    fn visit_unit<E>(self) -> Result<Id, E> {
        Ok(Id::default())
    }

    fn visit_none<E>(self) -> Result<Id, E> {
        Ok(Id::default())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Id {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["string", "integer"]})
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn an_id_travels_as_what_it_is() -> Result<(), serde_json::Error> {
        for json in ["7", "\"7\"", "\"1bf4\"", "null"] {
            let id: Id = serde_json::from_str(json)?;
            assert_eq!(serde_json::to_string(&id)?, json);
        }
        Ok(())
    }

    #[test]
    fn a_number_and_its_text_are_the_same_id() {
        assert_eq!(Id::from(7), Id::from("7"));
        assert_eq!(Id::from("7"), 7);
        assert_ne!(Id::from("07"), Id::from(7));
        assert!(Id::default().is_empty());
    }
}
