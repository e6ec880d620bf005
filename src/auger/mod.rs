//! Auger: data sets, experiments, models and predictions of an AutoML cloud.
//!
//! Every resource of the Hub is a group of calls on the client, and every call
//! is compiled from the document. Ids go in as numbers or texts; every
//! parameter travels in a JSON body, the token among them. What an object has
//! that the document does not know is in its field `extra`.
//!
//! ```no_run
//! use futures::TryStreamExt;
//! use mlhub::auger;
//!
//! # async fn leaderboard(token: mlhub::Secret) -> Result<(), mlhub::Error> {
//! let hub = auger::Client::builder("https://app.auger.ai").project_token(token).build()?;
//! let session = hub.experiment_session().get("1bf4").wait().await?;
//! let mut trials = hub.trial().list().experiment_session_id(session.id).items();
//! while let Some(trial) = trials.try_next().await? {
//!     println!("{} {:?}", trial.id, trial.score_value);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The optimizers service has an address of its own; see
//! [`Builder::optimizers_url`](crate::Builder::optimizers_url). What the five
//! exceptions of the Python client were is [`PythonError`], and what the Hub says
//! about single parameters is read by [`param_errors`].

#[allow(missing_docs, unused_imports, reason = "its descriptions are those of the document")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/auger.rs"));
}
mod builder_settings;
mod errors;
mod login;
mod optimizer;

pub use errors::{ParamError, PythonError, param_errors};
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use generated::recode;
#[cfg(feature = "schema")]
pub use generated::schemas;
pub use generated::{Client, builder, groups, ops, types};

crate::__private::platform!(generated, "auger", Body, "meta");
