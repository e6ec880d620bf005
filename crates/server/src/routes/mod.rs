//! The operations of the hub, one file for each group.

mod access;
mod account;
mod auth;
mod experiment;
mod experiment_v1;
mod hub;
mod results;
mod trial;
mod trial_course;
mod user;

use poem_openapi::Tags;

/// Where the document of the hub is shown to people.
pub(crate) const PAGE: &str = "/docs";
/// Where it is served to programs.
pub(crate) const DOCUMENT: &str = "/openapi.json";
/// Where the figures for an operator's monitoring are.
pub(crate) const METRICS: &str = "/metrics";

/// All groups together.
pub(crate) type Routes = (
    hub::HubRoutes,
    auth::AuthRoutes,
    user::UserRoutes,
    account::AccountRoutes,
    experiment::ExperimentRoutes,
    experiment_v1::ExperimentV1Routes,
    results::ResultRoutes,
    trial::TrialRoutes,
    trial_course::TrialCourseRoutes,
);

/// All groups together.
pub(crate) fn all() -> Routes {
    (
        hub::HubRoutes,
        auth::AuthRoutes,
        user::UserRoutes,
        account::AccountRoutes,
        experiment::ExperimentRoutes,
        experiment_v1::ExperimentV1Routes,
        results::ResultRoutes,
        trial::TrialRoutes,
        trial_course::TrialCourseRoutes,
    )
}

/// The groups of operations.
#[derive(Tags)]
#[oai(rename_all = "lowercase")]
enum Group {
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
