//! Bounded minimisation: the least value of a smooth function within a box, by L-BFGS-B.

use std::convert::Infallible;

use basin::{
    BoxBounds, ConstraintDescription, ConstraintSet, Constraints, CostFunction, Executor, FirstOrderState, Gradient,
    Lbfgs,
};

/// Stands in for a value that is not a number: large enough never to win, small enough that the
/// line search can still compute with it.
const BAD: f64 = 1e30;

struct BoundedProblem<'a, F> {
    lower: &'a Vec<f64>,
    upper: &'a Vec<f64>,
    function: F,
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> BoundedProblem<'_, F> {
    fn evaluate(&self, x: &[f64]) -> (f64, Vec<f64>) {
        let (value, gradient) = (self.function)(x);
        if value.is_finite() && gradient.iter().all(|slope| slope.is_finite()) {
            (value, gradient)
        } else {
            (BAD, vec![0.0; x.len()])
        }
    }
}

impl<F> Constraints for BoundedProblem<'_, F> {
    type Set = ConstraintSet<BoxBounds<Vec<f64>>>;

    fn constraints(&self) -> <Self::Set as ConstraintDescription>::Borrowed<'_> {
        ConstraintSet::new().with_bounds(BoxBounds::new(Some(self.lower), Some(self.upper)))
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> CostFunction for BoundedProblem<'_, F> {
    type Param = Vec<f64>;
    type Output = f64;
    type Error = Infallible;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Infallible> {
        Ok(self.evaluate(x).0)
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> Gradient for BoundedProblem<'_, F> {
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Infallible> {
        Ok(self.evaluate(x).1)
    }

    fn cost_and_gradient(&self, x: &Vec<f64>) -> Result<(f64, Vec<f64>), Infallible> {
        Ok(self.evaluate(x))
    }
}

/// Walks downhill from `start` and gives the best point met with its value. `function` returns
/// the value and the gradient. Where the walk breaks off, `start` itself is the answer.
pub(crate) fn minimise(
    start: &[f64],
    lower: &Vec<f64>,
    upper: &Vec<f64>,
    steps: u64,
    function: impl Fn(&[f64]) -> (f64, Vec<f64>),
) -> (Vec<f64>, f64) {
    let solver = Lbfgs::new()
        .with_absolute_projected_gradient_tolerance(GRADIENT_TOLERANCE)
        .with_relative_cost_reduction_tolerance(COST_TOLERANCE);
    let state = FirstOrderState::new(start.to_vec());
    let walk = Executor::new(BoundedProblem { lower, upper, function: &function }, solver, state);
    match walk.max_iter(steps).run() {
        Ok(result) => (result.best_param().clone(), result.best_cost()),
        Err(_) => (start.to_vec(), function(start).0),
    }
}

/// Slopes below this move neither a hyperparameter nor a suggestion by anything that shows.
const GRADIENT_TOLERANCE: f64 = 1e-6;

/// Gains below this share of the value end the walk (as `factr` = 1e7 of the Fortran original).
const COST_TOLERANCE: f64 = 2e-9;

#[cfg(test)]
mod tests {
    use super::*;

    fn bowl(x: &[f64]) -> (f64, Vec<f64>) {
        let (a, b) = (x[0] - 1.0, x[1] + 2.0);
        (a * a + 10.0 * b * b, vec![2.0 * a, 20.0 * b])
    }

    #[test]
    fn the_bottom_of_a_bowl_is_found() {
        let (x, value) = minimise(&[4.0, 3.0], &vec![-8.0; 2], &vec![8.0; 2], 50, bowl);
        assert!((x[0] - 1.0).abs() < 1e-5 && (x[1] + 2.0).abs() < 1e-5 && value < 1e-9, "{x:?} {value}");
    }

    #[test]
    fn a_bound_stops_the_walk() {
        let (x, _) = minimise(&[4.0, 3.0], &vec![2.0, -8.0], &vec![8.0; 2], 50, bowl);
        assert!((x[0] - 2.0).abs() < 1e-12 && (x[1] + 2.0).abs() < 1e-5, "{x:?}");
    }

    #[test]
    fn a_function_that_is_not_a_number_gives_the_start_back() {
        let nowhere = |x: &[f64]| (f64::NAN, vec![f64::NAN; x.len()]);
        let (x, _) = minimise(&[0.5], &vec![0.0], &vec![1.0], 10, nowhere);
        assert_eq!(x, [0.5]);
    }
}
