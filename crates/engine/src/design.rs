//! The points to try before a model says anything: the user's guess and a Latin hypercube.

use crate::Space;
use crate::axis::Axis;
use crate::rng::{Purpose, Stream};

/// Points of the hypercube in a space without categories. Published comparisons use five initial
/// points in all; 4 to 9 made no difference that shows from two to six variables, so the number does
/// not grow with them: the model's own questions are worth more.
const LEAST: usize = 4;

/// Points of the hypercube for each option of the largest category, so that each option is seen
/// more than once before the model ranks them, and the most that this may ask for.
const PER_OPTION: usize = 2;
const MOST: usize = 12;

/// How many points come before the model: the guess and the hypercube.
pub(crate) fn size(axes: &[Axis]) -> usize {
    let options = axes.iter().filter(|axis| axis.is_choice()).filter_map(Axis::levels).max();
    let wanted = options.map_or(0, |options| (options as usize).saturating_mul(PER_OPTION));
    1 + wanted.clamp(LEAST, MOST)
}

/// Points that cover every variable evenly: each is cut into as many slices as there are points,
/// and each slice is used once. They depend on the seed alone, so they stand still as results come.
pub(crate) fn latin_hypercube(space: &Space, count: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut stream = Stream::new(seed, 0, 0, Purpose::Design);
    let mut points = vec![Vec::with_capacity(space.axes().len()); count];
    for axis in space.axes() {
        let mut slices: Vec<usize> = (0..count).collect();
        stream.shuffle(&mut slices);
        for (point, slice) in points.iter_mut().zip(slices) {
            point.push(axis.at_fraction((slice as f64 + stream.unit()) / count as f64));
        }
    }
    points
}
