//! Scripted services in memory, a journal of what they were sent, and time that
//! costs nothing: the feature `testing`.
//!
//! A [`Lab`] takes the place of the network and a [`VirtualClock`] that of the
//! clock. Retries, refreshes, paging and waits then run as they do against a
//! server, in no time, and the journal says what was sent and when.
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
//!     let road = Builder::new("http://hub.test", |road: Pipeline| road)
//!         .transport(lab.clone())
//!         .clock(lab.clock())
//!         .build()?;
//!     let call = RawCall::raw(road, &CALL, http::Method::GET, "/answer").idempotent();
//!     assert_eq!(call.send::<u32>().await?, 7);
//!     assert_eq!(lab.seen()[1].at.as_secs(), 30);
//!     Ok(())
//! })
//! # }
//! ```

mod clock;
mod lab;
mod reply;
mod seen;

pub use clock::VirtualClock;
pub use lab::Lab;
pub use reply::Reply;
pub use seen::Seen;
