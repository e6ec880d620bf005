//! Hub routes: what it is, and its health.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::{DOCUMENT, Group, PAGE};
use crate::http::error::ApiError;
use crate::http::response::{JsonResponse, JsonResult};
use crate::hub::Hub;

pub(crate) struct HubRoutes;

/// What the hub says of itself.
#[derive(Serialize, Object)]
struct HubInfo {
    /// The name of this program.
    name: String,
    /// The version of this program.
    version: String,
    /// Where its routes are described to people.
    docs: String,
    /// Where its OpenAPI document is.
    openapi: String,
    /// The families of routes that it serves.
    api: Vec<String>,
}

/// That the hub can do its work.
#[derive(Serialize, Object)]
struct HubHealth {
    /// The word ok; a hub that cannot do its work answers with another status.
    status: String,
    /// The version of this program.
    version: String,
    /// The word ok: the database was read and written a moment ago.
    database: String,
}

#[OpenApi(tag = "Group::Hub")]
impl HubRoutes {
    /// Says what this is
    ///
    /// Needs no account.
    #[oai(path = "/", method = "get", operation_id = "hub_info")]
    async fn info(&self) -> JsonResult<200, HubInfo> {
        Ok(JsonResponse(HubInfo {
            name: "mlhub".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            docs: PAGE.to_owned(),
            openapi: DOCUMENT.to_owned(),
            api: vec!["autotune".to_owned(), "v1".to_owned()],
        }))
    }

    /// Says whether the hub can do its work
    ///
    /// Needs no account. Reads and writes the database; where that fails the answer is 503.
    #[oai(path = "/health", method = "get", operation_id = "hub_health")]
    async fn health(&self, hub: Data<&Arc<Hub>>) -> JsonResult<200, HubHealth> {
        hub.check_health().await.map_err(|error| ApiError::unusable(&error))?;
        Ok(JsonResponse(HubHealth {
            status: "ok".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            database: "ok".to_owned(),
        }))
    }
}
