//! What the hub says of itself.

use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use super::{DOCUMENT, Group, PAGE};
use crate::http::answer::{Answer, Outcome};

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

#[OpenApi(tag = "Group::Hub")]
impl HubRoutes {
    /// Says what this is
    ///
    /// Needs no account.
    #[oai(path = "/", method = "get", operation_id = "hub_info")]
    async fn info(&self) -> Outcome<200, HubInfo> {
        Ok(Answer(HubInfo {
            name: "mlhub".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            docs: PAGE.to_owned(),
            openapi: DOCUMENT.to_owned(),
            api: vec!["autotune".to_owned(), "v1".to_owned()],
        }))
    }
}
