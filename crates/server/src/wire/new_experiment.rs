//! New experiment: its name and its variables, and everything that is refused with the place where it stands.

use poem_openapi::Object;

use super::new_variable::{NewVariable, OpenVariable, VariableRequest};
use super::ordered_map::OrderedMap;
use super::settings::ExperimentSettings;
use crate::http::error::{ApiError, ValidationError};
use crate::http::fields::{Fields, FromFields, RawObject};
use crate::store;
use crate::study::Variable;

/// Maximum length of the name of an experiment or a variable, in characters, as in the original.
const MAX_NAME: usize = 256;
/// Maximum number of variables of an experiment: beyond some tens of them a Gaussian process is no better than chance.
const MAX_VARIABLES: usize = 100;

/// A new experiment.
#[derive(Object)]
#[oai(rename = "NewExperiment")]
pub(crate) struct NewExperimentRequest {
    /// Its name, of at most 256 characters.
    #[oai(default = "default_name")]
    name: String,
    /// Its variables by name; their order is kept.
    covars: OrderedMap<NewVariable>,
    #[oai(flatten)]
    settings: ExperimentSettings,
}

/// An experiment that is opened by its name.
#[derive(Object)]
#[oai(rename = "OpenExperiment")]
pub(crate) struct OpenExperimentRequest {
    /// Its name, of 1 to 256 characters.
    name: String,
    /// Its variables by name. Where the experiment is made now, their order is kept.
    covars: OrderedMap<OpenVariable>,
    #[oai(flatten)]
    settings: ExperimentSettings,
}

fn default_name() -> String {
    "Experiment name".to_owned()
}

impl NewExperimentRequest {
    /// The experiment to be stored, or a list of what is wrong with which variable.
    pub(crate) fn of(self, owner: &store::User, at: jiff::Timestamp) -> Result<store::NewExperiment, ApiError> {
        let space = space(&self.covars)?;
        Ok(self.settings.of(self.name, space, owner, at))
    }
}

impl OpenExperimentRequest {
    /// The experiment to be stored, and whether the caller named the seed; or a list of what is wrong with which variable.
    pub(crate) fn of(self, owner: &store::User, at: jiff::Timestamp) -> Result<(store::NewExperiment, bool), ApiError> {
        let (space, seeded) = (space(&self.covars)?, self.settings.seed.is_some());
        Ok((self.settings.of(self.name, space, owner, at), seeded))
    }
}

/// The variables, or a list of what is wrong with which of them.
fn space<T: VariableRequest>(covars: &OrderedMap<T>) -> Result<Vec<Variable>, ApiError> {
    let mut problems = Vec::new();
    let mut space = Vec::new();
    for (name, variable) in &covars.0 {
        match variable.check(name) {
            Ok(variable) => space.push(variable),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(space) } else { Err(ApiError::validation(problems)) }
}

impl FromFields for NewExperimentRequest {
    const STRICT: bool = false;

    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.optional::<String>("name").map(|name| name.unwrap_or_else(default_name));
        check_name(fields, name.as_deref());
        let covars = covars(fields);
        let settings = ExperimentSettings::from_fields(fields);
        Some(Self { name: name?, covars: covars?, settings: settings? })
    }
}

impl FromFields for OpenExperimentRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.required::<String>("name");
        if name.as_ref().is_some_and(String::is_empty) {
            fields.wrong("name", "ensure this value has at least 1 characters", "value_error.any_str.min_length");
        }
        check_name(fields, name.as_deref());
        let covars = covars(fields);
        let settings = ExperimentSettings::from_fields(fields);
        Some(Self { name: name?, covars: covars?, settings: settings? })
    }
}

fn check_name(fields: &mut Fields, name: Option<&str>) {
    if name.is_some_and(|name| name.chars().count() > MAX_NAME) {
        let msg = format!("ensure this value has at most {MAX_NAME} characters");
        fields.wrong("name", msg, "value_error.any_str.max_length");
    }
}

fn covars<T: FromFields>(fields: &mut Fields) -> Option<OrderedMap<T>> {
    let raw = fields.required::<RawObject>("covars")?;
    if raw.is_empty() || raw.len() > MAX_VARIABLES {
        let msg = format!("an experiment has between 1 and {MAX_VARIABLES} variables, not {}", raw.len());
        fields.wrong("covars", msg, "value_error");
        return None;
    }
    let covars = raw.into_iter().map(|(name, raw)| {
        let mut location = fields.location("covars");
        location.push(name.clone().into());
        if name.is_empty() || name.chars().count() > MAX_NAME {
            let msg = format!("the name of a variable has between 1 and {MAX_NAME} characters");
            fields.note(ValidationError::new(location, msg, "value_error"));
            return None;
        }
        Some((name, fields.read_object(location, &raw)?))
    });
    // All of them are read before the first bad one ends it, so that every problem is listed.
    covars.collect::<Vec<_>>().into_iter().collect()
}
