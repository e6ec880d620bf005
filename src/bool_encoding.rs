//! Boolean encodings: truth values for servers that do not read the words `true` and `false`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A truth value that travels as 1 or 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NumericBool(pub bool);

/// A truth value that travels as 1, or not at all: for servers that take any
/// text for true, also `false`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PresenceFlag(pub bool);

impl From<bool> for NumericBool {
    fn from(value: bool) -> Self {
        NumericBool(value)
    }
}

impl From<bool> for PresenceFlag {
    fn from(value: bool) -> Self {
        PresenceFlag(value)
    }
}

impl fmt::Display for NumericBool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 { "1" } else { "0" })
    }
}

impl fmt::Display for PresenceFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 { "1" } else { "" })
    }
}

impl Serialize for NumericBool {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(u8::from(self.0))
    }
}

impl Serialize for PresenceFlag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            true => serializer.serialize_u8(1),
            false => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for NumericBool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        truth(deserializer).map(NumericBool)
    }
}

impl<'de> Deserialize<'de> for PresenceFlag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        truth(deserializer).map(PresenceFlag)
    }
}

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

#[cfg(feature = "schema")]
impl schemars::JsonSchema for NumericBool {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NumericBool".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer", "enum": [0, 1]})
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PresenceFlag {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PresenceFlag".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer", "enum": [1]})
    }
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
