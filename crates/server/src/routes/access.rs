//! Whose an experiment or a trial is. Every route that names one comes through here.

use uuid::Uuid;

use crate::http::fault::Fault;
use crate::hub::Hub;
use crate::store::{Experiment, Trial, User};

/// The caller's experiment, refused as the original does: 403 for somebody else's, 404 for none.
pub(super) async fn experiment_as_original(hub: &Hub, user: &User, uuid: Uuid) -> Result<Experiment, Fault> {
    match hub.store.experiment(uuid).await? {
        Some(experiment) if experiment.owner == user.id => Ok(experiment),
        Some(_) => Err(Fault::forbidden("Forbidden. User does not have access to this experiment")),
        None => Err(no_experiment(uuid)),
    }
}

/// The caller's experiment; for somebody else's the answer is the same as for none, so that nobody learns which exist.
pub(super) async fn experiment(hub: &Hub, user: &User, uuid: Uuid) -> Result<Experiment, Fault> {
    let experiment = hub.store.experiment(uuid).await?;
    experiment.filter(|experiment| experiment.owner == user.id).ok_or_else(|| no_experiment(uuid))
}

/// The caller's trial with its experiment; for somebody else's the answer is the same as for none.
pub(super) async fn trial(hub: &Hub, user: &User, uuid: Uuid) -> Result<(Experiment, Trial), Fault> {
    let none = || Fault::not_found(format!("There is no trial {uuid} of yours. GET /v1/experiments lists what is."));
    let trial = hub.store.trial(uuid, hub.clock.now()).await?.ok_or_else(none)?;
    let experiment = hub.store.experiment(trial.experiment).await?;
    let experiment = experiment.filter(|experiment| experiment.owner == user.id).ok_or_else(none)?;
    Ok((experiment, trial))
}

fn no_experiment(uuid: Uuid) -> Fault {
    Fault::not_found(format!("There is no experiment {uuid} of yours. GET /v1/experiments lists those there are."))
}
