//! Settings of an experiment: what may be left out, and the defaults.

use poem_openapi::Object;
use uuid::Uuid;

use crate::http::fields::{Fields, FromFields};
use crate::store;
use crate::study::model_names::{ACQUISITION, MODEL, NameSet};
use crate::study::{Direction, Variable};

/// Default lifetime of a lease, in seconds: a day, since some trainings take one.
const TRIAL_LIFETIME: u32 = 86_400;
/// Maximum lifetime of a lease, in seconds: thirty days.
const MAX_TRIAL_LIFETIME: u32 = 2_592_000;
/// Default number of trials that may be open at once.
const OPEN_TRIALS: u32 = 100;
/// Maximum number of trials open at once that may be asked for. Each is part of the model that chooses the next.
const MAX_OPEN_TRIALS: u32 = 1000;

/// What may be left out of an experiment.
#[derive(Object)]
pub(crate) struct ExperimentSettings {
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
    pub(super) seed: Option<i64>,
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

impl ExperimentSettings {
    /// The experiment to be stored, with a name and variables.
    pub(super) fn of(
        self,
        name: String,
        space: Vec<Variable>,
        owner: &store::User,
        at: jiff::Timestamp,
    ) -> store::NewExperiment {
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
        let trial_lifetime = fields.bounded_int("trial_lifetime", 1..=MAX_TRIAL_LIFETIME);
        let open_trials = fields.bounded_int("open_trials", 1..=MAX_OPEN_TRIALS);
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

fn direction(fields: &mut Fields) -> Option<String> {
    let name = fields.optional::<String>("direction")?.unwrap_or_else(default_direction);
    if Direction::from_name(&name).is_none() {
        let msg = format!("`{name}` is not one of {}", Direction::NAMES.join(", "));
        fields.wrong_word("direction", msg, &Direction::NAMES);
    }
    Some(name)
}

fn one_of(fields: &mut Fields, field: &str, names: &NameSet) -> Option<String> {
    let name = fields.optional::<String>(field)?.unwrap_or_else(|| names.default.to_owned());
    if let Err(why) = names.check(&name) {
        fields.wrong_word(field, why, names.accepted);
    }
    Some(name)
}
