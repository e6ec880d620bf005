//! AutoTune: ask for a point, try it, tell what came out, and know the best.
//!
//! The same client speaks to mlhub's own tuning hub and to the original
//! AutoTune application. Which one it is, it finds out once by itself; see
//! [`Protocol`]. Every endpoint of the document is there as well:
//! `client.trial().list(id).items()` and so on.
//!
//! ```no_run
//! use mlhub::autotune;
//!
//! # async fn tuning() -> Result<(), mlhub::Error> {
//! let tune = autotune::Client::builder("http://127.0.0.1:8008").build()?;
//! tune.login("me@example.org", "secret").await?;
//! let forest = tune
//!     .create_experiment(
//!         autotune::NewExperiment::new("forest")
//!             .int("n_estimators", 10..=500, 100)
//!             .cont("min_samples_split", 0.0..=1.0, 0.3)
//!             .cat("criterion", ["gini", "entropy"], "gini"),
//!     )
//!     .await?;
//! for _ in 0..30 {
//!     let trial = tune.ask(forest.id).await?;
//!     let accuracy = 0.93; // of a forest with these `trial.params`
//!     tune.tell(&trial, accuracy).await?;
//! }
//! println!("{}", tune.best(forest.id).await?);
//! # Ok(())
//! # }
//! ```

mod client;
#[allow(missing_docs, unused_imports, reason = "its descriptions are those of the document")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/autotune.rs"));
}
mod experiment;
mod legacy_format;
mod login;
mod protocol;
mod trial;
mod variable;

pub use experiment::{Experiment, NewExperiment};
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use generated::recode;
#[cfg(feature = "schema")]
pub use generated::schemas;
pub use generated::{Client, builder, groups, ops, types};
pub use protocol::Protocol;
pub use trial::{Best, ImportedTrial, Trial, TrialBatch};
pub use variable::Variable;

/// Values of the variables by name.
pub type Params = serde_json::Map<String, serde_json::Value>;

crate::__private::platform!(generated, "autotune");
