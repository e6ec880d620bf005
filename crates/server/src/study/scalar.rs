//! Scalar: one value of one variable, an integer, a number or a text.

use std::borrow::Cow;
use std::fmt;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::{Deserialize, Serialize};

/// A scalar as it stands in JSON. Integer comes first, so that `2` stays an integer and `2.0` a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A whole number.
    Int(i64),
    /// A number.
    Real(f64),
    /// A text, such as the name of a category.
    Text(String),
}

/// JSON as text. Everything that is written this way is made of maps with text keys, texts and finite numbers, which
/// cannot fail to serialize; the empty text is what would be left.
pub(crate) fn json_text<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Real(value) => write!(f, "{value:?}"),
            Self::Text(value) => write!(f, "{value:?}"),
        }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Scalar {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl Type for Scalar {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference("Scalar".to_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>("Scalar".to_owned(), |_| {
            let inline = |schema| MetaSchemaRef::Inline(Box::new(schema));
            MetaSchema {
                description: Some(
                    "One value: an integer, a number or a text. The integer comes first, so that 2 is read as one.",
                ),
                // Not one_of: a whole number is a number as well.
                any_of: vec![
                    inline(MetaSchema::new_with_format("integer", "int64")),
                    inline(MetaSchema::new_with_format("number", "double")),
                    inline(MetaSchema::new("string")),
                ],
                ..MetaSchema::ANY
            }
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for Scalar {
    fn parse_from_json(value: Option<serde_json::Value>) -> ParseResult<Self> {
        serde_json::from_value(value.unwrap_or_default()).map_err(ParseError::custom)
    }
}

impl ToJSON for Scalar {
    fn to_json(&self) -> Option<serde_json::Value> {
        serde_json::to_value(self).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> Scalar {
        let value: Scalar = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        value
    }

    #[test]
    fn a_float_is_read_as_it_was_written_to_the_last_bit() {
        for value in [0.1, 1.0 / 3.0, 0.010000000000000005, 5e-324, f64::MAX] {
            let text = serde_json::to_string(&Scalar::Real(value)).unwrap();
            assert_eq!(serde_json::from_str::<Scalar>(&text).unwrap(), Scalar::Real(value), "{text}");
        }
    }

    #[test]
    fn a_whole_number_and_a_float_keep_their_difference_through_json() {
        assert_eq!(round("2"), Scalar::Int(2));
        assert_eq!(round("2.0"), Scalar::Real(2.0));
        assert_eq!(round("\"2\""), Scalar::from("2"));
    }
}
