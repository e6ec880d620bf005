//! Round-robin over the living nodes, and the seam for another choice.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Node;
use crate::error::Attempt;

/// A node selector: chooses among the nodes that live.
///
/// It is asked where there is something to choose: two nodes or more live and
/// have not failed this call. Nodes in cooldown are none of its business: one whose
/// cooldown is over is probed once, and where none lives, the one whose cooldown
/// ends first serves.
///
/// ```
/// use mlhub::Attempt;
/// use mlhub::pipeline::{Node, Selector};
///
/// /// The servers of our own site while one of them lives, else any.
/// #[derive(Debug)]
/// struct Near;
///
/// impl Selector for Near {
///     fn select(&self, living: &[Node], _: &[Attempt]) -> usize {
///         living.iter().position(|node| node.origin().ends_with(".zurich.example.org")).unwrap_or(0)
///     }
/// }
/// ```
pub trait Selector: fmt::Debug + Send + Sync {
    /// An index into `living`, which are two or more, in the order in which the
    /// client was told of them; what is beyond counts from the start again.
    /// `attempts` is what the call has tried so far.
    fn select(&self, living: &[Node], attempts: &[Attempt]) -> usize;
}

/// Round-robin: one node after the other, from a random start that all clones of a client
/// share, so that many clients do not all begin with the first node.
#[derive(Debug)]
pub struct RoundRobin(AtomicUsize);

impl RoundRobin {
    /// Begins with that node.
    pub fn starting_at(node: usize) -> Self {
        RoundRobin(AtomicUsize::new(node))
    }
}

impl Selector for RoundRobin {
    fn select(&self, _: &[Node], _: &[Attempt]) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}
