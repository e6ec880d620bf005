//! What can be searched: the variables of an experiment, and whether a value belongs to one.

use mlhub_engine::{Space, Value};
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
    pub(crate) fn admit(&self, value: &Scalar) -> Result<Scalar, String> {
        let space = searchable(std::slice::from_ref(self)).map_err(|error| error.to_string())?;
        let point = space.check(&[value.clone().into()]).map_err(|error| error.to_string())?;
        point.into_iter().next().map(Scalar::from).ok_or_else(|| format!("`{}` has no value", self.name))
    }
}

/// The variables as the engine searches them, or why it cannot.
pub(crate) fn searchable(variables: &[Variable]) -> Result<Space, mlhub_engine::Error> {
    let variables = variables.iter().map(|variable| mlhub_engine::Variable {
        name: variable.name.clone(),
        kind: match &variable.kind {
            Kind::Int { min, max } => mlhub_engine::Kind::Int { min: *min, max: *max, log: false, step: None },
            Kind::Cont { min, max } => mlhub_engine::Kind::Cont { min: *min, max: *max, log: false, step: None },
            Kind::Cat { options } => mlhub_engine::Kind::Cat { options: options.clone() },
        },
        guess: Some(variable.guess.clone().into()),
    });
    Space::new(variables.collect())
}

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Int(value) => Self::Int(value),
            Scalar::Real(value) => Self::Real(value),
            Scalar::Text(value) => Self::Text(value),
        }
    }
}

impl From<Value> for Scalar {
    fn from(value: Value) -> Self {
        match value {
            Value::Int(value) => Self::Int(value),
            Value::Real(value) => Self::Real(value),
            Value::Text(value) => Self::Text(value),
        }
    }
}
