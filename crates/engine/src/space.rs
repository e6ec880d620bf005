//! Search space: named variables with their ranges, and the points in it.

use crate::axis::Axis;
use crate::{Error, Point, Value, Variable};

/// A search space: a checked list of variables.
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

    /// The point of the grid that is nearest to one of the space: where a variable has steps, its value is on one.
    ///
    /// # Errors
    /// As [`Space::check`].
    pub fn nearest(&self, point: &[Value]) -> Result<Point, Error> {
        let checked = self.check(point)?;
        // On a line every value stands for itself, and a coordinate would round it.
        let snapped = self.axes.iter().zip(checked).map(|(axis, value)| match axis.levels() {
            Some(_) => axis.value(axis.coordinate(&value)),
            None => value,
        });
        Ok(snapped.collect())
    }

    pub(crate) fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Number of points, where that is a number.
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
