//! The study: a nearest-neighbour classifier, what can be tuned about it, and
//! its accuracy by cross-validation.

use std::fmt;

use smartcore::error::Failed;
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::metrics::distance::Distance;
use smartcore::neighbors::KNNWeightFunction;
use smartcore::neighbors::knn_classifier::{KNNClassifier, KNNClassifierParameters};

use super::data::Data;

/// Folds of one cross-validation, as is usual for tables of this size.
pub(crate) const FOLDS: usize = 5;

/// Cross-validations behind one number. One alone can only give multiples of
/// 1/178, which hides small differences; three with different folds resolve
/// 1/534, and a trial still takes a tenth of a second.
const REPEATS: u64 = 3;

/// What is tuned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Params {
    /// How many neighbours vote.
    pub(crate) neighbours: usize,
    /// Order of the Minkowski distance: 1 adds up the differences, 2 is the
    /// straight line, more listens to the largest difference only.
    pub(crate) order: f64,
    /// Whether near neighbours count for more.
    pub(crate) weight: Weight,
    /// What is done to the columns first.
    pub(crate) scale: Scale,
}

impl Default for Params {
    /// What the model does by default, on the table as it is. That the first
    /// three are the defaults of [`KNNClassifierParameters`], a test proves.
    fn default() -> Self {
        Params { neighbours: 3, order: 2.0, weight: Weight::Uniform, scale: Scale::None }
    }
}

/// How the neighbours' votes are weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// All alike.
    Uniform,
    /// By the inverse of the distance.
    Distance,
}

/// What is done to the columns first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Nothing.
    None,
    /// Each to the range from 0 to 1.
    Range,
    /// Each to mean 0 and standard deviation 1.
    Standard,
}

/// A choice as it is named in the search space.
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

impl Choice for Weight {
    const ALL: &'static [(&'static str, Self)] = &[("uniform", Weight::Uniform), ("distance", Weight::Distance)];
}

impl Choice for Scale {
    const ALL: &'static [(&'static str, Self)] =
        &[("none", Scale::None), ("range", Scale::Range), ("standard", Scale::Standard)];
}

/// Share of the wines whose cultivator is told rightly, over all folds. The
/// same parameters and seed give the same number.
///
/// # Errors
///
/// What the model refuses, such as no neighbours at all.
pub(crate) fn evaluate(params: &Params, fold_seed: u64) -> Result<f64, Failed> {
    let data = Data::wines();
    let mut right = 0;
    for repeat in 0..REPEATS {
        // Seeds next to each other share no repetition.
        let folds = data.folds(FOLDS, fold_seed * REPEATS + repeat);
        for fold in 0..FOLDS {
            right += hits(data, &folds, fold, params)?;
        }
    }
    Ok(right as f64 / (data.classes.len() * REPEATS as usize) as f64)
}

/// How many rows of one fold a model of all the others gets right.
fn hits(data: &Data, folds: &[usize], fold: usize, params: &Params) -> Result<usize, Failed> {
    let (held, known): (Vec<usize>, Vec<usize>) = (0..folds.len()).partition(|&row| folds[row] == fold);
    let pick = |rows: &[usize]| -> Vec<Vec<f64>> { rows.iter().map(|&row| data.rows[row].clone()).collect() };
    let classes = |rows: &[usize]| -> Vec<i32> { rows.iter().map(|&row| data.classes[row]).collect() };
    let (mut train, mut test) = (pick(&known), pick(&held));
    // The scale is learnt from the rows that the model may know, and from those alone.
    params.scale.apply(&mut train, &mut test);
    let settings = KNNClassifierParameters::default()
        .with_k(params.neighbours)
        .with_distance(Minkowski(params.order))
        .with_weight(match params.weight {
            Weight::Uniform => KNNWeightFunction::Uniform,
            Weight::Distance => KNNWeightFunction::Distance,
        });
    let model = KNNClassifier::fit(&DenseMatrix::from_2d_vec(&train)?, &classes(&known), settings)?;
    let told = model.predict(&DenseMatrix::from_2d_vec(&test)?)?;
    Ok(told.iter().zip(classes(&held)).filter(|&(told, truth)| *told == truth).count())
}

impl Scale {
    fn apply(self, train: &mut [Vec<f64>], test: &mut [Vec<f64>]) {
        let columns = train.first().map_or(0, Vec::len);
        for column in 0..columns {
            let values = || train.iter().map(|row| row[column]);
            let count = train.len() as f64;
            let (offset, width) = match self {
                Scale::None => return,
                Scale::Range => {
                    let least = values().fold(f64::INFINITY, f64::min);
                    (least, values().fold(f64::NEG_INFINITY, f64::max) - least)
                }
                Scale::Standard => {
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

/// The distance of that order; the model's own takes whole orders only.
#[derive(Clone, Debug)]
struct Minkowski(f64);

impl Distance<Vec<f64>> for Minkowski {
    fn distance(&self, a: &Vec<f64>, b: &Vec<f64>) -> f64 {
        let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - b).abs().powf(self.0)).sum();
        sum.powf(self.0.recip())
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Params { neighbours, order, weight, scale } = self;
        write!(f, "neighbours={neighbours} order={order:.2} weight={} scale={}", weight.name(), scale.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accuracy of the model as its crate sets it up, nothing of ours between.
    fn untouched(folds: &[usize]) -> f64 {
        let data = Data::wines();
        let mut right = 0;
        for fold in 0..FOLDS {
            let of = |held: bool| (0..178).filter(move |&row| (folds[row] == fold) == held);
            let rows = |held| of(held).map(|row| data.rows[row].clone()).collect::<Vec<_>>();
            let classes = |held| of(held).map(|row| data.classes[row]).collect::<Vec<_>>();
            let train = DenseMatrix::from_2d_vec(&rows(false)).unwrap();
            let model = KNNClassifier::fit(&train, &classes(false), KNNClassifierParameters::default()).unwrap();
            let told = model.predict(&DenseMatrix::from_2d_vec(&rows(true)).unwrap()).unwrap();
            right += told.iter().zip(classes(true)).filter(|&(told, truth)| *told == truth).count();
        }
        right as f64 / 178.0
    }

    #[test]
    fn the_guess_is_the_models_own_default() {
        let seed = 7;
        let own = (0..REPEATS).map(|repeat| untouched(&Data::wines().folds(FOLDS, seed * REPEATS + repeat)));
        let mean = own.sum::<f64>() / REPEATS as f64;
        assert!((evaluate(&Params::default(), seed).unwrap() - mean).abs() < 1e-12);
    }

    #[test]
    fn the_default_leaves_room_to_tune() {
        let accuracy = evaluate(&Params::default(), 1).unwrap();
        assert!((0.60..=0.95).contains(&accuracy), "{accuracy}");
    }

    #[test]
    fn the_same_seed_gives_the_same_accuracy() {
        let params = Params { neighbours: 9, order: 1.5, weight: Weight::Distance, scale: Scale::Standard };
        let first = evaluate(&params, 4).unwrap();
        assert_eq!(first, evaluate(&params, 4).unwrap());
        let others: Vec<_> = (5..9).map(|seed| evaluate(&params, seed).unwrap()).collect();
        assert!(others.iter().any(|other| *other != first), "{others:?}");
    }

    #[test]
    fn a_column_of_one_value_is_no_division_by_zero() {
        let mut train = vec![vec![2.0, 1.0], vec![2.0, 3.0]];
        let mut test = vec![vec![2.5, 2.0]];
        Scale::Standard.apply(&mut train, &mut test);
        assert_eq!((train, test), (vec![vec![0.0, -1.0], vec![0.0, 1.0]], vec![vec![0.5, 0.0]]));
    }

    #[test]
    fn what_the_model_refuses_is_an_error() {
        assert!(evaluate(&Params { neighbours: 0, ..Params::default() }, 1).is_err());
    }
}
