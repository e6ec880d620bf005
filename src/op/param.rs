//! Parameter of an operation: its name, where it travels, and what a value of it is.

use serde_json::Value;

/// Parameter of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Name on the wire.
    pub name: &'static str,
    /// Where it travels.
    pub place: ParamLocation,
    /// Whether a call without it is refused before it is sent.
    pub required: bool,
    /// What a value of it is; of each, where it takes several.
    pub kind: ParamKind,
    /// Whether it takes several values.
    pub list: bool,
    /// Separator of a list that travels as one text.
    pub join: Option<&'static str>,
    /// Whether its value never appears in errors, spans or logs.
    pub secret: bool,
    /// How its truth value is written, if it has one.
    pub flag: Option<Flag>,
    /// One line about it.
    pub doc: &'static str,
}

impl Param {
    /// Value that a text says of it; none where its type has no such value.
    ///
    /// A text is a text, whatever it looks like. An id is a number where it is written as whole numbers are, and else the
    /// text: `12e4` and `007` are names, and an id of twenty digits keeps them all. Only what is no more than JSON to the
    /// document, in a body, is read as JSON.
    pub fn read(&self, text: &str) -> Option<Value> {
        let json = || serde_json::from_str::<Value>(text).ok();
        let in_body = self.place == ParamLocation::Body;
        match self.kind {
            ParamKind::Text => Some(text.into()),
            _ if self.secret => Some(text.into()),
            ParamKind::Id => {
                let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
                Some(number.map_or_else(|| text.into(), Value::from))
            }
            ParamKind::Integer => json().filter(|value| value.is_i64() || value.is_u64()),
            // Elsewhere than in a body each is a text on its way, and keeps its digits.
            ParamKind::Number if in_body => json().filter(Value::is_number),
            ParamKind::Number => json().filter(Value::is_number).map(|_| text.into()),
            ParamKind::Boolean => json().filter(Value::is_boolean),
            ParamKind::Json if in_body => Some(json().unwrap_or_else(|| text.into())),
            ParamKind::Json => Some(text.into()),
        }
    }
}

/// Type of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Text, dates and ids that are texts among it.
    Text,
    /// An id: a number in one place, a text in another.
    Id,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// Anything that JSON can say.
    Json,
}

/// Spelling of a truth value in a query, where the server does not read the
/// words `true` and `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// As 1 or 0.
    Numeric,
    /// As 1, or not at all: the server takes any text for true.
    Presence,
}

/// Location of a parameter in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamLocation {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// A field of the body.
    Body,
}
