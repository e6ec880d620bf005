//! Trials under `/v1`: given out, listed and shown.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use uuid::Uuid;

use super::{Group, access};
use crate::http::answer::{Answer, Outcome};
use crate::http::body::Body;
use crate::http::caller::Caller;
use crate::http::fault::{Fault, Problem};
use crate::http::once::IdempotencyKey;
use crate::http::paging::page;
use crate::hub::Hub;
use crate::store::{TrialState, Wanted};
use crate::wire::trial::{Trial, TrialBatch, TrialOrder, TrialPage};

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
    ) -> Outcome<201, Trial> {
        let experiment = access::experiment(&hub, &caller.0, experiment_id.0).await?;
        let once = key.once(format!("trial_create {}", experiment.uuid));
        let wanted = Wanted { experiment: &experiment, count: 1, total: None, once: once.as_ref() };
        let trial = hub.give_one(wanted).await?;
        Ok(Answer(Trial::new(&experiment.space, &trial)))
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
        body: Body<TrialOrder>,
    ) -> Outcome<201, TrialBatch> {
        let experiment = access::experiment(&hub, &caller.0, experiment_id.0).await?;
        let TrialOrder { count, total } = body.0;
        let once = key.once(format!("trial_create_many {} {count} {total:?}", experiment.uuid));
        let total = total.map(u64::from);
        let wanted = Wanted { experiment: &experiment, count: count as usize, total, once: once.as_ref() };
        let batch = hub.give(wanted).await?;
        Ok(Answer(TrialBatch::new(&experiment.space, &batch)))
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
    ) -> Outcome<200, TrialPage> {
        let experiment = access::experiment(&hub, &caller.0, experiment_id.0).await?;
        let listed = hub.store.trials(&experiment, wanted(state)?, hub.clock.now(), page(limit, offset)?).await?;
        let items = listed.items.iter().map(|trial| Trial::new(&experiment.space, trial)).collect();
        Ok(Answer(TrialPage { items, total: listed.total }))
    }

    /// Shows a trial
    #[oai(path = "/trials/:trial_id", method = "get", operation_id = "trial_get")]
    async fn get(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the trial.
        trial_id: Path<Uuid>,
    ) -> Outcome<200, Trial> {
        let (experiment, trial) = access::trial(&hub, &caller.0, trial_id.0).await?;
        Ok(Answer(Trial::new(&experiment.space, &trial)))
    }
}

fn wanted(state: Query<Option<String>>) -> Result<Option<TrialState>, Fault> {
    let Some(name) = state.0.as_deref() else { return Ok(None) };
    TrialState::from_name(name).map(Some).ok_or_else(|| {
        let msg = format!("`{name}` is not one of {}", TrialState::NAMES.join(", "));
        Fault::problems(vec![Problem::new(["query", "state"], msg, "type_error.enum")])
    })
}
