//! Test support: scripted services, injected faults, a journal of what was sent, and time that costs nothing. It is the
//! feature `testing`.
//!
//! A [`Lab`] takes the place of the network and a [`VirtualClock`] that of the
//! clock. Retries, refreshes, paging and waits then run as they do against a
//! server, in no time, and the journal says what was sent and when. A [`Fault`]
//! makes the service misbehave, for the requests that a [`FaultRule`] chooses.
//! A [`Port`] serves the same lab to clients in other programs. A [`Replay`] is
//! a stand-in that answers as a real service was recorded to answer.
//!
//! Three lines take the place of any operation:
//!
//! ```
//! # #[cfg(feature = "autotune")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
//! # runtime.block_on(async {
//! use mlhub::autotune::{Client, ops::OPS};
//! use mlhub::testing::{Lab, Reply};
//!
//! let lab = Lab::new();
//! lab.on(OPS, "experiment_all", Reply::json(&["e1", "e2"]));
//! let tune = Client::builder("http://hub.test").token("t").lab(&lab).build()?;
//! # let seen = tune.experiment().all().send().await;
//! # assert_eq!(lab.seen()[0].operation(OPS).map(|op| op.id), Some("experiment_all"), "{seen:?}");
//! # Ok(())
//! # })
//! # }
//! # #[cfg(not(feature = "autotune"))]
//! # fn main() {}
//! ```
//!
//! A server that is busy at first:
//!
//! ```
//! use mlhub::pipeline::Pipeline;
//! use mlhub::testing::{Lab, Reply};
//! use mlhub::{Builder, Op, RawCall, op::AuthKind};
//!
//! static CALL: Op = Op::raw("example", AuthKind::None, "detail");
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
//! runtime.block_on(async {
//!     let lab = Lab::new();
//!     lab.then(Reply::status(503).header("retry-after", "30")).then(Reply::json(&7));
//!     let pipeline = Builder::new("http://hub.test", |pipeline: Pipeline| pipeline)
//!         .transport(lab.clone())
//!         .clock(lab.clock())
//!         .build()?;
//!     let call = RawCall::raw(pipeline, &CALL, http::Method::GET, "/answer").idempotent();
//!     assert_eq!(call.send::<u32>().await?, 7);
//!     assert_eq!(lab.seen()[1].at.as_secs(), 30);
//!     Ok(())
//! })
//! # }
//! ```

mod clock;
mod fault;
#[doc(hidden)]
pub mod fuzz;
#[cfg(feature = "vantage6")]
mod fuzz_crypto;
mod lab;
mod memory;
mod port;
mod replay;
mod reply;
mod retry_after;
mod rule;
mod seen;
mod state;
mod wire;

pub use clock::VirtualClock;
pub use fault::Fault;
pub use lab::Lab;
pub use port::Port;
pub use replay::Replay;
pub use reply::Reply;
pub use retry_after::RetryAfter;
pub use rule::FaultRule;
pub use seen::SeenRequest;
