//! Report of the quickstart: accuracy on fresh folds, before and after.

use serde_json::{Value, json};

use super::model::{self, Choice as _, ClassifierParams, Scaling};
use super::search::SearchResult;
use crate::direction::Direction;
use crate::error::{CliError, CliResult};
use crate::global::Format;
use crate::output::{Out, Table};
use crate::plot::search_history::search_history;

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

/// Comparison of settings.
pub(super) struct Comparison {
    /// The model as its crate sets it up.
    defaults: (ClassifierParams, Accuracy),
    /// The same with scaled columns: what a practitioner would try first, and
    /// the fairer rival of the search.
    scaled: (ClassifierParams, Accuracy),
    /// What the search found.
    best: (ClassifierParams, Accuracy),
    /// Best less defaults, seed by seed.
    gain: Accuracy,
    /// Best less scaled defaults, seed by seed.
    beyond_scaling: Accuracy,
}

/// Compares the point that was found with its rivals on fresh folds.
pub(super) async fn compare(best: ClassifierParams) -> CliResult<Comparison> {
    let defaults = ClassifierParams::default();
    let scaled = ClassifierParams { scale: Scaling::Standard, ..defaults.clone() };
    // One thread each.
    let judge = |params: &ClassifierParams| {
        let params = params.clone();
        tokio::task::spawn_blocking(move || {
            JUDGES.map(|seed| model::evaluate(&params, seed)).collect::<Result<Vec<_>, _>>()
        })
    };
    let (first, second, third) = tokio::join!(judge(&defaults), judge(&scaled), judge(&best));
    let values = |joined: Result<Result<Vec<f64>, _>, _>| joined.map_err(CliError::local)?.map_err(CliError::local);
    let (first, second, third) = (values(first)?, values(second)?, values(third)?);
    let gain = |before: &[f64]| Accuracy::of(&third.iter().zip(before).map(|(a, b)| a - b).collect::<Vec<_>>());
    Ok(Comparison {
        defaults: (defaults, Accuracy::of(&first)),
        scaled: (scaled, Accuracy::of(&second)),
        best: (best, Accuracy::of(&third)),
        gain: gain(&first),
        beyond_scaling: gain(&second),
    })
}

/// Prints the table, or one object.
pub(super) fn print(found: &SearchResult, compared: &Comparison, out: &Out) -> CliResult {
    if out.asked() == Some(Format::Json) {
        return out.text(&format!("{}\n", object(found, compared)));
    }
    out.notice(&search_history(&found.history, Direction::Maximize, "accuracy"));
    out.rows(&table(compared))?;
    let (gain, beyond) = (compared.gain, compared.beyond_scaling);
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

fn table(compared: &Comparison) -> Table {
    let mut table = Table::new(["setting", "accuracy", "standard_error", "neighbours", "order", "weight", "scale"]);
    let rows =
        [("defaults", &compared.defaults), ("defaults, scaled", &compared.scaled), ("best found", &compared.best)];
    for (name, (params, accuracy)) in rows {
        let ClassifierParams { neighbours, order, weight, scale } = params;
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

fn object(found: &SearchResult, compared: &Comparison) -> Value {
    json!({
        "best": found.reply.params,
        "value": found.reply.value,
        "trials": found.history.len(),
        "failed": found.history.iter().filter(|value| value.is_none()).count(),
        "defaults": compared.defaults.1.json(),
        "defaults_scaled": compared.scaled.1.json(),
        "tuned": compared.best.1.json(),
        "gain": compared.gain.json(),
        "gain_over_scaled": compared.beyond_scaling.json(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::quickstart::model::Weighting;

    /// A point as searches find them, here without a search.
    #[tokio::test]
    async fn a_tuned_point_is_better_by_more_than_two_standard_errors() {
        let found =
            ClassifierParams { neighbours: 32, order: 1.65, weight: Weighting::Distance, scale: Scaling::Standard };
        let compared = compare(found).await.unwrap();
        assert!(compared.defaults.1.mean <= 0.95, "{:?}", compared.defaults);
        for gain in [compared.gain, compared.beyond_scaling] {
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
