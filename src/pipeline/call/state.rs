//! State of one call.

use std::time::Duration;

use crate::op::RetryClass;
use crate::pipeline::auth::Credential;
use crate::pipeline::client::Pipeline;
use crate::pipeline::context::CallContext;
use crate::pipeline::node::NodeHistory;
use crate::pipeline::request::RequestTemplate;

/// The state of one call.
pub(super) struct Call<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) template: RequestTemplate,
    /// As it was before it was prepared, where its response is a stream that can be resumed.
    pub(super) first: Option<RequestTemplate>,
    pub(super) context: CallContext,
    pub(super) class: RetryClass,
    /// Whether the body of a success is left open.
    pub(super) stream: bool,
    /// Whether the body can be sent again.
    pub(super) replayable: bool,
    pub(super) started: Duration,
    /// The nodes of the attempts that did not end the call.
    pub(super) history: NodeHistory,
    /// What the server has just refused; for the next attempt alone.
    pub(super) refused: Option<Credential>,
    /// Whether the one repetition after a refused credential has been used.
    pub(super) renewed: bool,
    /// What the last repetition took out of the retry budget.
    pub(super) last_cost: Option<u32>,
}
