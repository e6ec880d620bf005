//! What can be searched: the variables of an experiment, and whether a value belongs to one.

use serde::{Deserialize, Serialize};

use super::Scalar;

/// One variable: its name, what it takes, and the value tried first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// The name under which its value is asked and told.
    pub name: String,
    /// What it takes.
    #[serde(flatten)]
    pub kind: Kind,
    /// The value tried first.
    pub guess: Scalar,
}

/// What a variable takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "vtype", rename_all = "lowercase")]
pub enum Kind {
    /// Whole numbers from `min` to `max`, both included.
    Int {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
    },
    /// Numbers from `min` to `max`, both included.
    Cont {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
    },
    /// One of a few texts.
    Cat {
        /// The texts, in the caller's order.
        options: Vec<String>,
    },
}

impl Variable {
    /// `value` as this variable holds it (a whole number given for a `cont` becomes a float), or why it does not belong.
    pub fn admit(&self, value: &Scalar) -> Result<Scalar, String> {
        let name = &self.name;
        match (&self.kind, value) {
            (Kind::Int { min, max }, Scalar::Int(value)) => {
                if (min..=max).contains(&value) {
                    Ok(Scalar::Int(*value))
                } else {
                    Err(format!("`{name}` is {value}, outside of {min} to {max}"))
                }
            }
            (Kind::Int { min, max }, Scalar::Real(real)) if real.fract() == 0.0 => {
                // The cast saturates, so what is too large for an integer is outside of the bounds as well.
                let value = *real as i64;
                if (min..=max).contains(&&value) {
                    Ok(Scalar::Int(value))
                } else {
                    Err(format!("`{name}` is {real:?}, outside of {min} to {max}"))
                }
            }
            (Kind::Int { min, max }, other) => {
                Err(format!("`{name}` is {other}, not a whole number from {min} to {max}"))
            }
            (Kind::Cont { min, max }, value @ (Scalar::Int(_) | Scalar::Real(_))) => {
                let real = match value {
                    Scalar::Int(value) => *value as f64,
                    Scalar::Real(value) => *value,
                    Scalar::Text(_) => f64::NAN,
                };
                if (*min..=*max).contains(&real) {
                    Ok(Scalar::Real(real))
                } else {
                    Err(format!("`{name}` is {value}, outside of {min:?} to {max:?}"))
                }
            }
            (Kind::Cont { min, max }, other) => {
                Err(format!("`{name}` is {other}, not a number from {min:?} to {max:?}"))
            }
            (Kind::Cat { options }, Scalar::Text(text)) if options.contains(text) => Ok(value.clone()),
            (Kind::Cat { options }, other) => Err(format!("`{name}` is {other}, not one of {}", options.join(", "))),
        }
    }
}
