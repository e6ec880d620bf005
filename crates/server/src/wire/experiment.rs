//! Formats of the original AutoTune for an experiment, an ask and a tell: tables as texts that hold JSON.

use poem_openapi::Object;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::ordered_map::{OrderedMap, values_by_name};
use super::running_best::RunningBest;
use crate::clock::without_offset;
use crate::http::fields::{Fields, FromFields};
use crate::store;
use crate::study::{Kind, Scalar, Variable, json_text};

/// One variable of an experiment.
#[derive(Serialize, Object)]
pub(crate) struct Covar {
    /// The value tried first.
    guess: Scalar,
    /// The least value, for numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Scalar>,
    /// The greatest value, for numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<Scalar>,
    /// The options, for categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(nullable)]
    options: Option<Vec<String>>,
    /// The type of the values: int, float or str.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: String,
}

impl From<&Variable> for Covar {
    fn from(variable: &Variable) -> Self {
        let (min, max, options, kind) = match &variable.kind {
            Kind::Int { min, max, .. } => (Some((*min).into()), Some((*max).into()), None, "int"),
            Kind::Cont { min, max, .. } => (Some(Scalar::Real(*min)), Some(Scalar::Real(*max)), None, "float"),
            Kind::Cat { options } => (None, None, Some(options.clone()), "str"),
        };
        Self { guess: variable.guess.clone(), min, max, options, kind: kind.to_owned() }
    }
}

/// An experiment.
#[derive(Serialize, Object)]
#[oai(rename = "Experiment")]
pub(crate) struct ExperimentReply {
    /// The identifier of the experiment.
    exp_uuid: Uuid,
    /// Its name.
    name: String,
    /// What it is about.
    description: String,
    /// Its variables by name, in the order in which they were given.
    covars: OrderedMap<Covar>,
    /// The model that is fitted to what was told.
    model_type: String,
    /// The rule by which the next point is chosen.
    #[oai(nullable)]
    acq_func: Option<String>,
    /// When it was made, in UTC without an offset.
    time_created: String,
    /// When it was last asked or told, in UTC without an offset.
    time_updated: String,
    /// Whether it can be asked and told.
    active: bool,
    /// The best response after each tell, as text that holds JSON; null before the first.
    #[oai(nullable)]
    best_response: Option<String>,
    /// The variables of the best response after each tell, as text that holds JSON; null before the first.
    #[oai(nullable)]
    covars_best_response: Option<String>,
    /// How many points were told.
    covars_sampled_iter: u64,
    /// How many responses were told.
    response_sampled_iter: u64,
    /// Whose it is; left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_uuid: Option<Uuid>,
}

impl ExperimentReply {
    /// The experiment with the best of `history` after each tell.
    pub(crate) fn new(experiment: store::Experiment, history: &[store::Observation]) -> Self {
        let best = (!history.is_empty()).then(|| RunningBest::of(&experiment.space, experiment.direction, history));
        Self {
            exp_uuid: experiment.uuid,
            name: experiment.name,
            description: experiment.description,
            covars: experiment.space.iter().map(|variable| (variable.name.clone(), variable.into())).collect(),
            model_type: experiment.model_type,
            acq_func: Some(experiment.acq_func),
            time_created: without_offset(experiment.created_at),
            time_updated: without_offset(experiment.updated_at),
            active: experiment.active,
            best_response: best.as_ref().map(RunningBest::response),
            covars_best_response: best.as_ref().map(RunningBest::covars),
            covars_sampled_iter: history.len() as u64,
            response_sampled_iter: history.len() as u64,
            user_uuid: Some(experiment.owner_uuid),
        }
    }

    /// The experiment as it stands in a list: without its owner.
    pub(crate) fn listed(experiment: store::Experiment, history: &[store::Observation]) -> Self {
        Self { user_uuid: None, ..Self::new(experiment, history) }
    }
}

/// The point to try next.
#[derive(Serialize, Object)]
#[oai(rename = "Ask")]
pub(crate) struct AskReply {
    /// The identifier of the experiment.
    exp_uuid: Uuid,
    /// When it was asked, in UTC without an offset.
    time_updated: String,
    /// The point, as text that holds a JSON list of one object: a value for each variable, in their order.
    covars_next_exp: String,
}

impl AskReply {
    pub(crate) fn new(experiment: &store::Experiment, point: &[Scalar], at: jiff::Timestamp) -> Self {
        Self {
            exp_uuid: experiment.uuid,
            time_updated: without_offset(at),
            covars_next_exp: json_text(&[values_by_name(&experiment.space, point)]),
        }
    }
}

/// What came out at a point.
#[derive(Object)]
#[oai(rename = "Tell")]
pub(crate) struct TellRequest {
    /// The point, as text that holds a JSON table of one row. Three forms are read: a list of one object, an object of
    /// objects keyed by row, an object of lists. The same table as JSON, without the text around it, is read too.
    pub(crate) covars_tell: String,
    /// The response at this point in the column Response, in any of the same forms.
    pub(crate) response_tell: String,
}

impl FromFields for TellRequest {
    const STRICT: bool = false;

    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let covars_tell = text_or_json(fields, "covars_tell");
        let response_tell = text_or_json(fields, "response_tell");
        Some(Self { covars_tell: covars_tell?, response_tell: response_tell? })
    }
}

/// The JSON text of a field, whether it came inside a text or bare.
fn text_or_json(fields: &mut Fields, name: &str) -> Option<String> {
    let raw = fields.required::<Box<RawValue>>(name)?;
    Some(serde_json::from_str::<String>(raw.get()).unwrap_or_else(|_| raw.get().to_owned()))
}

/// A tell as it was stored, and the best so far.
#[derive(Serialize, Object)]
#[oai(rename = "Told")]
pub(crate) struct TellReply {
    /// The identifier of the experiment.
    exp_uuid: Uuid,
    /// The point as it was told.
    covars_tell: String,
    /// The response as it was told.
    response_tell: String,
    /// The best response after each tell, as text that holds a JSON object of columns.
    best_response: String,
    /// The variables of the best response after each tell; the name is misspelt as in the original.
    covars_best_reponse: String,
    /// The same under the right name.
    covars_best_response: String,
    /// How many points were told.
    covars_sampled_iter: u64,
    /// How many responses were told.
    response_sampled_iter: u64,
    /// When this was told, in UTC without an offset.
    time_updated: String,
}

impl TellReply {
    /// The answer to `tell`, where `history` ends with it.
    pub(crate) fn new(
        experiment: &store::Experiment,
        tell: TellRequest,
        history: &[store::Observation],
        at: jiff::Timestamp,
    ) -> Self {
        let best = RunningBest::of(&experiment.space, experiment.direction, history);
        Self {
            exp_uuid: experiment.uuid,
            covars_tell: tell.covars_tell,
            response_tell: tell.response_tell,
            best_response: best.response(),
            covars_best_reponse: best.covars(),
            covars_best_response: best.covars(),
            covars_sampled_iter: history.len() as u64,
            response_sampled_iter: history.len() as u64,
            time_updated: without_offset(at),
        }
    }
}
