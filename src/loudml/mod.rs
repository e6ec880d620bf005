//! Loud ML: models of time series, what is normal, what comes next, what is odd.
//!
//! The names are those of the Python client: `client.models().get(["m1"])`,
//! `client.buckets().read("b1")`, parameters as on the wire. What runs in the
//! background is begun by `.start()` and waited for by `.wait()`:
//!
//! ```no_run
//! use mlhub::loudml::{self, types};
//! use serde_json::json;
//!
//! # async fn forecasting() -> Result<(), mlhub::Error> {
//! let loud = loudml::Client::builder("localhost").build()?; // port 8077, as always
//! loud.info().await?;
//! let settings: types::NewModel = json!({
//!     "name": "load", "type": "donut", "default_bucket": "metrics",
//!     "bucket_interval": "1m", "interval": 60, "offset": "10s", "span": 10,
//!     "features": [{"name": "avg_load", "measurement": "cpu", "metric": "avg", "field": "load"}],
//! }).try_into().expect("the documented shape");
//! loud.models().create().body(settings).send().await?;
//! loud.models().train("load").from("now-7d").start().await?.wait().await?;
//! let job = loud.models().forecast("load").to("now+1h").start().await?.wait().await?;
//! let series = job.series()?;
//! for step in series.steps("avg_load") {
//!     println!("{:?}: {} ({} to {})", step.time(), step.predicted, step.lower, step.upper);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Several servers
//!
//! Loud ML has no cluster: each server has models, buckets and jobs of its own.
//! A client of several goes round them, so they should serve the same. A job
//! lives on the server that started it, and so do its wait, its cancelling and
//! its handle; when that server is gone the error says so.
//!
//! Behind a load balancer none of this can be seen: a poll of a job may reach
//! another server, which does not know it (404). Give the client the servers
//! themselves, or let the balancer keep a client with one server. Sniffing
//! finds nothing there either: a server lists itself under the address by which
//! it was called.

mod body;
#[allow(missing_docs, unused_imports, reason = "its descriptions are those of the document")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/loudml.rs"));
}
mod group_methods;
mod nodes;
mod series;
mod version;

pub use crate::{Cooldown, Retry, Sniff, TimeExpr};
#[cfg(feature = "testing")]
#[doc(hidden)]
pub use generated::recode;
#[cfg(feature = "schema")]
pub use generated::schemas;
pub use generated::{Client, builder, groups, ops, types};
pub use nodes::{Host, Hosts, classic};
pub use series::SeriesStep;

crate::__private::platform!(generated, "loudml", Basic, "error", nodes::begin);

/// The pages for users, compiled.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../docs/loudml/first-ten-minutes.md")]
    struct FirstTenMinutes;
}
