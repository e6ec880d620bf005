//! k-nearest-neighbours classifier of the quickstart: what can be tuned about it, and its accuracy by cross-validation.

use std::collections::BTreeMap;
use std::{fmt, io};

use super::data::WineData;

/// Folds of one cross-validation, as is usual for tables of this size.
pub(crate) const FOLDS: usize = 5;

/// Cross-validations behind one number. One alone can only give multiples of
/// 1/178, which hides small differences; three with different folds resolve
/// 1/534, and a trial still takes a tenth of a second.
const REPEATS: u64 = 3;

/// Hyperparameters of the classifier.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClassifierParams {
    /// How many neighbours vote.
    pub(crate) neighbours: usize,
    /// Order of the Minkowski distance: 1 adds up the differences, 2 is the
    /// straight line, more listens to the largest difference only.
    pub(crate) order: f64,
    /// Whether near neighbours count for more.
    pub(crate) weight: Weighting,
    /// What is done to the columns first.
    pub(crate) scale: Scaling,
}

impl Default for ClassifierParams {
    /// Three neighbours by the straight line, all alike, on the table as it is: what libraries do unless told.
    fn default() -> Self {
        ClassifierParams { neighbours: 3, order: 2.0, weight: Weighting::Uniform, scale: Scaling::None }
    }
}

/// Weighting of the neighbours' votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weighting {
    /// All alike.
    Uniform,
    /// By the inverse of the distance.
    Distance,
}

/// Scaling of the columns, before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scaling {
    /// Nothing.
    None,
    /// Each to the range from 0 to 1.
    Range,
    /// Each to mean 0 and standard deviation 1.
    Standard,
}

/// Choice as it is named in the search space.
pub(crate) trait Choice: Copy + 'static {
    /// All choices, with their names.
    const ALL: &'static [(&'static str, Self)];

    /// The choice of that name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(other, _)| *other == name).map(|&(_, choice)| choice)
    }

    /// Its own name.
    fn name(self) -> &'static str
    where
        Self: PartialEq,
    {
        Self::ALL.iter().find(|row| row.1 == self).map_or("", |row| row.0)
    }

    /// The names, in order.
    fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|&(name, _)| name)
    }
}

impl Choice for Weighting {
    const ALL: &'static [(&'static str, Self)] = &[("uniform", Weighting::Uniform), ("distance", Weighting::Distance)];
}

impl Choice for Scaling {
    const ALL: &'static [(&'static str, Self)] =
        &[("none", Scaling::None), ("range", Scaling::Range), ("standard", Scaling::Standard)];
}

/// Share of the wines whose cultivator is told rightly, over all folds. The
/// same parameters and seed give the same number.
///
/// # Errors
///
/// No neighbours at all: nobody votes.
pub(crate) fn evaluate(params: &ClassifierParams, fold_seed: u64) -> io::Result<f64> {
    if params.neighbours == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a classifier by neighbours needs one at least"));
    }
    let data = WineData::wines();
    let mut right = 0;
    for repeat in 0..REPEATS {
        // Seeds next to each other share no repetition.
        let folds = data.folds(FOLDS, fold_seed * REPEATS + repeat);
        for fold in 0..FOLDS {
            right += hits(data, &folds, fold, params);
        }
    }
    Ok(right as f64 / (data.classes.len() * REPEATS as usize) as f64)
}

/// How many rows of one fold a model of all the others gets right.
fn hits(data: &WineData, folds: &[usize], fold: usize, params: &ClassifierParams) -> usize {
    let (held, known): (Vec<usize>, Vec<usize>) = (0..folds.len()).partition(|&row| folds[row] == fold);
    let pick = |rows: &[usize]| -> Vec<Vec<f64>> { rows.iter().map(|&row| data.rows[row].clone()).collect() };
    let classes = |rows: &[usize]| -> Vec<i32> { rows.iter().map(|&row| data.classes[row]).collect() };
    let (mut train, mut test) = (pick(&known), pick(&held));
    // The scale is learnt from the rows that the model may know, and from those alone.
    params.scale.apply(&mut train, &mut test);
    let known = classes(&known);
    test.iter().zip(classes(&held)).filter(|&(row, truth)| classify(row, &train, &known, params) == Some(truth)).count()
}

/// The class that the nearest of the known rows vote for; the lower one of two with the same votes.
fn classify(row: &[f64], known: &[Vec<f64>], classes: &[i32], params: &ClassifierParams) -> Option<i32> {
    let distances = known.iter().map(|other| minkowski(row, other, params.order));
    let mut nearest: Vec<(f64, i32)> = distances.zip(classes.iter().copied()).collect();
    nearest.sort_by(|a, b| a.0.total_cmp(&b.0));
    nearest.truncate(params.neighbours);
    // Its inverse would be infinite, so a row of no distance leaves the others no vote.
    let met = nearest.iter().any(|&(distance, _)| distance == 0.0);
    let mut votes = BTreeMap::new();
    for (distance, class) in nearest {
        *votes.entry(class).or_insert(0.0) += match params.weight {
            Weighting::Uniform => 1.0,
            Weighting::Distance if met => f64::from(u8::from(distance == 0.0)),
            Weighting::Distance => distance.recip(),
        };
    }
    votes.into_iter().rev().max_by(|a, b| f64::total_cmp(&a.1, &b.1)).map(|(class, _)| class)
}

/// Minkowski distance of that order.
fn minkowski(a: &[f64], b: &[f64], order: f64) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - b).abs().powf(order)).sum();
    sum.powf(order.recip())
}

impl Scaling {
    fn apply(self, train: &mut [Vec<f64>], test: &mut [Vec<f64>]) {
        let columns = train.first().map_or(0, Vec::len);
        for column in 0..columns {
            let values = || train.iter().map(|row| row[column]);
            let count = train.len() as f64;
            let (offset, width) = match self {
                Scaling::None => return,
                Scaling::Range => {
                    let least = values().fold(f64::INFINITY, f64::min);
                    (least, values().fold(f64::NEG_INFINITY, f64::max) - least)
                }
                Scaling::Standard => {
                    let mean = values().sum::<f64>() / count;
                    (mean, (values().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt())
                }
            };
            // A column of one value says nothing, so it may keep its width.
            let width = if width > 0.0 { width } else { 1.0 };
            for row in train.iter_mut().chain(test.iter_mut()) {
                row[column] = (row[column] - offset) / width;
            }
        }
    }
}

impl fmt::Display for ClassifierParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ClassifierParams { neighbours, order, weight, scale } = self;
        write!(f, "neighbours={neighbours} order={order:.2} weight={} scale={}", weight.name(), scale.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the classifier of the crate smartcore gives them, at version 0.7.
    #[test]
    fn accuracies_are_those_of_another_implementation() {
        for (neighbours, order, weight, scale, accuracy) in [
            (3, 2.0, Weighting::Uniform, Scaling::None, 368.0 / 534.0),
            (9, 1.37, Weighting::Distance, Scaling::Standard, 515.0 / 534.0),
            (38, 4.0, Weighting::Uniform, Scaling::Range, 501.0 / 534.0),
        ] {
            assert_eq!(evaluate(&ClassifierParams { neighbours, order, weight, scale }, 7).unwrap(), accuracy);
        }
    }

    #[test]
    fn the_default_leaves_room_to_tune() {
        let accuracy = evaluate(&ClassifierParams::default(), 1).unwrap();
        assert!((0.60..=0.95).contains(&accuracy), "{accuracy}");
    }

    #[test]
    fn the_same_seed_gives_the_same_accuracy() {
        let params =
            ClassifierParams { neighbours: 9, order: 1.5, weight: Weighting::Distance, scale: Scaling::Standard };
        let first = evaluate(&params, 4).unwrap();
        assert_eq!(first, evaluate(&params, 4).unwrap());
        let others: Vec<_> = (5..9).map(|seed| evaluate(&params, seed).unwrap()).collect();
        assert!(others.iter().any(|other| *other != first), "{others:?}");
    }

    #[test]
    fn a_column_of_one_value_is_no_division_by_zero() {
        let mut train = vec![vec![2.0, 1.0], vec![2.0, 3.0]];
        let mut test = vec![vec![2.5, 2.0]];
        Scaling::Standard.apply(&mut train, &mut test);
        assert_eq!((train, test), (vec![vec![0.0, -1.0], vec![0.0, 1.0]], vec![vec![0.5, 0.0]]));
    }

    #[test]
    fn no_neighbours_are_an_error() {
        assert!(evaluate(&ClassifierParams { neighbours: 0, ..ClassifierParams::default() }, 1).is_err());
    }
}
