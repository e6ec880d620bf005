//! The servers of a platform: where an attempt may go, which one is next, and
//! which one is left alone for a while.
//!
//! A [`Pool`] holds them. Each attempt takes a [`Lease`] of one and says at its
//! end how it went; [`health`] is what that means for the node. A [`Sniffer`]
//! adds what the servers themselves tell of others.

mod address;
mod health;
mod history;
mod lease;
mod pool;
mod rest;
mod select;
mod sniff;
mod sniffer;

pub use address::Node;
pub use rest::{BASE_COOLDOWN, Cooldown, MAX_COOLDOWN};
pub use select::{RoundRobin, Selector};
pub use sniff::{Discover, SNIFF_TIMEOUT, Sniff};

pub(crate) use history::History;
pub(crate) use lease::{Lease, Sign};
pub(crate) use pool::Pool;
pub(crate) use sniffer::Sniffer;
