//! Nodes: the servers of a platform, which of them serves the next attempt, and which is in cooldown.
//!
//! A [`NodePool`] holds them. Each attempt takes a [`NodeGuard`] of one and reports at its end how it went; `health` is
//! what that means for the node. A [`Sniffer`] says when to ask the servers for others.

mod address;
mod cooldown;
mod health;
mod history;
mod pool;
mod round_robin;
mod sniff;

pub use address::Node;
pub use cooldown::{BASE_COOLDOWN, Cooldown, MAX_COOLDOWN};
pub use round_robin::{RoundRobin, Selector};
pub use sniff::{SNIFF_TIMEOUT, Sniff};

pub(crate) use history::NodeHistory;
pub(crate) use pool::{ClientNodes, NodeGuard, NodePool, NodeReport};
pub(crate) use sniff::Sniffer;
