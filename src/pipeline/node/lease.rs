//! A node for the time of one attempt.

use super::health::Ticket;
use super::{Node, Pool};
use crate::clock::Clock;

/// What an attempt says about the node that it went to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// It answered.
    Lives,
    /// It did not, or said that it cannot.
    Fails,
    /// Nothing.
    Unclear,
}

/// A node for the time of one attempt. Dropped without a word, as with a call
/// that is cancelled, it leaves the node's trial to another attempt.
#[derive(Debug)]
#[must_use]
pub(crate) struct Lease<'p> {
    node: Node,
    watched: Option<(&'p Pool, Ticket)>,
}

impl<'p> Lease<'p> {
    pub(super) fn watched(node: Node, pool: &'p Pool, ticket: Ticket) -> Self {
        Lease { node, watched: Some((pool, ticket)) }
    }

    /// Of a node that serves whatever it does: there is no other.
    pub(super) fn unwatched(node: Node) -> Self {
        Lease { node, watched: None }
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    /// Ends the attempt. Says whether the node goes to rest by it.
    pub(crate) fn end(mut self, sign: Sign, clock: &dyn Clock) -> bool {
        match (sign, self.watched.take()) {
            (Sign::Lives, Some((pool, _))) => {
                pool.lives(&self.node);
                false
            }
            (Sign::Fails, Some((pool, ticket))) => pool.fails(&self.node, ticket, clock),
            (Sign::Unclear, watched) => {
                // Dropped with the lease, which gives the trial back.
                self.watched = watched;
                false
            }
            (_, None) => false,
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if let Some((pool, ticket)) = self.watched {
            pool.gives_back(&self.node, ticket);
        }
    }
}
