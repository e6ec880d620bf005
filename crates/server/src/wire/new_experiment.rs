//! A new experiment: what may be left out, and everything that is refused with the place where it stands.

use indexmap::IndexMap;
use poem_openapi::Object;
use serde_json::json;
use serde_json::value::RawValue;

use super::new_variable::NewVariable;
use crate::http::fault::{Fault, Problem};
use crate::http::fields::{Field, Fields, FromFields};
use crate::http::schema::Named;
use crate::study::Variable;
use crate::study::names::{ACQUISITION, MODEL, Names};

/// The longest name of an experiment or a variable, in characters, as in the original.
const MAX_NAME: usize = 256;
/// The most variables of one experiment: beyond some tens of dimensions a Gaussian process is no better than chance.
const MAX_VARIABLES: usize = 100;

/// A new experiment.
#[derive(Object)]
pub(crate) struct NewExperiment {
    /// Its name, of at most 256 characters.
    #[oai(default = "default_name")]
    pub(crate) name: String,
    /// What it is about.
    #[oai(default)]
    pub(crate) description: String,
    /// Its variables by name; their order is kept.
    covars: Named<NewVariable>,
    /// The model that is fitted to what is told: SingleTaskGP or SimpleCustomMaternGP.
    #[oai(default = "default_model")]
    pub(crate) model_type: String,
    /// The rule by which the next point is chosen, such as ExpectedImprovement or UpperConfidenceBound.
    #[oai(default = "default_acquisition")]
    pub(crate) acq_func: String,
    /// Makes asks repeatable: two experiments with the same variables, seed and tells are asked the same points.
    pub(crate) seed: Option<i64>,
}

fn default_name() -> String {
    "Experiment name".to_owned()
}

fn default_model() -> String {
    MODEL.default.to_owned()
}

fn default_acquisition() -> String {
    ACQUISITION.default.to_owned()
}

impl NewExperiment {
    /// The variables, or a list of what is wrong with which of them.
    pub(crate) fn space(&self) -> Result<Vec<Variable>, Fault> {
        let mut problems = Vec::new();
        let mut space = Vec::new();
        for (name, variable) in &self.covars.0 {
            match variable.check(name) {
                Ok(variable) => space.push(variable),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(space) } else { Err(Fault::problems(problems)) }
    }
}

impl FromFields for NewExperiment {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.optional::<String>("name").map(|name| name.unwrap_or_else(default_name));
        if name.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME) {
            let msg = format!("ensure this value has at most {MAX_NAME} characters");
            fields.wrong("name", msg, "value_error.any_str.max_length");
        }
        let description = fields.optional::<String>("description");
        let covars = covars(fields);
        let model_type = one_of(fields, "model_type", &MODEL);
        let acq_func = one_of(fields, "acq_func", &ACQUISITION);
        let seed = fields.optional::<i64>("seed");
        if seed.flatten().is_some_and(|seed| seed < 0) {
            fields.wrong("seed", "ensure this value is greater than or equal to 0", "value_error.number.not_ge");
        }
        Some(Self {
            name: name?,
            description: description?.unwrap_or_default(),
            covars: covars?,
            model_type: model_type?,
            acq_func: acq_func?,
            seed: seed?,
        })
    }
}

fn covars(fields: &mut Fields) -> Option<Named<NewVariable>> {
    type Object = IndexMap<String, Box<RawValue>>;
    let raw = fields.required::<Object>("covars")?;
    if raw.is_empty() || raw.len() > MAX_VARIABLES {
        let msg = format!("an experiment has between 1 and {MAX_VARIABLES} variables, not {}", raw.len());
        fields.wrong("covars", msg, "value_error");
        return None;
    }
    let covars = raw.into_iter().map(|(name, raw)| {
        let mut place = fields.place("covars");
        place.push(name.clone().into());
        if name.is_empty() || name.chars().count() > MAX_NAME {
            let msg = format!("the name of a variable has between 1 and {MAX_NAME} characters");
            fields.note(Problem::new(place, msg, "value_error"));
            return None;
        }
        let Ok(raw) = serde_json::from_str::<Object>(raw.get()) else {
            fields.note(Problem::new(place, Object::EXPECTED, Object::KIND));
            return None;
        };
        let mut inner = Fields::new(place, raw);
        let variable = NewVariable::from_fields(&mut inner);
        fields.absorb(inner);
        Some((name, variable?))
    });
    // All of them are read before the first bad one ends it, so that every problem is listed.
    covars.collect::<Vec<_>>().into_iter().collect()
}

fn one_of(fields: &mut Fields, field: &str, names: &Names) -> Option<String> {
    let name = fields.optional::<String>(field)?.unwrap_or_else(|| names.default.to_owned());
    if let Err(why) = names.check(&name) {
        let place = fields.place(field);
        fields.note(Problem::new(place, why, "type_error.enum").with_ctx(json!({"enum_values": names.taken})));
    }
    Some(name)
}
