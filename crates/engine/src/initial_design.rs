//! Initial design: the user's guess and a Latin hypercube, tried before the model says anything.

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

/// Number of points that come before the model: the guess and the hypercube.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Variable};

    fn variable(name: &str, kind: Kind) -> Variable {
        Variable { name: name.to_owned(), kind, guess: None }
    }

    fn options(count: usize) -> Kind {
        Kind::Cat { options: (0..count).map(|option| option.to_string()).collect() }
    }

    const LINE: Kind = Kind::Cont { min: 0.0, max: 1.0, log: false, step: None };

    #[test]
    fn each_slice_of_each_variable_is_used_once() {
        let space = Space::new(vec![variable("a", LINE), variable("b", LINE)]).expect("a valid space");
        let points = latin_hypercube(&space, 8, 42);
        for index in 0..2 {
            let mut slices: Vec<usize> = points.iter().map(|x| (x[index] * 8.0) as usize).collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..8).collect::<Vec<_>>());
        }
        assert_eq!(points, latin_hypercube(&space, 8, 42));
        assert_ne!(points, latin_hypercube(&space, 8, 43));
    }

    #[test]
    fn each_option_is_drawn_equally_often() {
        let space = Space::new(vec![variable("c", options(4))]).expect("a valid space");
        let points = latin_hypercube(&space, 8, 1);
        for option in 0..4 {
            assert_eq!(points.iter().filter(|x| x[0] == f64::from(option)).count(), 2);
        }
    }

    #[test]
    fn its_size_follows_the_largest_category_within_limits() {
        let size_of = |kinds: &[Kind]| {
            let variables = kinds.iter().enumerate().map(|(i, kind)| variable(&i.to_string(), kind.clone()));
            size(Space::new(variables.collect()).expect("a valid space").axes())
        };
        assert_eq!(size_of(&[LINE]), 5);
        assert_eq!(size_of(&[LINE, LINE, LINE, LINE, LINE, LINE]), 5);
        assert_eq!(size_of(&[LINE, options(2)]), 5);
        assert_eq!(size_of(&[options(4), options(2)]), 9);
        assert_eq!(size_of(&[options(50)]), 13);
    }
}
