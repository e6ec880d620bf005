//! The web side: reading requests, writing replies, and the one application they make up.

mod address;
pub(crate) mod answer;
mod app;
pub(crate) mod body;
pub(crate) mod caller;
pub(crate) mod confidential;
mod docs;
pub(crate) mod fault;
pub(crate) mod fields;
pub(crate) mod form;
mod metrics;
pub(crate) mod once;
pub(crate) mod paging;
mod places;
mod request_log;
pub(crate) mod schema;
mod templates;

use std::sync::Arc;

use crate::hub::Hub;
use fault::Fault;

pub(crate) use app::{app, document};

/// The hub that a request is for.
fn hub(request: &poem::Request) -> Result<&Arc<Hub>, Fault> {
    request.extensions().get::<Arc<Hub>>().ok_or_else(|| Fault::internal("the request carries no hub"))
}
