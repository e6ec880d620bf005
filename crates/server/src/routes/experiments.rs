//! Experiment routes under `/v1`: opened by name, listed, shown and deleted, with their results.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use uuid::Uuid;

use super::Group;
use crate::http::extract::{Caller, IdempotencyKey};
use crate::http::json_body::JsonBody;
use crate::http::parameters::page;
use crate::http::response::{JsonResponse, JsonResult};
use crate::hub::Hub;
use crate::store::{Experiment, Imported};
use crate::wire::experiment_v1::{
    BestTrial, ExperimentDeletion, ExperimentDetail, ExperimentPage, HistoryEntry, HistoryPage,
};
use crate::wire::import::{ImportReply, ImportRequest, digest};
use crate::wire::new_experiment::OpenExperimentRequest;

pub(crate) struct ExperimentRoutes;

#[OpenApi(prefix_path = "/v1/experiments", tag = "Group::Experiment")]
impl ExperimentRoutes {
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
        body: JsonBody<OpenExperimentRequest>,
    ) -> JsonResult<200, ExperimentDetail> {
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
    ) -> JsonResult<200, ExperimentPage> {
        let (name, at) = (name.0.as_deref(), hub.clock.now());
        let listed = hub.store.experiments(caller.0.id, name, at, page(limit, offset)?).await?;
        let items = listed.items.into_iter().map(|(experiment, counts)| ExperimentDetail::new(experiment, counts));
        Ok(JsonResponse(ExperimentPage { items: items.collect(), total: listed.total }))
    }

    /// Shows an experiment
    #[oai(path = "/:experiment_id", method = "get", operation_id = "experiment_get")]
    async fn get(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
    ) -> JsonResult<200, ExperimentDetail> {
        detail(&hub, hub.experiment(&caller.0, experiment_id.0).await?).await
    }

    /// Deletes an experiment with its trials and all that was told of them
    #[oai(path = "/:experiment_id", method = "delete", operation_id = "experiment_delete")]
    async fn delete(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
    ) -> JsonResult<200, ExperimentDeletion> {
        let experiment = hub.experiment(&caller.0, experiment_id.0).await?;
        let trials = hub.store.delete_experiment(&experiment).await?;
        Ok(JsonResponse(ExperimentDeletion { id: experiment.uuid, trials }))
    }

    /// Shows the best trial of an experiment
    ///
    /// Before anything is told there is none, and the answer is 404.
    #[oai(path = "/:experiment_id/best", method = "get", operation_id = "experiment_best")]
    async fn best(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
    ) -> JsonResult<200, BestTrial> {
        let experiment = hub.experiment(&caller.0, experiment_id.0).await?;
        let best = hub.best(&experiment).await?;
        Ok(JsonResponse(BestTrial::new(&experiment.space, &best)))
    }

    /// Lists what was told, in the order of telling
    #[oai(path = "/:experiment_id/history", method = "get", operation_id = "experiment_history")]
    async fn history(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
        /// How many items the page has at most: 1 to 1000, else 100.
        limit: Query<Option<u32>>,
        /// How many items are passed over.
        offset: Query<Option<u64>>,
    ) -> JsonResult<200, HistoryPage> {
        let experiment = hub.experiment(&caller.0, experiment_id.0).await?;
        let listed = hub.store.history(&experiment, page(limit, offset)?).await?;
        let items = listed.items.iter().map(|told| HistoryEntry::new(&experiment.space, told)).collect();
        Ok(JsonResponse(HistoryPage { items, total: listed.total }))
    }

    /// Takes results from elsewhere, all or none
    ///
    /// Each becomes a trial of its own that was told or failed, in the order in which they stand. The next points are
    /// chosen with them in view. A result that the experiment has, with the same point and the same outcome, is not taken once
    /// more: a request that is sent again, or with more results, adds what is new.
    #[oai(path = "/:experiment_id/import", method = "post", operation_id = "experiment_import")]
    async fn import(
        &self,
        hub: Data<&Arc<Hub>>,
        caller: Caller,
        /// The identifier of the experiment.
        experiment_id: Path<Uuid>,
        /// With the same key the same request is stored once, however often it arrives.
        #[oai(name = "Idempotency-Key")]
        key: IdempotencyKey,
        body: JsonBody<ImportRequest>,
    ) -> JsonResult<200, ImportReply> {
        let experiment = hub.experiment(&caller.0, experiment_id.0).await?;
        let trials = body.0.of(&experiment.space)?;
        let idempotency = key.record(|| format!("experiment_import {} {}", experiment.uuid, digest(&trials)));
        let Imported { new, known } = hub.import(&experiment, &trials, idempotency.as_ref()).await?;
        Ok(JsonResponse(ImportReply { imported: new, known: Some(known).filter(|known| *known > 0) }))
    }
}

async fn detail(hub: &Hub, experiment: Experiment) -> JsonResult<200, ExperimentDetail> {
    let counts = hub.store.counts(&experiment, hub.clock.now()).await?;
    Ok(JsonResponse(ExperimentDetail::new(experiment, counts)))
}
