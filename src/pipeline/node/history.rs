//! Node history: the nodes that a call has been at.

use super::Node;

/// The nodes whose attempts have not ended the call, and whether the node was
/// to blame.
#[derive(Debug, Default)]
pub(crate) struct NodeHistory(Vec<(Node, bool)>);

impl NodeHistory {
    pub(crate) fn push(&mut self, node: Node, to_blame: bool) {
        self.0.push((node, to_blame));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the node of the last attempt was to blame for its end.
    pub(crate) fn blames_last(&self) -> bool {
        self.0.last().is_some_and(|(_, to_blame)| *to_blame)
    }

    /// How often the node was to blame.
    pub(super) fn failures(&self, node: &Node) -> usize {
        self.0.iter().filter(|(been, to_blame)| *to_blame && been.is(node)).count()
    }

    /// How often the call was there.
    pub(super) fn visits(&self, node: &Node) -> usize {
        self.0.iter().filter(|(been, _)| been.is(node)).count()
    }
}
