//! The web side: reading requests, writing replies, and the one application they make up.

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

pub(crate) use app::{app, document};
