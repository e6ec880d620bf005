//! Delimited list: one that travels as one text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorKind};

/// A list of texts joined by a separator, as some platforms take lists in paths
/// and queries. A part with the separator in it is refused: the server would
/// read two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DelimitedList<const SEPARATOR: char>(Vec<String>);

impl<const SEPARATOR: char> DelimitedList<SEPARATOR> {
    /// Fails for a part with the separator in it.
    pub fn new(parts: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, Error> {
        let parts: Vec<String> = parts.into_iter().map(Into::into).collect();
        match parts.iter().find(|part| part.contains(SEPARATOR)) {
            None => Ok(DelimitedList(parts)),
            Some(part) => {
                let detail = format!("{part:?} has a {SEPARATOR:?} in it, which separates the parts of this list");
                Err(Error::new(ErrorKind::Request, detail))
            }
        }
    }

    /// The parts.
    pub fn parts(&self) -> &[String] {
        &self.0
    }
}

impl<const SEPARATOR: char> fmt::Display for DelimitedList<SEPARATOR> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            if index > 0 {
                write!(f, "{SEPARATOR}")?;
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}

impl<const SEPARATOR: char> FromStr for DelimitedList<SEPARATOR> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "" => Ok(DelimitedList(Vec::new())),
            text => DelimitedList::new(text.split(SEPARATOR)),
        }
    }
}

macro_rules! one_part {
    ($($text:ty)*) => {$(
        impl<const SEPARATOR: char> TryFrom<$text> for DelimitedList<SEPARATOR> {
            type Error = Error;

            fn try_from(one: $text) -> Result<Self, Error> {
                DelimitedList::new([one])
            }
        }
    )*};
}

one_part!(&str String);

impl<S: Into<String>, const SEPARATOR: char> TryFrom<Vec<S>> for DelimitedList<SEPARATOR> {
    type Error = Error;

    fn try_from(parts: Vec<S>) -> Result<Self, Error> {
        DelimitedList::new(parts)
    }
}

impl<S: Into<String>, const N: usize, const SEPARATOR: char> TryFrom<[S; N]> for DelimitedList<SEPARATOR> {
    type Error = Error;

    fn try_from(parts: [S; N]) -> Result<Self, Error> {
        DelimitedList::new(parts)
    }
}

impl<const SEPARATOR: char> Serialize for DelimitedList<SEPARATOR> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const SEPARATOR: char> Deserialize<'de> for DelimitedList<SEPARATOR> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl<const SEPARATOR: char> schemars::JsonSchema for DelimitedList<SEPARATOR> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DelimitedList".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::DelimitedList;

    #[test]
    fn parts_travel_as_one_text_and_come_back() -> Result<(), crate::Error> {
        let list = DelimitedList::<';'>::try_from(["first", "b/c"])?;
        assert_eq!(list.to_string(), "first;b/c");
        assert_eq!("first;b/c".parse::<DelimitedList<';'>>()?, list);
        assert_eq!("".parse::<DelimitedList<';'>>()?.parts(), [""; 0]);
        Ok(())
    }

    #[test]
    fn a_part_with_the_separator_is_refused() {
        assert!(DelimitedList::<';'>::try_from("a;b").is_err());
        assert!(DelimitedList::<','>::try_from("a;b").is_ok());
    }
}
