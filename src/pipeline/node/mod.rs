//! The servers of a platform: where an attempt may go, which one is next, and
//! which one is left alone for a while.
//!
//! A [`Pool`] holds them. Each attempt takes a [`Lease`] of one and says at its
//! end how it went; [`health`] is what that means for the node.

mod address;
mod health;
mod history;
mod lease;
mod pool;
mod rest;
mod select;

pub use address::Node;
pub use rest::{FIRST_REST, LONGEST_REST, Rest};
pub use select::{Rotation, Selector};

pub(crate) use history::History;
pub(crate) use lease::Sign;
pub(crate) use pool::Pool;
