//! Routes: the operations of the hub, one file for each group.

pub(crate) mod auth;
pub(crate) mod experiments;
pub(crate) mod info;
pub(crate) mod legacy_experiments;
pub(crate) mod trials;
pub(crate) mod users;

use poem_openapi::Tags;

/// Path of the documentation page.
pub(crate) const PAGE: &str = "/docs";
/// Path of the document for programs.
pub(crate) const DOCUMENT: &str = "/openapi.json";
/// Path of the metrics for an operator's monitoring.
pub(crate) const METRICS: &str = "/metrics";

/// A group of operations.
#[derive(Tags)]
#[oai(rename_all = "lowercase")]
pub(crate) enum Group {
    /// Logging in.
    Auth,
    /// Accounts.
    User,
    /// Experiments: what is searched, asked and told.
    Experiment,
    /// Trials: points with an identifier.
    Trial,
    /// The hub itself.
    Hub,
}
