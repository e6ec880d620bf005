//! Parameter of an operation: its name, where it travels, and what a value of it is.

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

/// Type of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Text, dates and ids that are texts among it.
    Text,
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
