//! A call from its draft to its end: attempts, pauses, and when to give up.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::attempt::{self, Answer, AnswerBody};
use super::auth::Credential;
use super::core::Pipeline;
use super::draft::Draft;
use super::exchange::Exchange;
use super::failed::Failed;
use super::node::{History, Node};
use super::reply::{Content, Context, Reply, request_id};
use super::{budget, placed, prepare, trace, verdict};
use crate::clock::{Elapsed, timeout, unit};
use crate::error::Error;
use crate::op::{AuthKind, Op, ReplyKind, RetryClass};

/// The state of one call.
pub(crate) struct Run<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) draft: Draft,
    pub(super) open: bool,
    class: RetryClass,
    pub(super) started: Duration,
    pub(super) context: Context,
    /// What the server has just refused; for the next attempt alone.
    refused: Option<Credential>,
    /// Whether the one repetition after a refusal has been used.
    renewed: bool,
    replayable: bool,
    /// Where the attempts went that did not end the call.
    pub(super) history: History,
    last_cost: Option<u32>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(pipeline: &'a Pipeline, draft: Draft, op: &'static Op, stream: bool) -> Self {
        let options = pipeline.options();
        Run {
            open: stream || matches!(op.reply, ReplyKind::Stream | ReplyKind::Text),
            class: options.class.unwrap_or(op.retry),
            started: pipeline.clock().now(),
            context: Context { op, method: draft.method.clone(), address: None, attempts: Vec::new() },
            refused: None,
            renewed: false,
            history: History::default(),
            replayable: draft.body.as_bytes().is_some(),
            last_cost: None,
            pipeline,
            draft,
        }
    }

    /// The call under its span.
    pub(crate) async fn call(mut self) -> Result<Reply, Error> {
        let span = trace::call(self.context.op, &self.draft.method);
        let result = self.drive().instrument(span.clone()).await;
        trace::ended(&span, result.as_ref().map(|reply| reply.status));
        result
    }

    /// Whether repeating the call does no harm.
    pub(super) fn is_safe(&self) -> bool {
        self.class == RetryClass::Safe
    }

    async fn drive(&mut self) -> Result<Reply, Error> {
        let clock = Arc::clone(self.pipeline.clock());
        let (options, usual) = (self.pipeline.options(), &self.pipeline.core().usual);
        prepare::prepare(&mut self.draft, self.context.op, options, usual, &*clock)
            .map_err(|error| self.context.dress(error))?;
        self.context.method = self.draft.method.clone();
        let mut repetitions = 0;
        loop {
            let failed = match self.attempt().await? {
                Ok(reply) => {
                    let refund = self.last_cost.unwrap_or(budget::FIRST_TRY_REFUND);
                    self.pipeline.core().budget.refund(refund);
                    return Ok(reply);
                }
                Err(failed) => failed,
            };
            if self.replayable && !self.renewed && failed.renewable.is_some() {
                // 401: the server has read the credential and nothing else, so
                // one more attempt is due whatever the class says.
                (self.refused, self.renewed) = (failed.renewable, true);
                continue;
            }
            repetitions += 1;
            let outcome = failed.outcome;
            let pause = self.pause(failed, repetitions)?;
            tracing::debug!(target: "mlhub", %outcome, ?pause, "trying again");
            clock.sleep(pause).await;
        }
    }

    /// One attempt. The outer error ends the call.
    async fn attempt(&mut self) -> Result<Result<Reply, Failed>, Error> {
        let (op, options, core) = (self.context.op, self.pipeline.options(), self.pipeline.core());
        let mut left = self.left();
        if left.is_zero() {
            let how = match self.context.attempts.is_empty() {
                true => "was over before the first attempt",
                false => "was over before the next attempt",
            };
            return Err(self.out_of_time(how));
        }
        // The road alone is borrowed, for the reason below.
        let road = self.pipeline;
        if placed::sniff(road, left).await {
            left = self.left();
        }
        let slot = self.pipeline.auth().get();
        let takes = op.auth != AuthKind::None && options.auth;
        let refused = self.refused.take();
        let credential = match &slot {
            Some(auth) if takes => {
                let clock = &*core.clock;
                let fetch = auth.credential(clock, refused.as_ref());
                // The wait borrows the credential alone: a draft that is a
                // stream cannot be looked at from two threads.
                let fetched = timeout(clock, left, fetch).await;
                Some(self.fetched(fetched)?)
            }
            _ => None,
        };
        // Chosen last: a node's trial does not wait for a token.
        let lease = self.place()?;
        let node = lease.node();
        let yields = slot.as_ref().is_none_or(|auth| auth.yields());
        let credential = node.credential().filter(|_| takes && yields).cloned().or(credential);
        let Exchange { result, outcome, success, limit } = self.exchange(node, credential.as_ref()).await?;
        // A reply that cannot be taken is one: its node lives.
        let unreadable = matches!(&result, Err(failure) if failure.is_unreadable());
        let node = self.placed(lease, outcome, success || unreadable, limit);
        Ok(match result {
            Ok(answer) if success => Ok(self.reply(answer, node)),
            Ok(answer) => {
                let renews = slot.is_some_and(|auth| auth.renews());
                Err(self.refusal(answer, credential, renews))
            }
            Err(failure) => Err(self.failure(failure, limit)),
        })
    }

    fn fetched(&self, fetched: Result<Result<Credential, Error>, Elapsed>) -> Result<Credential, Error> {
        match fetched {
            Ok(Ok(credential)) => Ok(credential),
            // A login is a call of its own: what it has to say is the cause.
            Ok(Err(error)) if error.operation().is_some() => Err(self.ended(without_token(error))),
            Ok(Err(error)) => Err(self.ended(error)),
            Err(Elapsed) => Err(self.out_of_time("passed while a token was fetched")),
        }
    }

    /// The end of the call: what is known about it goes with the reply.
    fn reply(&mut self, answer: Answer, node: Node) -> Reply {
        let head = || attempt::Head { status: answer.status, request_id: request_id(&answer.headers) };
        let content = match answer.body {
            AnswerBody::Whole(bytes) => Content::Whole(bytes),
            AnswerBody::Open(body) => attempt::watched(
                body,
                Arc::clone(self.pipeline.clock()),
                self.pipeline.options().idle,
                head(),
                self.context.clone(),
            ),
        };
        let Context { op, method, .. } = &self.context;
        let nothing = Context { op, method: method.clone(), address: None, attempts: Vec::new() };
        let context = std::mem::replace(&mut self.context, nothing);
        let reader = self.pipeline.options().serializers.for_reply(&answer.headers);
        Reply { status: answer.status, headers: answer.headers, content, context, node, reader }
    }

    /// How long to pause before the next attempt, or the error of the call.
    fn pause(&mut self, failed: Failed, repetition: u32) -> Result<Duration, Error> {
        let options = self.pipeline.options();
        let clock = &**self.pipeline.clock();
        let (outcome, retry_after) = (failed.outcome, failed.retry_after);
        if !self.replayable
            || options.retry.is_spent(repetition, &self.context.attempts)
            || !options.retry.repeats(self.class, outcome)
            // What this server will never grant, another one may.
            || failed.lasting && !self.may_fail_over()
        {
            return Err(self.give_up(failed, None));
        }
        let left = self.left();
        if let Some(asked) = retry_after.filter(|asked| *asked >= left) {
            let why = format!(
                "it asks to be left alone for {} s, longer than the {} s left of the call's deadline",
                asked.as_secs_f64(),
                left.as_secs_f64()
            );
            return Err(self.give_up(failed, Some(why)));
        }
        let pause = match repetition == 1 && self.may_fail_over() {
            true => Duration::ZERO,
            false => options.retry.delay(repetition, unit(clock)),
        };
        // On top of what the server asks for: clients that were told the same
        // moment do not come back together.
        let asked = retry_after.unwrap_or_default();
        let pause = match asked + pause {
            both if both < left => both,
            _ => asked.max(pause),
        };
        if pause >= left {
            let why = "no time is left of the call's deadline for another attempt";
            return Err(self.give_up(failed, Some(why.to_owned())));
        }
        let cost = match options.retry.has_budget() {
            true => verdict::cost(outcome),
            false => 0,
        };
        if !self.pipeline.core().budget.take(cost) {
            let why = "the client's budget for repetitions is spent";
            return Err(self.give_up(failed, Some(why.to_owned())));
        }
        self.last_cost = Some(cost);
        Ok(pause)
    }

    /// What is left of the call's deadline.
    pub(super) fn left(&self) -> Duration {
        let spent = self.pipeline.clock().now().saturating_sub(self.started);
        self.pipeline.options().deadline.saturating_sub(spent)
    }
}

/// A login that failed, told by the call that needed it: of the same kind, so
/// that whoever acts on the kind or the status does as for the login itself.
fn without_token(login: Error) -> Error {
    let mut error = Error::new(login.kind(), format!("no token could be fetched: {}", login.detail()))
        .with_message(login.message().map(str::to_owned))
        .with_retry_after(login.retry_after())
        .retryable(login.is_retryable());
    if let Some(status) = login.status() {
        error = error.with_status(status, login.request_id().map(str::to_owned));
    }
    error.with_source(login)
}
