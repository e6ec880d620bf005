//! A new experiment: what may be left out, and everything that is refused with the place where it stands.

use indexmap::IndexMap;
use poem_openapi::Object;
use serde_json::json;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::new_variable::{Describes, NewVariable, OpenVariable};
use super::whole::whole_between;
use crate::http::fault::{Fault, Problem};
use crate::http::fields::{Field, Fields, FromFields};
use crate::http::schema::Named;
use crate::store;
use crate::study::names::{ACQUISITION, MODEL, Names};
use crate::study::{Direction, Variable};

/// The longest name of an experiment or a variable, in characters, as in the original.
const MAX_NAME: usize = 256;
/// The most variables of one experiment: beyond some tens of dimensions a Gaussian process is no better than chance.
const MAX_VARIABLES: usize = 100;
/// How many seconds a trial is leased for where nothing is said: a day, since some trainings take one.
const TRIAL_LIFETIME: u32 = 86_400;
/// The longest lease, in seconds: thirty days.
const MAX_TRIAL_LIFETIME: u32 = 2_592_000;
/// How many trials may be open at once where nothing is said.
const OPEN_TRIALS: u32 = 100;
/// The most trials open at once that may be asked for. Each is part of the model that chooses the next.
const MAX_OPEN_TRIALS: u32 = 1000;

/// A new experiment.
#[derive(Object)]
pub(crate) struct NewExperiment {
    /// Its name, of at most 256 characters.
    #[oai(default = "default_name")]
    name: String,
    /// Its variables by name; their order is kept.
    covars: Named<NewVariable>,
    #[oai(flatten)]
    settings: ExperimentSettings,
}

/// An experiment that is opened by its name.
#[derive(Object)]
pub(crate) struct OpenExperiment {
    /// Its name, of 1 to 256 characters.
    name: String,
    /// Its variables by name. Where the experiment is made now, their order is kept.
    covars: Named<OpenVariable>,
    #[oai(flatten)]
    settings: ExperimentSettings,
}

/// What may be left out of an experiment.
#[derive(Object)]
struct ExperimentSettings {
    /// What it is about.
    #[oai(default)]
    description: String,
    /// The model that is fitted to what is told: SingleTaskGP or SimpleCustomMaternGP.
    #[oai(default = "default_model")]
    model_type: String,
    /// The rule by which the next point is chosen, such as ExpectedImprovement or UpperConfidenceBound.
    #[oai(default = "default_acquisition")]
    acq_func: String,
    /// Makes asks repeatable: two experiments with the same variables, seed and tells are asked the same points.
    seed: Option<i64>,
    /// Which value is better: maximize for the greater, minimize for the smaller.
    #[oai(default = "default_direction")]
    direction: String,
    /// How many seconds a trial may be tried before it is given to somebody else: 1 to 2592000.
    #[oai(default = "default_trial_lifetime")]
    trial_lifetime: u32,
    /// How many trials may be open at once: 1 to 1000.
    #[oai(default = "default_open_trials")]
    open_trials: u32,
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

fn default_direction() -> String {
    Direction::default().to_string()
}

fn default_trial_lifetime() -> u32 {
    TRIAL_LIFETIME
}

fn default_open_trials() -> u32 {
    OPEN_TRIALS
}

impl NewExperiment {
    /// What is to be stored, or a list of what is wrong with which variable.
    pub(crate) fn of(self, owner: &store::User, at: jiff::Timestamp) -> Result<store::NewExperiment, Fault> {
        let space = space(&self.covars)?;
        Ok(self.settings.of(self.name, space, owner, at))
    }
}

impl OpenExperiment {
    /// What is to be stored, and whether the caller named the seed; or a list of what is wrong with which variable.
    pub(crate) fn of(self, owner: &store::User, at: jiff::Timestamp) -> Result<(store::NewExperiment, bool), Fault> {
        let (space, seeded) = (space(&self.covars)?, self.settings.seed.is_some());
        Ok((self.settings.of(self.name, space, owner, at), seeded))
    }
}

impl ExperimentSettings {
    fn of(self, name: String, space: Vec<Variable>, owner: &store::User, at: jiff::Timestamp) -> store::NewExperiment {
        let uuid = Uuid::new_v4();
        store::NewExperiment {
            uuid,
            owner: owner.id,
            name,
            description: self.description,
            space,
            model_type: self.model_type,
            acq_func: self.acq_func,
            seed: self.seed.unwrap_or_else(|| random_seed(uuid)),
            direction: Direction::from_name(&self.direction).unwrap_or_default(),
            trial_lifetime: self.trial_lifetime,
            open_trials: self.open_trials,
            at,
        }
    }
}

/// The seed of an experiment that names none: the random bits of its identifier that are left of 53, so that the number
/// is exact in JSON.
fn random_seed(uuid: Uuid) -> i64 {
    let (_, low) = uuid.as_u64_pair();
    (low & ((1 << 53) - 1)).cast_signed()
}

/// The variables, or a list of what is wrong with which of them.
fn space<T: Describes>(covars: &Named<T>) -> Result<Vec<Variable>, Fault> {
    let mut problems = Vec::new();
    let mut space = Vec::new();
    for (name, variable) in &covars.0 {
        match variable.check(name) {
            Ok(variable) => space.push(variable),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(space) } else { Err(Fault::problems(problems)) }
}

impl FromFields for NewExperiment {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.optional::<String>("name").map(|name| name.unwrap_or_else(default_name));
        check_name(fields, name.as_deref());
        let covars = covars(fields);
        let settings = ExperimentSettings::from_fields(fields);
        Some(Self { name: name?, covars: covars?, settings: settings? })
    }
}

impl FromFields for OpenExperiment {
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

impl FromFields for ExperimentSettings {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let description = fields.optional::<String>("description");
        let model_type = one_of(fields, "model_type", &MODEL);
        let acq_func = one_of(fields, "acq_func", &ACQUISITION);
        let seed = fields.optional::<i64>("seed");
        if seed.flatten().is_some_and(|seed| seed < 0) {
            fields.wrong("seed", "ensure this value is greater than or equal to 0", "value_error.number.not_ge");
        }
        let direction = direction(fields);
        let trial_lifetime = whole_between(fields, "trial_lifetime", 1..=MAX_TRIAL_LIFETIME);
        let open_trials = whole_between(fields, "open_trials", 1..=MAX_OPEN_TRIALS);
        Some(Self {
            description: description?.unwrap_or_default(),
            model_type: model_type?,
            acq_func: acq_func?,
            seed: seed?,
            direction: direction?,
            trial_lifetime: trial_lifetime?.unwrap_or(TRIAL_LIFETIME),
            open_trials: open_trials?.unwrap_or(OPEN_TRIALS),
        })
    }
}

fn check_name(fields: &mut Fields, name: Option<&str>) {
    if name.is_some_and(|name| name.chars().count() > MAX_NAME) {
        let msg = format!("ensure this value has at most {MAX_NAME} characters");
        fields.wrong("name", msg, "value_error.any_str.max_length");
    }
}

fn covars<T: FromFields>(fields: &mut Fields) -> Option<Named<T>> {
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
        let variable = T::from_fields(&mut inner);
        fields.absorb(inner);
        Some((name, variable?))
    });
    // All of them are read before the first bad one ends it, so that every problem is listed.
    covars.collect::<Vec<_>>().into_iter().collect()
}

fn direction(fields: &mut Fields) -> Option<String> {
    let name = fields.optional::<String>("direction")?.unwrap_or_else(default_direction);
    if Direction::from_name(&name).is_none() {
        let msg = format!("`{name}` is not one of {}", Direction::NAMES.join(", "));
        let place = fields.place("direction");
        fields.note(Problem::new(place, msg, "type_error.enum").with_ctx(json!({"enum_values": Direction::NAMES})));
    }
    Some(name)
}

fn one_of(fields: &mut Fields, field: &str, names: &Names) -> Option<String> {
    let name = fields.optional::<String>(field)?.unwrap_or_else(|| names.default.to_owned());
    if let Err(why) = names.check(&name) {
        let place = fields.place(field);
        fields.note(Problem::new(place, why, "type_error.enum").with_ctx(json!({"enum_values": names.taken})));
    }
    Some(name)
}
