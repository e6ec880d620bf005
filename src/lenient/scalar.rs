//! Lenient scalars: texts, numbers and booleans, taken from each other.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{Error, Visitor};

use super::LenientDeserialize;

/// Visits that take a value as the text that shows it.
macro_rules! shown {
    ($($visit:ident $ty:ty),*) => {$(
        fn $visit<E>(self, value: $ty) -> Result<String, E> {
            Ok(value.to_string())
        }
    )*};
}

impl LenientDeserialize for String {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StringVisitor;

        impl Visitor<'_> for StringVisitor {
            type Value = String;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_string<E>(self, text: String) -> Result<String, E> {
                Ok(text)
            }

            shown!(visit_str &str, visit_i64 i64, visit_u64 u64, visit_f64 f64, visit_bool bool);

            fn visit_unit<E>(self) -> Result<String, E> {
                Ok(String::new())
            }
        }

        deserializer.deserialize_any(StringVisitor)
    }
}

/// A number out of a JSON number or a text, by way of one that holds both kinds.
struct NumberVisitor<T>(PhantomData<T>);

trait FromNumber: Sized + std::str::FromStr {
    fn from_i64(number: i64) -> Option<Self>;
    fn from_u64(number: u64) -> Option<Self>;
    fn from_f64(number: f64) -> Option<Self>;
    /// What a null in a list stands for.
    fn null() -> Option<Self>;
}

impl<T: FromNumber> Visitor<'_> for NumberVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        T::from_i64(number).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        T::from_u64(number).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        T::from_f64(number).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Float(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.trim().parse().map_err(|_| E::invalid_type(serde::de::Unexpected::Str(text), &self))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        T::null().ok_or_else(|| E::invalid_type(serde::de::Unexpected::Unit, &self))
    }
}

macro_rules! integers {
    ($($ty:ty)*) => {$(
        impl FromNumber for $ty {
            fn from_i64(number: i64) -> Option<Self> {
                number.try_into().ok()
            }

            fn from_u64(number: u64) -> Option<Self> {
                number.try_into().ok()
            }

            fn from_f64(number: f64) -> Option<Self> {
                // Whole, and near enough to nought that a double tells neighbours apart.
                (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)?.try_into().ok()
            }

            fn null() -> Option<Self> {
                None
            }
        }
    )*};
}

macro_rules! floats {
    ($($ty:ty)*) => {$(
        impl FromNumber for $ty {
            fn from_i64(number: i64) -> Option<Self> {
                Some(number as $ty)
            }

            fn from_u64(number: u64) -> Option<Self> {
                Some(number as $ty)
            }

            fn from_f64(number: f64) -> Option<Self> {
                Some(number as $ty)
            }

            fn null() -> Option<Self> {
                // What Python calls NaN travels as null; it goes back as null too.
                Some(<$ty>::NAN)
            }
        }
    )*};
}

macro_rules! numbers {
    ($($ty:ty)*) => {$(
        impl LenientDeserialize for $ty {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(NumberVisitor(PhantomData))
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 u8 u16 u32 u64);
floats!(f32 f64);
numbers!(i8 i16 i32 i64 u8 u16 u32 u64 f32 f64);

impl LenientDeserialize for bool {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoolVisitor;

        impl Visitor<'_> for BoolVisitor {
            type Value = bool;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or false")
            }

            fn visit_bool<E>(self, yes: bool) -> Result<bool, E> {
                Ok(yes)
            }

            fn visit_i64<E>(self, number: i64) -> Result<bool, E> {
                Ok(number != 0)
            }

            fn visit_u64<E>(self, number: u64) -> Result<bool, E> {
                Ok(number != 0)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
                let yes = text.trim().to_ascii_lowercase().parse();
                yes.map_err(|_| E::invalid_type(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(BoolVisitor)
    }
}

#[cfg(test)]
mod tests {
    use crate::lenient::{Lenient, LenientDeserialize};

    fn read<T: LenientDeserialize>(json: &str) -> Option<T> {
        serde_json::from_str::<Lenient<T>>(json).ok().map(|value| value.0)
    }

    #[test]
    fn texts_numbers_and_truths_are_taken_from_each_other() {
        assert_eq!(read("5"), Some("5".to_owned()));
        assert_eq!(read("0.5"), Some("0.5".to_owned()));
        assert_eq!(read("\"5\""), Some(5_i64));
        assert_eq!(read("5.0"), Some(5_i64));
        assert_eq!(read("5"), Some(5.0_f64));
        assert_eq!(read("1"), Some(true));
        assert_eq!(read("\"False\""), Some(false));
    }

    #[test]
    fn null_is_as_good_as_absent() {
        assert_eq!(read("null"), Some(None::<i64>));
        assert_eq!(read("[null, 1]"), Some(vec![String::new(), "1".to_owned()]));
        assert!(read::<f64>("null").is_some_and(f64::is_nan));
    }

    #[test]
    fn what_is_neither_is_told() {
        assert_eq!(read::<i64>("\"five\""), None);
        assert_eq!(read::<i64>("5.5"), None);
        assert_eq!(read::<String>("{}"), None);
        assert_eq!(read::<u32>("-1"), None);
    }
}
