//! Typed, async clients for Auger, vantage6, Loud ML and AutoTune, and one way
//! of calling, paging and waiting for all of them.
//!
//! # The map
//!
//! | read | for |
//! |---|---|
//! | [`Builder`], [`Options`], [`Retry`], [`Cooldown`], [`Sniff`] | what a client and a call can be told |
//! | [`Error`], [`ErrorKind`] | what can go wrong, with a code, a cause and a remedy for each |
//! | [`Items`], [`Pages`] | lists as streams |
//! | [`Wait`], [`wait_all`], [`WaitHandle`], [`Progress`] | jobs that take longer than a call, or than a process |
//! | [`pipeline`] | the way of every request, and its seams: [`pipeline::Transport`], [`pipeline::Authenticate`], [`pipeline::Selector`], [`pipeline::Discover`], [`pipeline::Sign`], [`pipeline::Serializer`] |
//! | [`op`] | what the documents say about each endpoint |
//! | [`clock`] | time as a parameter |
//!
//! Floors, each resting only on those below it: `error`, `clock`, `pipeline`,
//! `paginate` and `wait`, the endpoints generated from the documents in
//! `openapi/`, the platforms.
//!
//! # One call
//!
//! Every platform is called in the same way: [`autotune`], [`auger`], [`loudml`] and [`vantage6`] have an example each.
//!
//! ```no_run
//! # #[cfg(feature = "autotune")]
//! # async fn lists() -> Result<(), mlhub::Error> {
//! use futures::TryStreamExt;
//! use mlhub::{ErrorKind, autotune};
//!
//! let tune = autotune::Client::builder("http://127.0.0.1:8008").token("a-token").build()?;
//! let mut experiments = tune.experiment().list().items(); // a stream over all pages
//! while let Some(experiment) = experiments.try_next().await? {
//!     println!("{}", experiment.name);
//! }
//! match tune.auth().me().send().await {
//!     Ok(me) => println!("{}", me.email),
//!     Err(error) if error.kind() == ErrorKind::Unauthenticated => println!("log in again: {error}"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is logged
//!
//! Each call is a `tracing` span with one child per attempt, by OpenTelemetry's
//! conventions for HTTP clients. Under the target `mlhub::curl` each request is
//! logged as a curl command, secrets as shell variables. That target stays
//! silent unless a filter names it (`RUST_LOG=mlhub::curl=trace`; a broad
//! `trace` does not), or [`Options::curl_trace`] is set. No secret is printed
//! anywhere.

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "auger")]
pub mod auger;
#[cfg(feature = "autotune")]
pub mod autotune;
mod bool_encoding;
mod builder;
pub mod clock;
mod delimited_list;
mod error;
mod id;
mod lenient;
#[cfg(feature = "loudml")]
pub mod loudml;
pub mod op;
mod paginate;
pub mod pipeline;
mod platform;
mod raw;
mod secret;
mod stream;
#[cfg(feature = "testing")]
pub mod testing;
mod time_expr;
mod timestamp;
#[cfg(feature = "vantage6")]
pub mod vantage6;
mod wait;

#[doc(inline)]
pub use crate::__mlhub_platform as platform;
pub use bool_encoding::{NumericBool, PresenceFlag};
pub use builder::Builder;
pub use delimited_list::DelimitedList;
pub use error::{Attempt, Error, ErrorKind, Explanation, Optional, Outcome, Result};
pub use id::Id;
pub use op::{Op, WaitSpec};
pub use paginate::{Items, Page, Pages, Position, fields};
pub use pipeline::{Cooldown, GetBody, Options, Retry, Sniff, Token, TokenSource};
pub use platform::Platform;
pub use raw::{RawCall, RawItem, RawReply};
pub use secret::Secret;
pub use stream::ByteStream;
pub use time_expr::TimeExpr;
pub use timestamp::Timestamp;
pub use wait::{Progress, Update, Updates, Wait, WaitAll, WaitHandle, wait_all};

/// The README, and pages of the book about more than one platform, compiled.
#[cfg(all(doctest, feature = "auger", feature = "autotune", feature = "loudml"))]
mod pages {
    #[doc = include_str!("../README.md")]
    struct Readme;
    #[doc = include_str!("../docs/start.md")]
    struct Start;
    #[doc = include_str!("../docs/settings.md")]
    struct Settings;
}
