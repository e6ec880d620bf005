//! Opening an experiment by its name: whoever comes first makes it, and the others get the same one.

use super::Hub;
use crate::http::fault::Fault;
use crate::store::{Experiment, NewExperiment};
use crate::study::Variable;
use crate::wire::experiment::json_text;

impl Hub {
    /// The oldest experiment of this name and owner, or this one where there is none. What was found has to have the
    /// same settings; its seed only where the caller named one (`seeded`).
    pub(crate) async fn open(&self, wanted: NewExperiment, seeded: bool) -> Result<Experiment, Fault> {
        let found = self.store.open_experiment(wanted.clone()).await?;
        match difference(&wanted, seeded, &found) {
            None => Ok(found),
            Some(difference) => Err(Fault::conflict(format!(
                "Your experiment `{}` has other settings: {difference}. Send the settings that it has, or choose another \
                 name.",
                wanted.name
            ))),
        }
    }
}

/// The first setting in which what is wanted is not what was found, in words.
fn difference(wanted: &NewExperiment, seeded: bool, found: &Experiment) -> Option<String> {
    let settings = [
        ("direction", found.direction.to_string(), wanted.direction.to_string()),
        ("model_type", found.model_type.clone(), wanted.model_type.clone()),
        ("acq_func", found.acq_func.clone(), wanted.acq_func.clone()),
        ("trial_lifetime", found.trial_lifetime.to_string(), wanted.trial_lifetime.to_string()),
        ("open_trials", found.open_trials.to_string(), wanted.open_trials.to_string()),
        ("seed", found.seed.to_string(), if seeded { wanted.seed } else { found.seed }.to_string()),
    ];
    variables(&wanted.space, &found.space).or_else(|| {
        let (name, theirs, ours) = settings.into_iter().find(|(_, theirs, ours)| theirs != ours)?;
        Some(format!("its {name} is {theirs}, and {ours} was sent"))
    })
}

/// The first variable that is not the same. Their order does not count: it makes no other experiment.
fn variables(wanted: &[Variable], found: &[Variable]) -> Option<String> {
    let named = |space: &[Variable], name: &str| space.iter().find(|variable| variable.name == name).cloned();
    for variable in wanted {
        match named(found, &variable.name) {
            None => return Some(format!("it has no variable `{}`", variable.name)),
            Some(theirs) if theirs != *variable => {
                let (theirs, ours) = (json_text(&theirs), json_text(variable));
                return Some(format!("its variable `{}` is {theirs}, and {ours} was sent", variable.name));
            }
            Some(_) => {}
        }
    }
    let more = found.iter().find(|variable| named(wanted, &variable.name).is_none())?;
    Some(format!("it has a variable `{}` that was not sent", more.name))
}
