//! Experiments under `/v1`: opened by name, listed, shown and deleted.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use uuid::Uuid;

use super::{Group, access};
use crate::http::answer::{Answer, Outcome};
use crate::http::body::Body;
use crate::http::caller::Caller;
use crate::http::fault::Fault;
use crate::http::paging::page;
use crate::hub::Hub;
use crate::store::Experiment;
use crate::wire::new_experiment::OpenExperiment;
use crate::wire::v1::{ExperimentDeletion, ExperimentDetail, ExperimentPage};

pub(crate) struct ExperimentV1Routes;

#[OpenApi(prefix_path = "/v1/experiments", tag = "Group::Experiment")]
impl ExperimentV1Routes {
    /// Makes an experiment, or gives back the one of that name
    ///
    /// Of several experiments of that name it is the oldest one of the caller. It has to have the settings that were
    /// sent, else the answer is 409 and says which one differs; the description does not count, and the seed only where it
    /// was sent. Any number of callers at once get the same one.
    #[oai(path = "/", method = "post", operation_id = "experiment_open")]
    async fn open(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        body: Body<OpenExperiment>,
    ) -> Outcome<200, ExperimentDetail> {
        let (wanted, seeded) = body.0.of(&caller.0, hub.clock.now())?;
        let experiment = hub.open(wanted, seeded).await?;
        detail(&hub, experiment).await
    }

    /// Lists the experiments of the caller, the oldest first
    #[oai(path = "/", method = "get", operation_id = "experiment_list")]
    async fn list(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// Only those of this name.
        name: Query<Option<String>>,
        /// How many items the page has at most: 1 to 1000, else 100.
        limit: Query<Option<u32>>,
        /// How many items are passed over.
        offset: Query<Option<u64>>,
    ) -> Outcome<200, ExperimentPage> {
        let (name, at) = (name.0.as_deref(), hub.clock.now());
        let listed = hub.store.experiments(caller.0.id, name, at, page(limit, offset)?).await?;
        let items = listed.items.into_iter().map(|(experiment, counts)| ExperimentDetail::new(experiment, counts));
        Ok(Answer(ExperimentPage { items: items.collect(), total: listed.total }))
    }

    /// Shows an experiment
    #[oai(path = "/:experiment_id", method = "get", operation_id = "experiment_get")]
    async fn get(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
    ) -> Outcome<200, ExperimentDetail> {
        detail(&hub, access::experiment(&hub, &caller.0, experiment_id.0).await?).await
    }

    /// Deletes an experiment with its trials and all that was told of them
    #[oai(path = "/:experiment_id", method = "delete", operation_id = "experiment_delete")]
    async fn delete(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
    ) -> Outcome<200, ExperimentDeletion> {
        let experiment = access::experiment(&hub, &caller.0, experiment_id.0).await?;
        let trials = hub.store.delete_experiment(&experiment).await?;
        Ok(Answer(ExperimentDeletion { id: experiment.uuid, trials }))
    }
}

async fn detail(hub: &Hub, experiment: Experiment) -> Outcome<200, ExperimentDetail> {
    let counts = hub.store.counts(&experiment, hub.clock.now()).await.map_err(Fault::from)?;
    Ok(Answer(ExperimentDetail::new(experiment, counts)))
}
