//! Results under `/v1`: the best one, all of them, and those from elsewhere.

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
use crate::http::once::IdempotencyKey;
use crate::http::paging::page;
use crate::hub::Hub;
use crate::wire::import::{Import, Imported};
use crate::wire::v1::{Best, HistoryEntry, HistoryPage};

pub(crate) struct ResultRoutes;

#[OpenApi(prefix_path = "/v1/experiments", tag = "Group::Experiment")]
impl ResultRoutes {
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
    ) -> Outcome<200, Best> {
        let experiment = access::experiment(&hub, &caller.0, experiment_id.0).await?;
        let best = hub.store.best(&experiment).await?;
        let best =
            best.ok_or_else(|| Fault::not_found("Nothing was told yet, so there is no best. Tell a trial first."))?;
        Ok(Answer(Best::new(&experiment.space, &best)))
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
    ) -> Outcome<200, HistoryPage> {
        let experiment = access::experiment(&hub, &caller.0, experiment_id.0).await?;
        let listed = hub.store.history(&experiment, page(limit, offset)?).await?;
        let items = listed.items.iter().map(|told| HistoryEntry::new(&experiment.space, told)).collect();
        Ok(Answer(HistoryPage { items, total: listed.total }))
    }

    /// Takes results from elsewhere, all or none
    ///
    /// Each becomes a trial of its own that was told or failed, in the order in which they stand. The next points are
    /// chosen with them in view.
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
        body: Body<Import>,
    ) -> Outcome<200, Imported> {
        let experiment = access::experiment(&hub, &caller.0, experiment_id.0).await?;
        let trials = body.0.of(&experiment.space)?;
        let imported = hub.import(&experiment, &trials, key).await?;
        Ok(Answer(Imported { imported }))
    }
}
