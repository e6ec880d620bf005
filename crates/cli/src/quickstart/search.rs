//! The search: ask the hub for a point, try it, tell what came out.

use mlhub::autotune::{Best, Client, NewExperiment, Trial};

use super::model::{self, Choice, Params, Scale, Weight};
use crate::args::Quickstart;
use crate::embedded::failed;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Out;
use crate::progress::Bar;

/// Seed of the folds that the search sees.
const SEARCH_FOLDS: u64 = 0;
/// Most neighbours that may vote: the smallest class has 48 wines, of which
/// 38 are left when a fifth is held back.
const NEIGHBOURS: i64 = 38;
/// Highest order of the distance; above it hardly anything changes.
const ORDER: f64 = 4.0;

/// What the search found.
pub(super) struct Found {
    /// The best point, from the hub.
    pub(super) best: Params,
    /// The same as the hub said it.
    pub(super) reply: Best,
    /// What each trial gave, in order; none for one that failed.
    pub(super) history: Vec<Option<f64>>,
}

/// Runs all trials.
pub(super) async fn search(client: &Client, options: &Quickstart, out: &Out) -> Result<Found, Fault> {
    let experiment = client.create_experiment(space(options.seed)).await.map_err(|error| failed(&error))?;
    let bar = Bar::new(options.trials.into(), out);
    let mut history = Vec::new();
    for _ in 0..options.trials {
        let trial = client.ask(experiment.id).await.map_err(|error| failed(&error))?;
        let params = params(&trial).map_err(|error| failed(&error))?;
        let tried = params.clone();
        let value = tokio::task::spawn_blocking(move || model::evaluate(&tried, SEARCH_FOLDS)).await;
        let value = value.map_err(Fault::local)?.ok();
        if let Some(value) = value {
            client.tell(&trial, value).await.map_err(|error| failed(&error))?;
        }
        history.push(value);
        show(&bar, &history, &params);
    }
    bar.finish();
    if history.iter().all(Option::is_none) {
        return Err(Fault::new(Exit::Failed, "every trial failed", "mlhub quickstart --seed 2"));
    }
    let best = client.best(experiment.id).await.map_err(|error| failed(&error))?;
    let trial = Trial::unasked(experiment.id, best.params.clone());
    Ok(Found { best: params(&trial).map_err(|error| failed(&error))?, reply: best, history })
}

/// What is tuned, beginning with what the model does by default.
fn space(seed: i64) -> NewExperiment {
    let guess = Params::default();
    NewExperiment::new("wine")
        .description("Which of three cultivators made a wine, by its nearest neighbours")
        .int("neighbours", 1..=NEIGHBOURS, guess.neighbours as i64)
        .cont("order", 1.0..=ORDER, guess.order)
        .cat("weight", Weight::names(), guess.weight.name())
        .cat("scale", Scale::names(), guess.scale.name())
        .seed(seed)
}

/// The point of a trial.
fn params(trial: &Trial) -> Result<Params, mlhub::Error> {
    Ok(Params {
        neighbours: usize::try_from(trial.integer("neighbours")?).unwrap_or_default(),
        order: trial.number("order")?,
        weight: Weight::named(trial.text("weight")?).unwrap_or(Weight::Uniform),
        scale: Scale::named(trial.text("scale")?).unwrap_or(Scale::None),
    })
}

/// The best so far on the bar; without one, a line for each improvement.
fn show(bar: &Bar, history: &[Option<f64>], params: &Params) {
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
        let expected = Params { neighbours: 9, order: 1.5, weight: Weight::Distance, scale: Scale::Range };
        assert_eq!(params(&trial).unwrap(), expected);
    }
}
