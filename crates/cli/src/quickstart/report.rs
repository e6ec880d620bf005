//! What came of it: accuracy on fresh folds, before and after.

use serde_json::{Map, Value, json};

use super::model::{self, Choice as _, Params, Scale};
use super::search::Found;
use crate::args::Format;
use crate::direction::Direction;
use crate::fault::Fault;
use crate::output::{Out, Table};
use crate::plot;

/// Said before anything else.
pub(super) const INTRODUCTION: &str = "\
Tuning a nearest-neighbour classifier: which of three cultivators made each of 178 wines (UCI Wine, CC BY 4.0)?
The hub runs in this process; the search asks and tells it through HTTP.";

/// Seeds of the folds that judge. The search sees none of them, so what it
/// found by luck does not count.
const JUDGES: std::ops::RangeInclusive<u64> = 1..=10;

/// Mean accuracy over the judging folds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accuracy {
    mean: f64,
    /// Standard error of the mean.
    error: f64,
}

impl Accuracy {
    fn of(values: &[f64]) -> Accuracy {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let spread = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Accuracy { mean, error: (spread / count).sqrt() }
    }

    fn json(self) -> Value {
        json!({"accuracy": self.mean, "standard_error": self.error})
    }
}

/// The settings that are compared.
pub(super) struct Judged {
    /// The model as its crate sets it up.
    defaults: (Params, Accuracy),
    /// The same with scaled columns: what a practitioner would try first, and
    /// the fairer rival of the search.
    scaled: (Params, Accuracy),
    /// What the search found.
    best: (Params, Accuracy),
    /// Best less defaults, seed by seed.
    gain: Accuracy,
    /// Best less scaled defaults, seed by seed.
    beyond_scaling: Accuracy,
}

/// Judges the point that was found and its rivals on fresh folds.
pub(super) async fn judge(best: Params) -> Result<Judged, Fault> {
    let defaults = Params::default();
    let scaled = Params { scale: Scale::Standard, ..defaults.clone() };
    // One thread each.
    let judge = |params: &Params| {
        let params = params.clone();
        tokio::task::spawn_blocking(move || {
            JUDGES.map(|seed| model::evaluate(&params, seed)).collect::<Result<Vec<_>, _>>()
        })
    };
    let (first, second, third) = tokio::join!(judge(&defaults), judge(&scaled), judge(&best));
    let values = |joined: Result<Result<Vec<f64>, _>, _>| joined.map_err(Fault::local)?.map_err(Fault::local);
    let (first, second, third) = (values(first)?, values(second)?, values(third)?);
    let gain = |before: &[f64]| Accuracy::of(&third.iter().zip(before).map(|(a, b)| a - b).collect::<Vec<_>>());
    Ok(Judged {
        defaults: (defaults, Accuracy::of(&first)),
        scaled: (scaled, Accuracy::of(&second)),
        best: (best, Accuracy::of(&third)),
        gain: gain(&first),
        beyond_scaling: gain(&second),
    })
}

/// Prints the table, or one object.
pub(super) fn print(found: &Found, judged: &Judged, out: &Out) -> Result<(), Fault> {
    if out.asked() == Some(Format::Json) {
        return out.text(&format!("{}\n", object(found, judged)));
    }
    out.notice(&plot::history(&found.history, Direction::Maximize, "accuracy"));
    out.rows(&table(judged))?;
    let (gain, beyond) = (judged.gain, judged.beyond_scaling);
    out.notice(&format!(
        "Accuracy gained over the model's defaults: {:+.3} (standard error {:.3}); over the defaults on scaled columns: \
         {:+.3} ({:.3}).\nMeasured with {} seeds of folds that the search did not see.",
        gain.mean,
        gain.error,
        beyond.mean,
        beyond.error,
        JUDGES.count()
    ));
    Ok(())
}

fn table(judged: &Judged) -> Table {
    let mut table = Table::new(["setting", "accuracy", "standard_error", "neighbours", "order", "weight", "scale"]);
    let rows = [("defaults", &judged.defaults), ("defaults, scaled", &judged.scaled), ("best found", &judged.best)];
    for (name, (params, accuracy)) in rows {
        let Params { neighbours, order, weight, scale } = params;
        let rounded = |value: f64, digits: usize| Value::from(format!("{value:.digits$}"));
        table.row([
            name.into(),
            rounded(accuracy.mean, 4),
            rounded(accuracy.error, 4),
            (*neighbours).into(),
            rounded(*order, 2),
            weight.name().into(),
            scale.name().into(),
        ]);
    }
    table
}

fn object(found: &Found, judged: &Judged) -> Value {
    let failed = found.history.iter().filter(|value| value.is_none()).count();
    let mut object = Map::new();
    object.insert("best".to_owned(), Value::Object(found.reply.params.clone()));
    object.insert("value".to_owned(), found.reply.value.into());
    object.insert("trials".to_owned(), found.history.len().into());
    object.insert("failed".to_owned(), failed.into());
    object.insert("defaults".to_owned(), judged.defaults.1.json());
    object.insert("defaults_scaled".to_owned(), judged.scaled.1.json());
    object.insert("tuned".to_owned(), judged.best.1.json());
    object.insert("gain".to_owned(), judged.gain.json());
    object.insert("gain_over_scaled".to_owned(), judged.beyond_scaling.json());
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quickstart::model::Weight;

    /// A point as searches find them, here without a search.
    #[tokio::test]
    async fn a_tuned_point_is_better_by_more_than_two_standard_errors() {
        let found = Params { neighbours: 32, order: 1.65, weight: Weight::Distance, scale: Scale::Standard };
        let judged = judge(found).await.unwrap();
        assert!(judged.defaults.1.mean <= 0.95, "{:?}", judged.defaults);
        for gain in [judged.gain, judged.beyond_scaling] {
            assert!(gain.mean > 2.0 * gain.error && gain.error > 0.0, "{gain:?}");
        }
    }

    #[test]
    fn the_standard_error_is_that_of_the_mean() {
        let Accuracy { mean, error } = Accuracy::of(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(mean, 2.5);
        // Sample variance 5/3, divided by four values.
        assert!((error - (5.0_f64 / 12.0).sqrt()).abs() < 1e-15);
    }
}
