//! What goes between a client and one node within one attempt.

use std::time::Duration;

use bytes::Bytes;
use tracing::Instrument;

use super::attempt::{self, Answer, Failure, Reading};
use super::auth::Credential;
use super::node::Node;
use super::run::Run;
use super::{Body, curl, gzip, redirect, trace};
use crate::error::{Attempt, Error, Outcome};

/// How an attempt ended, and how long it might have taken.
pub(super) struct Exchange {
    pub(super) result: Result<Answer, Failure>,
    pub(super) outcome: Outcome,
    pub(super) success: bool,
    pub(super) limit: Duration,
}

impl Run<'_> {
    /// Sends the call to that node and, where the node redirects within
    /// itself, sends it on. It counts as one attempt.
    pub(super) async fn exchange(&mut self, node: &Node, credential: Option<&Credential>) -> Result<Exchange, Error> {
        let (op, options, core) = (self.context.op, self.pipeline.options(), self.pipeline.core());
        let limit = options.timeout.min(self.left());
        let began = core.clock.now();
        let span = trace::attempt(op, &self.draft.method, node, self.context.attempts.len());
        let reading =
            Reading { open: self.open, accept: &options.accept, packed: options.keep_packed, most: options.max_reply };
        let mut redirects = 0;
        let result = loop {
            let address = Bytes::from(attempt::address(&self.draft, node));
            self.context.address = Some(address.clone());
            let request = attempt::request(&mut self.draft, address.clone(), credential, op)
                .map_err(|error| self.ended(error))?;
            // The command shows the body as it is to be read, and runs all the same.
            curl::log(&request, op, credential, options, node);
            let request = self.finish(request).map_err(|error| self.ended(error))?;
            let left = limit.saturating_sub(core.clock.now().saturating_sub(began));
            let sent = attempt::send(&*core.transport, &*core.clock, left, request, &reading);
            let result = sent.instrument(span.clone()).await;
            match &result {
                Ok(answer)
                    if !reading.takes(answer.status)
                        && redirects < redirect::MAX_REDIRECTS
                        && redirect::follow(&mut self.draft, answer, &address) =>
                {
                    redirects += 1;
                }
                _ => break result,
            }
        };
        let outcome = match &result {
            Ok(answer) => Outcome::Status(answer.status),
            Err(failure) => failure.outcome,
        };
        let cause = match &result {
            Err(Failure { cause: Some(cause), .. }) => Some(chain(cause)),
            _ => None,
        };
        let success = matches!(&result, Ok(answer) if reading.takes(answer.status));
        trace::attempted(&span, outcome, success);
        self.context.attempts.push(Attempt {
            started: began.saturating_sub(self.started),
            took: core.clock.now().saturating_sub(began),
            node: node.origin().to_owned(),
            outcome,
            cause,
        });
        Ok(Exchange { result, outcome, success, limit })
    }

    /// What is between a request that people can read and one that travels.
    fn finish(&self, mut request: http::Request<Body>) -> Result<http::Request<Body>, Error> {
        let options = self.pipeline.options();
        options.serializers.rewrite(&mut request)?;
        if options.gzip.unwrap_or(self.context.op.gzip) {
            gzip::compress(&mut request)?;
        }
        let Some(signer) = &options.sign else {
            return Ok(request);
        };
        let (mut parts, body) = request.into_parts();
        signer.sign(&mut parts, body.as_bytes(), self.pipeline.clock().wall())?;
        Ok(http::Request::from_parts(parts, body))
    }
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line = format!("{line}: {cause}");
        next = cause.source();
    }
    line
}
