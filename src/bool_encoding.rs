//! Boolean encodings: truth values for servers that do not read the words `true` and `false`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A truth value that is written as 1 where it is true; how it is written otherwise, as text and as JSON, follows.
macro_rules! encoding {
    ($(#[$doc:meta])+ $name:ident, $text:literal, $write:ident($($zero:literal)?), $values:tt) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub bool);

        impl From<bool> for $name {
            fn from(value: bool) -> Self {
                $name(value)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(if self.0 { "1" } else { $text })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if self.0 { serializer.serialize_u8(1) } else { serializer.$write($($zero)?) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                truth(deserializer).map($name)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "integer", "enum": $values})
            }
        }
    };
}

encoding!(
    /// A truth value that travels as 1 or 0.
    NumericBool,
    "0",
    serialize_u8(0),
    [0, 1]
);

encoding!(
    /// A truth value that travels as 1, or not at all: for servers that take any
    /// text for true, also `false`.
    PresenceFlag,
    "",
    serialize_none(),
    [1]
);

/// A truth value in any of its spellings.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum BoolSpelling {
        Word(bool),
        Number(u8),
        Text(String),
        Nothing(()),
    }
    Ok(match BoolSpelling::deserialize(deserializer)? {
        BoolSpelling::Word(word) => word,
        BoolSpelling::Number(number) => number != 0,
        BoolSpelling::Text(text) => !matches!(text.as_str(), "" | "0" | "false"),
        BoolSpelling::Nothing(()) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{NumericBool, PresenceFlag};

    #[test]
    fn they_are_written_as_numbers_and_read_in_any_spelling() {
        assert_eq!(serde_json::to_string(&[NumericBool(true), NumericBool(false)]).ok().as_deref(), Some("[1,0]"));
        assert_eq!(serde_json::to_string(&[PresenceFlag(true), PresenceFlag(false)]).ok().as_deref(), Some("[1,null]"));
        for text in ["true", "1", "\"1\"", "\"true\""] {
            assert_eq!(serde_json::from_str(text).ok(), Some(NumericBool(true)), "{text}");
        }
        for text in ["false", "0", "\"0\"", "\"false\"", "null", "\"\""] {
            assert_eq!(serde_json::from_str(text).ok(), Some(PresenceFlag(false)), "{text}");
        }
    }
}
