//! Trials under `/v1`: asked for and told by identifier, each once.

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
use crate::store::{Origin, Subject, TrialState};
use crate::wire::trial::{Trial, TrialPage, TrialResult};

pub(crate) struct TrialRoutes;

#[OpenApi(prefix_path = "/v1", tag = "Group::Trial")]
impl TrialRoutes {
    /// Asks for a point to try, as a pending trial
    ///
    /// Each call gives a point of its own, which stays clear of those that are pending.
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
        let trial = hub.ask(&experiment, Origin::Trial, once.as_ref()).await?;
        Ok(Answer(Trial::new(&experiment.space, &trial)))
    }

    /// Lists the trials of an experiment, the oldest first
    #[oai(path = "/experiments/:experiment_id/trials", method = "get", operation_id = "trial_list")]
    async fn list(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
        /// Only those in this state: pending or told.
        state: Query<Option<String>>,
        /// How many items the page has at most: 1 to 1000, else 100.
        limit: Query<Option<u32>>,
        /// How many items are passed over.
        offset: Query<Option<u64>>,
    ) -> Outcome<200, TrialPage> {
        let experiment = access::experiment(&hub, &caller.0, experiment_id.0).await?;
        let listed = hub.store.trials(&experiment, wanted(state)?, page(limit, offset)?).await?;
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

    /// Tells what came out of a trial
    ///
    /// A trial is told once. A repeated request has to carry the Idempotency-Key of the first.
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
        body: Body<TrialResult>,
    ) -> Outcome<200, Trial> {
        let (experiment, trial) = access::trial(&hub, &caller.0, trial_id.0).await?;
        let value = body.0.value;
        let once = key.once(format!("trial_tell {} {value:?}", trial.uuid));
        let (trial, _) = hub.tell(&experiment, Subject::Trial(&trial), value, once.as_ref()).await?;
        Ok(Answer(Trial::new(&experiment.space, &trial)))
    }
}

fn wanted(state: Query<Option<String>>) -> Result<Option<TrialState>, Fault> {
    match state.0.as_deref() {
        None => Ok(None),
        Some("pending") => Ok(Some(TrialState::Pending)),
        Some("told") => Ok(Some(TrialState::Told)),
        Some(other) => {
            let msg = format!("`{other}` is not one of pending, told");
            Err(Fault::problems(vec![Problem::new(["query", "state"], msg, "type_error.enum")]))
        }
    }
}
