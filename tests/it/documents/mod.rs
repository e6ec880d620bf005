//! What the documents promise, platform by platform: each operation's line,
//! the request it sends, the replies it reads, the types it gives.

mod auger;
mod autotune;
pub(crate) mod decode;
mod loudml;
mod surface;
mod vantage6;
mod wire;
