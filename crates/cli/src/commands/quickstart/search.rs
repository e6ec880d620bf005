//! Search of the quickstart: ask the hub for a point, try it, tell what came out.

use mlhub::autotune::{Best, Client, NewExperiment, Trial};

use super::model::{self, Choice, ClassifierParams, Scaling, Weighting};
use crate::commands::tune::progress::TrialBar;
use crate::embedded_hub::failed;
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::output::Out;

/// Seed of the folds that the search sees.
const SEARCH_FOLDS: u64 = 0;
/// Most neighbours that may vote: the smallest class has 48 wines, of which
/// 38 are left when a fifth is held back.
const NEIGHBOURS: i64 = 38;
/// Highest order of the distance; above it hardly anything changes.
const ORDER: f64 = 4.0;

/// Result of the search.
pub(super) struct SearchResult {
    /// The best point, from the hub.
    pub(super) best: ClassifierParams,
    /// The same as the hub said it.
    pub(super) reply: Best,
    /// What each trial gave, in order; none for one that failed.
    pub(super) history: Vec<Option<f64>>,
}

/// Runs all trials.
pub(super) async fn search(client: &Client, trials: u32, seed: i64, out: &Out) -> CliResult<SearchResult> {
    let experiment = client.create_experiment(space(seed)).await.map_err(|error| failed(&error))?;
    let bar = TrialBar::new(trials.into(), out);
    let mut history = Vec::new();
    for _ in 0..trials {
        let trial = client.ask(experiment.id).await.map_err(|error| failed(&error))?;
        let params = params(&trial).map_err(|error| failed(&error))?;
        let tried = params.clone();
        let value = tokio::task::spawn_blocking(move || model::evaluate(&tried, SEARCH_FOLDS)).await;
        let value = value.map_err(CliError::local)?.ok();
        if let Some(value) = value {
            client.tell(&trial, value).await.map_err(|error| failed(&error))?;
        }
        history.push(value);
        show(&bar, &history, &params);
    }
    bar.finish();
    if history.iter().all(Option::is_none) {
        return Err(CliError::new(Exit::Failed, "every trial failed", "mlhub quickstart --seed 2"));
    }
    let best = client.best(experiment.id).await.map_err(|error| failed(&error))?;
    let trial = Trial::unasked(experiment.id, best.params.clone());
    Ok(SearchResult { best: params(&trial).map_err(|error| failed(&error))?, reply: best, history })
}

/// What is tuned, beginning with what the model does by default.
fn space(seed: i64) -> NewExperiment {
    let guess = ClassifierParams::default();
    NewExperiment::new("wine")
        .description("Which of three cultivators made a wine, by its nearest neighbours")
        .int("neighbours", 1..=NEIGHBOURS, guess.neighbours as i64)
        .cont("order", 1.0..=ORDER, guess.order)
        .cat("weight", Weighting::names(), guess.weight.name())
        .cat("scale", Scaling::names(), guess.scale.name())
        .seed(seed)
}

/// The point of a trial.
fn params(trial: &Trial) -> Result<ClassifierParams, mlhub::Error> {
    Ok(ClassifierParams {
        neighbours: usize::try_from(trial.integer("neighbours")?).unwrap_or_default(),
        order: trial.number("order")?,
        weight: Weighting::named(trial.text("weight")?).unwrap_or(Weighting::Uniform),
        scale: Scaling::named(trial.text("scale")?).unwrap_or(Scaling::None),
    })
}

/// The best so far on the bar; without one, a line for each improvement.
fn show(bar: &TrialBar, history: &[Option<f64>], params: &ClassifierParams) {
    let told = |upto: &[Option<f64>]| upto.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let (before, best) = (told(&history[..history.len() - 1]), told(history));
    bar.show(history.len() as u64, format!("best {best:.4}"));
    if best > before {
        bar.instead(&format!("trial {}: {best:.4} with {params}", history.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn a_point_of_the_hub_is_read_whole() {
        let values = json!({"neighbours": 9, "order": 1.5, "weight": "distance", "scale": "range"});
        let trial = Trial::unasked(Uuid::nil(), values.as_object().unwrap().clone());
        let expected =
            ClassifierParams { neighbours: 9, order: 1.5, weight: Weighting::Distance, scale: Scaling::Range };
        assert_eq!(params(&trial).unwrap(), expected);
    }
}
