//! The space that is searched: named variables with their ranges, and the points in it.

use crate::axis::Axis;
use crate::{Error, Point, Value};

/// What one variable is called, which values it may take and where the user would start.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The name, unique in its space.
    pub name: String,
    /// The values it may take.
    pub kind: Kind,
    /// Where to start; the middle of the range or the first option when left out.
    pub guess: Option<Value>,
}

/// The values a variable may take. Bounds belong to the range.
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

/// A checked list of variables.
#[derive(Debug, Clone)]
pub struct Space {
    variables: Vec<Variable>,
    axes: Vec<Axis>,
    guess: Point,
}

impl Space {
    /// Checks the variables: names, ranges, steps, options and guesses.
    ///
    /// # Errors
    /// [`Error::InvalidSpace`] names the first variable that cannot be used, and why.
    pub fn new(variables: Vec<Variable>) -> Result<Self, Error> {
        if variables.is_empty() {
            return Err(Error::InvalidSpace("a space needs at least one variable".to_owned()));
        }
        let mut axes = Vec::with_capacity(variables.len());
        let mut guess = Vec::with_capacity(variables.len());
        for (index, variable) in variables.iter().enumerate() {
            let name = &variable.name;
            if name.is_empty() {
                return Err(Error::InvalidSpace(format!("variable {}: give it a name", index + 1)));
            }
            if variables[..index].iter().any(|other| other.name == *name) {
                return Err(Error::InvalidSpace(format!("variable {name:?} is listed twice; give each its own name")));
            }
            let axis = Axis::new(name, &variable.kind)?;
            guess.push(match &variable.guess {
                Some(value) => variable.check(value).map_err(|error| match error {
                    Error::InvalidPoint(reason) => Error::InvalidSpace(format!("guess of {reason}")),
                    other => other,
                })?,
                None => axis.value(axis.middle()),
            });
            axes.push(axis);
        }
        Ok(Space { variables, axes, guess })
    }

    /// The variables, in the order of every [`Point`].
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The user's guesses, the middle of the range or the first option where there is none.
    pub fn guess(&self) -> Point {
        self.guess.clone()
    }

    /// Brings a point into the variables' own types: whole numbers become real ones where the
    /// variable is real, and the other way round where nothing is lost. A value between two steps
    /// is taken as it is: a result is a result.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] names the variable, the value and what it may be.
    pub fn check(&self, point: &[Value]) -> Result<Point, Error> {
        if point.len() != self.variables.len() {
            let names: Vec<&str> = self.variables.iter().map(|v| v.name.as_str()).collect();
            return Err(Error::InvalidPoint(format!(
                "a point needs {} values ({}), not {}",
                names.len(),
                names.join(", "),
                point.len()
            )));
        }
        self.variables.iter().zip(point).map(|(variable, value)| variable.check(value)).collect()
    }

    pub(crate) fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How many points there are, where that is a number.
    pub(crate) fn size(&self) -> Option<u64> {
        self.axes.iter().try_fold(1_u64, |size, axis| axis.levels()?.checked_mul(size))
    }

    /// A checked point as the model sees it.
    pub(crate) fn encode(&self, point: &[Value]) -> Vec<f64> {
        self.axes.iter().zip(point).map(|(axis, value)| axis.coordinate(value)).collect()
    }

    /// The point at these coordinates.
    pub(crate) fn decode(&self, coordinates: &[f64]) -> Point {
        self.axes.iter().zip(coordinates).map(|(axis, &x)| axis.value(x)).collect()
    }
}

impl Variable {
    fn check(&self, value: &Value) -> Result<Value, Error> {
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
