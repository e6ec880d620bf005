//! Call: one request from its template to its response, over as many attempts as the retry policy allows.
//!
//! Prepare → place → authenticate → send → classify → pause → repeat: [`Call::attempts`] is the whole loop.

mod attempt;
mod attempt_error;
pub(super) mod curl;
mod discovery;
mod prepare;
mod redirect;
mod spans;
mod state;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tracing::Instrument;

use self::attempt::{Attempted, RawBody, RawResponse};
use self::attempt_error::AttemptError;
use self::state::Call;
use super::auth::{Authenticate, Credential};
use super::client::Pipeline;
use super::context::CallContext;
use super::node::{Node, NodeGuard, NodeHistory, NodeReport};
use super::request::RequestTemplate;
use super::response::{Content, Response, ResponseHead, Resumption, request_id, resumable, watch_idle};
use super::retry::{FailureClass, RetryBudget, blames_node};
use crate::clock::{Elapsed, timeout, unit};
use crate::error::{Error, Outcome};
use crate::op::{AuthKind, Op, ReplyKind, RetryClass};

impl Pipeline {
    /// Sends a request that generated code has built.
    #[doc(hidden)]
    pub async fn exec(&self, request: reqwest::Request, op: &'static Op) -> Result<Response, Error> {
        self.send(RequestTemplate::from_reqwest(request), op, false).await
    }

    /// Sends a call; the response's body is left open where `stream` says so or the document does.
    pub(crate) async fn send(
        &self,
        template: RequestTemplate,
        op: &'static Op,
        stream: bool,
    ) -> Result<Response, Error> {
        let span = spans::call(op, &template.method);
        let result = Call::new(self, template, op, stream).attempts().instrument(span.clone()).await;
        spans::ended(&span, result.as_ref().map(|response| response.status));
        result
    }

    /// Sends a call for the rest of a stream, which is not resumed itself.
    pub(super) fn resend(&self, template: RequestTemplate, op: &'static Op) -> BoxFuture<'_, Result<Response, Error>> {
        let mut call = Call::new(self, template, op, true);
        call.first = None;
        Box::pin(call.attempts())
    }

    /// Asks for the servers now, and gives all that the client then knows of.
    ///
    /// Fails where calls go on: when no server tells, and when the builder was
    /// not told how to ask.
    pub async fn sniff(&self) -> Result<Vec<Node>, Error> {
        discovery::on_demand(self).await?;
        Ok(self.nodes())
    }
}

impl<'a> Call<'a> {
    fn new(pipeline: &'a Pipeline, template: RequestTemplate, op: &'static Op, stream: bool) -> Self {
        let stream = stream || matches!(op.reply, ReplyKind::Stream | ReplyKind::Text);
        let class = pipeline.options.class.unwrap_or(op.retry);
        let resumes = stream && template.method.is_safe() && class == RetryClass::Safe;
        Call {
            first: resumes.then(|| template.again()).flatten(),
            context: CallContext { op, method: template.method.clone(), address: None, attempts: Vec::new() },
            class,
            stream,
            replayable: template.body.as_bytes().is_some(),
            started: pipeline.core.clock.now(),
            history: NodeHistory::default(),
            refused: None,
            renewed: false,
            last_cost: None,
            pipeline,
            template,
        }
    }

    /// The loop: attempts and pauses until one succeeds or there is a reason to stop.
    async fn attempts(mut self) -> Result<Response, Error> {
        let (op, options, core) = (self.context.op, &self.pipeline.options, &self.pipeline.core);
        prepare::prepare(&mut self.template, op, options, &core.client_defaults, &*core.clock)
            .map_err(|error| self.context.with_context(error))?;
        self.context.method = self.template.method.clone();
        let mut repetition = 0;
        loop {
            let mut left = self.time_left()?;
            if core.sniffer.is_some() && discovery::in_passing(self.pipeline, left).await {
                left = self.left();
            }
            // A call without a credential has no use for who gives them out.
            let auth = self.takes_credential().then(|| self.pipeline.auth.get()).flatten();
            let fetched = self.authenticate(auth.as_deref(), left).await?;
            // Placed when the credential is there: a node's probe does not wait for a token.
            let guard = self.place()?;
            let credential = self.node_credential(guard.node(), auth.as_deref()).or(fetched);
            let limit = options.timeout.min(self.left());
            let attempted = attempt::attempt(&mut self, guard.node(), credential.as_ref(), limit).await;
            let attempted = attempted.map_err(|error| attempt_error::ended(&self, error))?;
            let node = self.report(guard, &attempted);
            let failed = match attempted.result {
                Ok(response) if attempted.success => return Ok(self.succeed(response, node)),
                Ok(response) => {
                    let renews = auth.is_some_and(|auth| auth.renews());
                    attempt_error::refusal(&self, response, credential, renews)
                }
                Err(failure) => attempt_error::failure(&self, failure, attempted.limit),
            };
            if self.replayable && !self.renewed && failed.renewable.is_some() {
                // 401: the server has read the credential and nothing else, so
                // one more attempt is due whatever the class says.
                (self.refused, self.renewed) = (failed.renewable, true);
                continue;
            }
            repetition += 1;
            let outcome = failed.outcome;
            let pause = self.backoff(failed, repetition)?;
            tracing::debug!(target: "mlhub", %outcome, ?pause, "trying again");
            core.clock.sleep(pause).await;
        }
    }

    /// What is left of the call's deadline.
    fn left(&self) -> Duration {
        let spent = self.pipeline.core.clock.now().saturating_sub(self.started);
        self.pipeline.options.deadline.saturating_sub(spent)
    }

    /// The same, or the error of the call where it is nothing.
    fn time_left(&self) -> Result<Duration, Error> {
        let left = self.left();
        match (left.is_zero(), self.context.attempts.is_empty()) {
            (false, _) => Ok(left),
            (true, true) => Err(attempt_error::out_of_time(self, "was over before the first attempt")),
            (true, false) => Err(attempt_error::out_of_time(self, "was over before the next attempt")),
        }
    }

    /// The client's credential for the next attempt, fetched within the time that is left.
    async fn authenticate(
        &mut self,
        auth: Option<&dyn Authenticate>,
        left: Duration,
    ) -> Result<Option<Credential>, Error> {
        let refused = self.refused.take();
        let Some(auth) = auth else { return Ok(None) };
        let clock = &*self.pipeline.core.clock;
        match timeout(clock, left, auth.credential(clock, refused.as_ref())).await {
            Ok(Ok(credential)) => Ok(Some(credential)),
            Ok(Err(error)) => Err(attempt_error::no_credential(self, error)),
            Err(Elapsed) => Err(attempt_error::out_of_time(self, "passed while a token was fetched")),
        }
    }

    /// The credential in the node's own address, where it goes before the client's.
    fn node_credential(&self, node: &Node, auth: Option<&dyn Authenticate>) -> Option<Credential> {
        let goes_first = self.takes_credential() && auth.is_none_or(|auth| auth.yields());
        node.credential().filter(|_| goes_first).cloned()
    }

    fn takes_credential(&self) -> bool {
        self.context.op.auth != AuthKind::None && self.pipeline.options.auth
    }

    /// The node of the next attempt.
    fn place(&self) -> Result<NodeGuard<'a>, Error> {
        let (core, pin) = (&self.pipeline.core, self.pipeline.pin.as_deref());
        core.nodes
            .serving(self.context.op)
            .and_then(|pool| pool.choose(&*core.clock, pin, &self.history, &self.context.attempts))
            .map_err(|error| attempt_error::ended(self, error))
    }

    /// Reports to the pool how the attempt at a node has ended.
    fn report(&mut self, guard: NodeGuard<'_>, attempted: &Attempted) -> Node {
        let (core, options, node) = (&self.pipeline.core, &self.pipeline.options, guard.node().clone());
        let Attempted { outcome, limit, .. } = *attempted;
        // What is left of a deadline may be too short for any node.
        let cut_short = limit < options.timeout.min(options.deadline) / 2;
        // A response that cannot be read is one all the same.
        let answered = attempted.success || attempted.is_unreadable();
        let report = match outcome {
            _ if answered => NodeReport::Lives,
            // Nobody has asked it anything: the limit is the client's own.
            Outcome::Queued => NodeReport::Unclear,
            _ if !blames_node(outcome) => NodeReport::Lives,
            Outcome::TimedOut if cut_short => NodeReport::Unclear,
            _ if options.probe => NodeReport::Unclear,
            _ => NodeReport::Fails,
        };
        if !answered {
            self.history.push(node.clone(), report == NodeReport::Fails);
        }
        let cools = guard.end(report, &*core.clock);
        if let (Some((sniffer, _)), true) = (&core.sniffer, cools) {
            sniffer.node_failed();
        }
        node
    }

    /// The end of the call: what is known about it goes with the response.
    fn succeed(self, response: RawResponse, node: Node) -> Response {
        let RawResponse { status, headers, body } = response;
        let (core, options) = (&self.pipeline.core, &self.pipeline.options);
        core.budget.refund(self.last_cost);
        let content = match body {
            RawBody::Whole(bytes) => Content::Whole(bytes),
            RawBody::Open(body) => {
                let head = ResponseHead { status, request_id: request_id(&headers) };
                let stream = watch_idle(body, Arc::clone(&core.clock), options.idle, head, self.context.clone());
                Content::Stream(match self.first {
                    Some(template) if options.retry.attempts() > 1 => {
                        let op = self.context.op;
                        resumable(stream, &headers, Resumption { pipeline: self.pipeline.clone(), template, op })
                    }
                    _ => stream,
                })
            }
        };
        let reader = match options.serializers.read.is_empty() {
            true => None,
            false => options.serializers.for_response(&headers),
        };
        Response { status, headers, content, context: self.context, node, reader, most: options.max_reply }
    }

    /// How long to back off before the next attempt, or the error of the call.
    fn backoff(&mut self, failed: AttemptError, repetition: u32) -> Result<Duration, Error> {
        let (options, core) = (&self.pipeline.options, &self.pipeline.core);
        let (outcome, retry_after) = (failed.outcome, failed.retry_after);
        if !self.replayable
            || options.retry.is_spent(repetition, &self.context.attempts)
            || !options.retry.repeats(self.class, FailureClass::of(outcome, retry_after.is_some()))
            // What this server will never grant, another one may.
            || failed.lasting && !self.may_fail_over()
        {
            return Err(attempt_error::give_up(self, failed, None));
        }
        let left = self.left();
        if let Some(asked) = retry_after.filter(|asked| *asked >= left) {
            let why = format!(
                "it asks to be left alone for {} s, longer than the {} s left of the call's deadline",
                asked.as_secs_f64(),
                left.as_secs_f64()
            );
            return Err(attempt_error::give_up(self, failed, Some(why)));
        }
        let backoff = match repetition == 1 && self.may_fail_over() {
            true => Duration::ZERO,
            false => options.retry.backoff(repetition, unit(&*core.clock)),
        };
        // On top of what the server asks for: clients that were told the same
        // moment do not come back together.
        let asked = retry_after.unwrap_or_default();
        let pause = match asked.saturating_add(backoff) {
            both if both < left => both,
            _ => asked.max(backoff),
        };
        if pause >= left {
            let why = "no time is left of the call's deadline for another attempt";
            return Err(attempt_error::give_up(self, failed, Some(why.to_owned())));
        }
        let cost = if options.retry.has_budget() { RetryBudget::cost(outcome) } else { 0 };
        if !core.budget.take(cost) {
            let why = "the client's budget for repetitions is spent";
            return Err(attempt_error::give_up(self, failed, Some(why.to_owned())));
        }
        self.last_cost = Some(cost);
        Ok(pause)
    }

    /// Whether another node may well do what the last one did not: a pause would spare nobody.
    fn may_fail_over(&self) -> bool {
        let core = &self.pipeline.core;
        self.pipeline.pin.is_none()
            && self.history.blames_last()
            && core.nodes.serving(self.context.op).is_ok_and(|pool| pool.has_fresh(core.clock.now(), &self.history))
    }
}
