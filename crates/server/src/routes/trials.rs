//! Trial routes under `/v1`: given out under a lease, listed, shown, renewed, released and ended.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use uuid::Uuid;

use super::Group;
use crate::http::error::{ApiError, ValidationError};
use crate::http::extract::{Caller, IdempotencyKey};
use crate::http::json_body::JsonBody;
use crate::http::parameters::page;
use crate::http::response::{JsonResponse, JsonResult};
use crate::hub::Hub;
use crate::store::{Experiment, LeaseRequest, OutcomeTarget, Trial, TrialState};
use crate::wire::trial::{TrialBatch, TrialFailure, TrialOrder, TrialPage, TrialReply, TrialResult};

pub(crate) struct TrialRoutes;

#[OpenApi(prefix_path = "/v1", tag = "Group::Trial")]
impl TrialRoutes {
    /// Asks for a point to try, as a pending trial
    ///
    /// A trial that expired or was released is given out again, the oldest first. Else each call gives a point of its own,
    /// which stays clear of those that are pending. Where as many trials are open as open_trials says, the answer is 409.
    #[oai(path = "/experiments/:experiment_id/trials", method = "post", operation_id = "trial_create")]
    async fn create(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
        /// With the same key the same request makes one trial, however often it arrives.
        #[oai(name = "Idempotency-Key")]
        key: IdempotencyKey,
    ) -> JsonResult<201, TrialReply> {
        let experiment = hub.experiment(&caller.0, experiment_id.0).await?;
        let idempotency = key.record(|| format!("trial_create {}", experiment.uuid));
        let request =
            LeaseRequest { experiment: &experiment, count: 1, total: None, idempotency: idempotency.as_ref() };
        let trial = hub.lease_one(request).await?;
        shown(&experiment, &trial)
    }

    /// Asks for several points to try at once
    ///
    /// Fewer come where open_trials leaves no room for more, where total is reached, where no point is left, or where
    /// choosing them takes longer than ten seconds. Where open_trials leaves no room at all, the answer is 409.
    #[oai(path = "/experiments/:experiment_id/trials/batch", method = "post", operation_id = "trial_create_many")]
    async fn create_many(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
        /// With the same key the same request makes its trials once, however often it arrives.
        #[oai(name = "Idempotency-Key")]
        key: IdempotencyKey,
        body: JsonBody<TrialOrder>,
    ) -> JsonResult<201, TrialBatch> {
        let experiment = hub.experiment(&caller.0, experiment_id.0).await?;
        let TrialOrder { count, total } = body.0;
        let idempotency = key.record(|| format!("trial_create_many {} {count} {total:?}", experiment.uuid));
        let total = total.map(u64::from);
        let request =
            LeaseRequest { experiment: &experiment, count: count as usize, total, idempotency: idempotency.as_ref() };
        let batch = hub.lease(request).await?;
        Ok(JsonResponse(TrialBatch::new(&experiment.space, &batch)))
    }

    /// Lists the trials of an experiment, the oldest first
    #[oai(path = "/experiments/:experiment_id/trials", method = "get", operation_id = "trial_list")]
    async fn list(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
        /// Only those in this state: pending, expired, told or failed.
        state: Query<Option<String>>,
        /// How many items the page has at most: 1 to 1000, else 100.
        limit: Query<Option<u32>>,
        /// How many items are passed over.
        offset: Query<Option<u64>>,
    ) -> JsonResult<200, TrialPage> {
        let experiment = hub.experiment(&caller.0, experiment_id.0).await?;
        let listed = hub.store.trials(&experiment, state_filter(state)?, hub.clock.now(), page(limit, offset)?).await?;
        let items = listed.items.iter().map(|trial| TrialReply::new(&experiment.space, trial)).collect();
        Ok(JsonResponse(TrialPage { items, total: listed.total }))
    }

    /// Shows a trial
    #[oai(path = "/trials/:trial_id", method = "get", operation_id = "trial_get")]
    async fn get(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
    ) -> JsonResult<200, TrialReply> {
        let (experiment, trial) = hub.trial(&caller.0, trial_id.0).await?;
        shown(&experiment, &trial)
    }

    /// Tells what came out of a trial
    ///
    /// A trial is told once. A repeated request has to carry the Idempotency-Key of the first. A late tell is taken too,
    /// after the lease has ended, even where the trial failed for that.
    #[oai(path = "/trials/:trial_id/tell", method = "post", operation_id = "trial_tell")]
    async fn tell(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
        /// With the same key the same request is stored once, however often it arrives.
        #[oai(name = "Idempotency-Key")]
        key: IdempotencyKey,
        body: JsonBody<TrialResult>,
    ) -> JsonResult<200, TrialReply> {
        let (experiment, trial) = hub.trial(&caller.0, trial_id.0).await?;
        let value = body.0.value;
        let idempotency = key.record(|| format!("trial_tell {} {value:?}", trial.uuid));
        let (trial, _) = hub.tell(&experiment, OutcomeTarget::Trial(&trial), value, idempotency.as_ref()).await?;
        shown(&experiment, &trial)
    }

    /// Says that a trial failed, and why
    ///
    /// Its point is not asked again, and counts as no better than the worst that was told. This ends the trial.
    #[oai(path = "/trials/:trial_id/fail", method = "post", operation_id = "trial_fail")]
    async fn fail(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
        /// With the same key the same request is stored once, however often it arrives.
        #[oai(name = "Idempotency-Key")]
        key: IdempotencyKey,
        body: JsonBody<TrialFailure>,
    ) -> JsonResult<200, TrialReply> {
        let (experiment, trial) = hub.trial(&caller.0, trial_id.0).await?;
        let reason = body.0.reason;
        let idempotency = key.record(|| format!("trial_fail {} {reason}", trial.uuid));
        let trial = hub.fail(&experiment, &trial, reason, idempotency.as_ref()).await?;
        shown(&experiment, &trial)
    }

    /// Starts the lease of a trial anew
    ///
    /// For work that takes longer than the trial_lifetime of the experiment: it may be sent as often as one likes.
    #[oai(path = "/trials/:trial_id/renew", method = "post", operation_id = "trial_renew")]
    async fn renew(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
    ) -> JsonResult<200, TrialReply> {
        let (experiment, trial) = hub.trial(&caller.0, trial_id.0).await?;
        let trial = hub.renew(&experiment, &trial).await?;
        shown(&experiment, &trial)
    }

    /// Hands a trial back
    ///
    /// Its lease ends now, and the next ask gives it out again, to anybody. It may be sent as often as one likes.
    #[oai(path = "/trials/:trial_id/release", method = "post", operation_id = "trial_release")]
    async fn release(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
    ) -> JsonResult<200, TrialReply> {
        let (experiment, trial) = hub.trial(&caller.0, trial_id.0).await?;
        let trial = hub.release(&trial).await?;
        shown(&experiment, &trial)
    }

    /// Opens a failed trial again
    ///
    /// The next ask gives it out once more, to anybody, with the same values: for when the failure was that of a machine or
    /// of a command that is mended. It may be sent as often as one likes.
    #[oai(path = "/trials/:trial_id/retry", method = "post", operation_id = "trial_retry")]
    async fn retry(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
    ) -> JsonResult<200, TrialReply> {
        let (experiment, trial) = hub.trial(&caller.0, trial_id.0).await?;
        let trial = hub.retry(&trial).await?;
        shown(&experiment, &trial)
    }
}

/// A trial as a route answers with it.
fn shown<const STATUS: u16>(experiment: &Experiment, trial: &Trial) -> JsonResult<STATUS, TrialReply> {
    Ok(JsonResponse(TrialReply::new(&experiment.space, trial)))
}

/// The state that a list is filtered by.
fn state_filter(state: Query<Option<String>>) -> Result<Option<TrialState>, ApiError> {
    let Some(name) = state.0.as_deref() else { return Ok(None) };
    TrialState::from_name(name).map(Some).ok_or_else(|| {
        let msg = format!("`{name}` is not one of {}", TrialState::NAMES.join(", "));
        ApiError::validation(vec![ValidationError::new(["query", "state"], msg, "type_error.enum")])
    })
}
