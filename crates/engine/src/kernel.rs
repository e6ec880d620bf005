//! Covariance function (kernel): how alike the responses of two points are, Matérn 5/2 around a shared level.

use crate::axis::Axis;

/// √5, from the definition of the Matérn kernel of order 5/2.
const SQRT_5: f64 = 2.236_067_977_499_79;

/// The variance of the level that all responses share, in units of their variance about it.
///
/// It stands for an unknown mean: standardised responses have mean zero where they were measured,
/// which is mostly near the optimum, but not elsewhere. Estimating the level took the median regret
/// on hartmann6 from 3e-3 to 1e-4.
pub(crate) const LEVEL: f64 = 1.0;

/// The covariance of two points as a function of their distance.
///
/// Every variable has its own length scale. A category adds one to the distance, in units of its
/// length scale, where two points differ in it: a short length scale separates the options
/// altogether, and a long one lets them share what is known.
#[derive(Debug, Clone)]
pub(crate) struct Kernel {
    /// One over the squared length scale of each variable.
    weights: Vec<f64>,
}

impl Kernel {
    pub(crate) fn new(log_lengths: &[f64]) -> Self {
        Kernel { weights: log_lengths.iter().map(|&length| libm::exp(-2.0 * length)).collect() }
    }

    /// The covariance of a point with itself.
    pub(crate) fn variance(&self) -> f64 {
        LEVEL + 1.0
    }

    pub(crate) fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The covariance of two points, and its slope by the squared distance, from their squared
    /// differences.
    pub(crate) fn at(&self, squares: impl IntoIterator<Item = f64>) -> (f64, f64) {
        let squared: f64 = squares.into_iter().zip(&self.weights).map(|(s, w)| s * w).sum();
        let r = SQRT_5 * squared.sqrt();
        let decay = libm::exp(-r);
        (LEVEL + (1.0 + r + r * r / 3.0) * decay, -5.0 / 6.0 * (1.0 + r) * decay)
    }
}

/// The squared difference of two points in each variable; one where they differ in a category.
pub(crate) fn squares<'a>(axes: &'a [Axis], a: &'a [f64], b: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    axes.iter().zip(a.iter().zip(b)).map(
        |(axis, (x, y))| {
            if axis.is_choice() { f64::from(u8::from(x != y)) } else { (x - y) * (x - y) }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_like_itself_and_ever_less_like_what_is_farther_off() {
        let kernel = Kernel::new(&[libm::log(0.5)]);
        assert_eq!(kernel.at([0.0]).0, kernel.variance());
        let far: Vec<f64> = [0.1, 0.5, 1.0, 5.0].iter().map(|d| kernel.at([d * d]).0).collect();
        assert!(far.windows(2).all(|pair| pair[1] < pair[0]), "{far:?}");
        assert!((kernel.at([1e6]).0 - LEVEL).abs() < 1e-12, "only the level is left");
    }

    #[test]
    fn the_slope_is_that_of_the_covariance() {
        let kernel = Kernel::new(&[0.3]);
        let step = 1e-6;
        for squared in [0.01, 0.3, 2.0] {
            let numeric = (kernel.at([squared + step]).0 - kernel.at([squared - step]).0) / (2.0 * step);
            // The slope is by the distance in units of the length scale.
            let exact = kernel.at([squared]).1 * kernel.weights()[0];
            assert!((numeric - exact).abs() < 1e-6, "{squared}: {numeric} {exact}");
        }
    }
}
