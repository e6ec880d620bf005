//! Experiments by the routes and in the formats of the original AutoTune.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::{Group, access};
use crate::http::answer::{Answer, Outcome};
use crate::http::body::Body;
use crate::http::caller::Member;
use crate::http::fault::Fault;
use crate::http::once::IdempotencyKey;
use crate::hub::Hub;
use crate::store::{self, Page, Subject};
use crate::study::table;
use crate::wire::experiment::{Ask, Experiment, Tell, Told, json_text};
use crate::wire::new_experiment::NewExperiment;

pub(crate) struct ExperimentRoutes;

#[OpenApi(tag = "Group::Experiment")]
impl ExperimentRoutes {
    /// Makes an experiment
    #[oai(path = "/experiment/new", method = "post", operation_id = "experiment_create")]
    async fn create(
        &self,
        hub: Data<&Arc<Hub>>,
        member: Member,
        body: Body<NewExperiment>,
    ) -> Outcome<201, Experiment> {
        let experiment = body.0.of(&member.0, hub.clock.now())?;
        Ok(Answer(Experiment::new(hub.store.add_experiment(experiment).await?, &[])))
    }

    /// Gives the point to try next
    ///
    /// The first is made of the guesses. Until something is told, the same point is given again.
    #[oai(path = "/experiment/ask/:exp_uuid", method = "get", operation_id = "experiment_ask")]
    async fn ask(
        &self,
        hub: Data<&Arc<Hub>>,
        member: Member,
        /// The identifier of the experiment.
        exp_uuid: Path<Uuid>,
    ) -> Outcome<200, Ask> {
        ask(&hub, &member.0, exp_uuid.0).await
    }

    /// The address that the original's description gives for an ask by mistake.
    #[oai(path = "/experiment/new/:exp_uuid", method = "get", hidden = true)]
    async fn ask_by_the_printed_address(
        &self,
        hub: Data<&Arc<Hub>>,
        member: Member,
        exp_uuid: Path<Uuid>,
    ) -> Outcome<200, Ask> {
        ask(&hub, &member.0, exp_uuid.0).await
    }

    /// Tells what came out at a point
    ///
    /// The point need not have been asked for. Without an Idempotency-Key each call is a measurement of its own.
    #[oai(path = "/experiment/tell/:exp_uuid", method = "post", operation_id = "experiment_tell")]
    async fn tell(
        &self,
        hub: Data<&Arc<Hub>>,
        member: Member,
        /// The identifier of the experiment.
        exp_uuid: Path<Uuid>,
        /// With the same key the same request is stored once, however often it arrives.
        #[oai(name = "Idempotency-Key")]
        key: IdempotencyKey,
        body: Body<Tell>,
    ) -> Outcome<202, Told> {
        let experiment = access::experiment_as_original(&hub, &member.0, exp_uuid.0).await?;
        let tell = body.0;
        let point = table::point(&experiment.space, &tell.covars_tell).map_err(Fault::unprocessable)?;
        let value = table::response(&tell.response_tell).map_err(Fault::unprocessable)?;
        let fingerprint = format!("experiment_tell {} {} {value:?}", experiment.uuid, json_text(&point));
        let once = key.once(fingerprint);
        let (_, stored) = hub.tell(&experiment, Subject::Point(&point), value, once.as_ref()).await?;
        let history = hub.store.history_until(&experiment, stored.id).await?;
        Ok(Answer(Told::new(&experiment, tell, &history, stored.at)))
    }

    /// Lists the experiments of the caller, the one used last first
    #[oai(path = "/experiment/all", method = "get", operation_id = "experiment_all")]
    async fn all(&self, hub: Data<&Arc<Hub>>, member: Member) -> Outcome<200, Vec<Experiment>> {
        Ok(Answer(listed(&hub, &member.0).await?))
    }
}

async fn ask(hub: &Hub, user: &store::User, uuid: Uuid) -> Outcome<200, Ask> {
    let experiment = access::experiment_as_original(hub, user, uuid).await?;
    let trial = hub.ask(&experiment).await?;
    Ok(Answer(Ask::new(&experiment, &trial.point, hub.clock.now())))
}

/// The experiments of an account as they stand in lists.
pub(super) async fn listed(hub: &Hub, user: &store::User) -> Result<Vec<Experiment>, Fault> {
    let mut listed = Vec::new();
    for experiment in hub.store.experiments_by_use(user.id).await? {
        let history = hub.store.history(&experiment, Page::ALL).await?;
        listed.push(Experiment::listed(experiment, &history.items));
    }
    Ok(listed)
}
