//! Variables and values: what may be searched, as users write it.

use std::fmt;

use crate::Error;

/// A value: a whole number, a real number or the name of an option.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A real number.
    Real(f64),
    /// The name of an option.
    Text(String),
}

/// A point: one value per variable, in the order of [`Space::variables`](crate::Space::variables).
pub type Point = Vec<Value>;

impl fmt::Display for Value {
    /// Writes numbers bare and text in quotes, as error messages show them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Int(number) => write!(f, "{number}"),
            Value::Real(number) => write!(f, "{number}"),
            Value::Text(text) => write!(f, "{text:?}"),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Real(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

/// A variable: what it is called, which values it may take and where the user would start.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The name, unique in its space.
    pub name: String,
    /// The values it may take.
    pub kind: Kind,
    /// Where to start; the middle of the range or the first option when left out.
    pub guess: Option<Value>,
}

/// The kind of a variable: the values that it may take. Bounds belong to the range.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Whole numbers from `min` to `max`, every `step`-th of them counted from `min`.
    Int {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
        /// Whether ratios matter rather than differences.
        log: bool,
        /// The distance between neighbours, 1 when left out.
        step: Option<i64>,
    },
    /// Real numbers from `min` to `max`, or every `step`-th of them counted from `min`.
    Cont {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
        /// Whether ratios matter rather than differences.
        log: bool,
        /// The distance between neighbours; every number counts when left out.
        step: Option<f64>,
    },
    /// One of some named options, in no order.
    Cat {
        /// The options, each listed once.
        options: Vec<String>,
    },
}

impl Variable {
    /// `value` as this variable holds it, or which values it may have.
    pub(crate) fn check(&self, value: &Value) -> Result<Value, Error> {
        let wrong = |allowed: String| {
            Err(Error::InvalidPoint(format!("variable {:?}: {value} is not allowed; give {allowed}", self.name)))
        };
        match &self.kind {
            Kind::Int { min, max, .. } => match as_whole(value) {
                Some(number) if (*min..=*max).contains(&number) => Ok(Value::Int(number)),
                _ => wrong(format!("a whole number from {min} to {max}")),
            },
            Kind::Cont { min, max, .. } => match as_real(value) {
                Some(number) if (*min..=*max).contains(&number) => Ok(Value::Real(number)),
                _ => wrong(format!("a number from {min} to {max}")),
            },
            Kind::Cat { options } => match value {
                Value::Text(text) if options.contains(text) => Ok(value.clone()),
                _ => wrong(format!("one of {options:?}")),
            },
        }
    }
}

fn as_whole(value: &Value) -> Option<i64> {
    match *value {
        Value::Int(number) => Some(number),
        // Beyond 2^53 a real number no longer says which whole number was meant.
        Value::Real(number) if number.fract() == 0.0 && number.abs() <= (1_u64 << 53) as f64 => Some(number as i64),
        _ => None,
    }
}

fn as_real(value: &Value) -> Option<f64> {
    match *value {
        Value::Int(number) => Some(number as f64),
        Value::Real(number) => Some(number),
        Value::Text(_) => None,
    }
}
