//! Exploration of categories: a search within the options that the best result does not use.
//!
//! A process that knows one option well and another hardly at all expects little improvement of
//! the other, polishes the first for ever and never learns better. So in a space with categories
//! every second suggestion is chosen in another way: which option may yet turn out best, and
//! what would improve on the best result *within it*?

use crate::acquisition::Acquisition;
use crate::axis::Axis;
use crate::excluded::ExcludedPoints;
use crate::model::{Model, RankedPoint};
use crate::rng::Stream;
use crate::search::Search;

/// Every how many suggestions one explores. Every third did a little worse, and exploring only
/// while the model sees hope did worse than either: a model that is wrong about an option sees none.
const EVERY: usize = 2;

/// How optimistic the bound is, in standard deviations; 3 did better than 2, and 5 no better.
const OPTIMISM: f64 = 3.0;

/// Random points over which an option's upper bound is taken.
const PROBES: usize = 64;

/// Whether the suggestion after `count` others should explore another option.
pub(crate) fn is_due(axes: &[Axis], count: usize) -> bool {
    count % EVERY == EVERY - 1 && axes.iter().any(|axis| axis.levels() > Some(1) && axis.is_choice())
}

/// The point of greatest acquisition value within the option with the greatest upper bound, of those
/// that the best result does not use; none where no such point is free.
pub(crate) fn suggest(
    axes: &[Axis],
    model: &Model<'_>,
    acquisition: Acquisition,
    excluded: &ExcludedPoints<'_>,
    stream: &mut Stream,
) -> Option<Vec<f64>> {
    let home = model.ranking.first()?;
    let mut bounds: Vec<(usize, f64, f64)> = Vec::new();
    for (variable, axis) in axes.iter().enumerate().filter(|(_, axis)| axis.is_choice()) {
        let options = (0..axis.levels().unwrap_or(0)).map(|level| axis.coordinate_of_level(level));
        for option in options.filter(|&option| option != home.point[variable]) {
            bounds.push((variable, option, optimistic_bound(axes, model, (variable, option), stream)));
        }
    }
    let &(variable, option, _) = bounds.iter().max_by(|a, b| a.2.total_cmp(&b.2))?;

    let inside: Vec<RankedPoint> =
        model.ranking.iter().filter(|ranked| ranked.point[variable] == option).cloned().collect();
    // Nothing is known of an option without results: then the best of all is the one to beat.
    let centres = if inside.is_empty() { &model.ranking } else { &inside };
    let best = centres.first()?.mean;
    let search = Search { axes, model, acquisition, best, pinned: Some((variable, option)) };
    search.run(centres, excluded, stream)
}

/// Upper confidence bound of an option: the best that a random point with it may turn out to be.
fn optimistic_bound(axes: &[Axis], model: &Model<'_>, (variable, option): (usize, f64), stream: &mut Stream) -> f64 {
    (0..PROBES)
        .map(|_| {
            let mut x: Vec<f64> = axes.iter().map(|axis| axis.sample(stream)).collect();
            x[variable] = option;
            let (mean, deviation) = model.gp.predict(&x);
            mean + OPTIMISM * deviation
        })
        .fold(f64::NEG_INFINITY, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;
    use crate::{Kind, Space, Variable};

    fn space(options: &[&str]) -> Space {
        let line = Kind::Cont { min: 0.0, max: 1.0, log: false, step: None };
        let choice = Kind::Cat { options: options.iter().map(|&option| option.to_owned()).collect() };
        let variable = |name: &str, kind| Variable { name: name.to_owned(), kind, guess: None };
        Space::new(vec![variable("x", line), variable("c", choice)]).expect("a valid space")
    }

    #[test]
    fn there_must_be_an_option_to_cross_to() {
        assert!((0..EVERY).any(|count| is_due(space(&["a", "b"]).axes(), count)));
        assert!((0..EVERY).all(|count| !is_due(space(&["a"]).axes(), count)));
    }

    #[test]
    fn the_option_that_is_known_least_is_looked_into_where_its_own_best_can_be_beaten() {
        let space = space(&["a", "b", "c"]);
        // "a" is best, "b" is known to be fair everywhere, "c" was seen once and was worse than "b".
        let told: Vec<Vec<f64>> = [(0.1, 0.0), (0.4, 0.0), (0.9, 0.0), (0.1, 1.0), (0.5, 1.0), (0.9, 1.0), (0.9, 2.0)]
            .iter()
            .map(|&(x, option)| vec![x, option])
            .collect();
        let results = [0.9, 1.0, 0.8, 0.3, 0.3, 0.3, 0.1];
        let mut stream = Stream::new(5, 7, 0, Purpose::Search);
        let model = Model::learn(space.axes(), &told, &results, &[], &crate::Cancellation::default(), &mut stream)
            .expect("a model");
        let excluded = ExcludedPoints::new(&space, told).expect("points are left");
        let x = suggest(space.axes(), &model, Acquisition::LogEi, &excluded, &mut stream).expect("a point");
        assert_eq!(x[1], 2.0, "{x:?}");
    }
}
