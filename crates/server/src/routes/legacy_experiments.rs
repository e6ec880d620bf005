//! Experiment routes of the original AutoTune, in its formats.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::Group;
use crate::http::error::ApiError;
use crate::http::extract::{IdempotencyKey, LegacyCaller};
use crate::http::json_body::JsonBody;
use crate::http::response::{JsonResponse, JsonResult};
use crate::hub::Hub;
use crate::store::{self, OutcomeTarget, Page};
use crate::study::{json_text, table};
use crate::wire::experiment::{AskReply, ExperimentReply, TellReply, TellRequest};
use crate::wire::new_experiment::NewExperimentRequest;

pub(crate) struct LegacyExperimentRoutes;

#[OpenApi(tag = "Group::Experiment")]
impl LegacyExperimentRoutes {
    /// Makes an experiment
    #[oai(path = "/experiment/new", method = "post", operation_id = "experiment_create")]
    async fn create(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: LegacyCaller,
        body: JsonBody<NewExperimentRequest>,
    ) -> JsonResult<201, ExperimentReply> {
        let experiment = body.0.of(&caller.0, hub.clock.now())?;
        Ok(JsonResponse(ExperimentReply::new(hub.store.add_experiment(experiment).await?, &[])))
    }

    /// Gives the point to try next
    ///
    /// The first is made of the guesses. Until something is told, the same point is given again.
    #[oai(path = "/experiment/ask/:exp_uuid", method = "get", operation_id = "experiment_ask")]
    async fn ask(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: LegacyCaller,
        /// The identifier of the experiment.
        exp_uuid: Path<Uuid>,
    ) -> JsonResult<200, AskReply> {
        ask(&hub, &caller.0, exp_uuid.0).await
    }

    /// The address that the original's description gives for an ask by mistake.
    #[oai(path = "/experiment/new/:exp_uuid", method = "get", hidden = true)]
    async fn ask_by_the_printed_address(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: LegacyCaller,
        exp_uuid: Path<Uuid>,
    ) -> JsonResult<200, AskReply> {
        ask(&hub, &caller.0, exp_uuid.0).await
    }

    /// Tells what came out at a point
    ///
    /// The point need not have been asked for. Without an Idempotency-Key each call is a measurement of its own.
    #[oai(path = "/experiment/tell/:exp_uuid", method = "post", operation_id = "experiment_tell")]
    async fn tell(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: LegacyCaller,
        /// The identifier of the experiment.
        exp_uuid: Path<Uuid>,
        /// With the same key the same request is stored once, however often it arrives.
        #[oai(name = "Idempotency-Key")]
        key: IdempotencyKey,
        body: JsonBody<TellRequest>,
    ) -> JsonResult<202, TellReply> {
        let experiment = hub.legacy_experiment(&caller.0, exp_uuid.0).await?;
        let tell = body.0;
        let point = table::point(&experiment.space, &tell.covars_tell).map_err(ApiError::unprocessable)?;
        let value = table::response(&tell.response_tell).map_err(ApiError::unprocessable)?;
        let idempotency = key.record(|| format!("experiment_tell {} {} {value:?}", experiment.uuid, json_text(&point)));
        let (_, stored) = hub.tell(&experiment, OutcomeTarget::Point(&point), value, idempotency.as_ref()).await?;
        let history = hub.store.history_until(&experiment, stored.id).await?;
        Ok(JsonResponse(TellReply::new(&experiment, tell, &history, stored.at)))
    }

    /// Lists the experiments of the caller, the one used last first
    #[oai(path = "/experiment/all", method = "get", operation_id = "experiment_all")]
    async fn all(&self, hub: Data<&Arc<Hub>>, caller: LegacyCaller) -> JsonResult<200, Vec<ExperimentReply>> {
        Ok(JsonResponse(listed(&hub, &caller.0).await?))
    }
}

async fn ask(hub: &Hub, user: &store::User, uuid: Uuid) -> JsonResult<200, AskReply> {
    let experiment = hub.legacy_experiment(user, uuid).await?;
    let trial = hub.ask(&experiment).await?;
    Ok(JsonResponse(AskReply::new(&experiment, &trial.point, hub.clock.now())))
}

/// The experiments of an account as they stand in lists.
pub(super) async fn listed(hub: &Hub, user: &store::User) -> Result<Vec<ExperimentReply>, ApiError> {
    let mut listed = Vec::new();
    for experiment in hub.store.experiments_by_use(user.id).await? {
        let history = hub.store.history(&experiment, Page::ALL).await?;
        listed.push(ExperimentReply::listed(experiment, &history.items));
    }
    Ok(listed)
}
