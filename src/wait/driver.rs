//! Looks at a job until it ends: the loop below `Wait` and `Updates`.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use super::interval::pause;
use super::{Look, Poll, Progress, Update, WaitHandle};
use crate::clock::{Clock, Elapsed, timeout, unit};
use crate::error::{Error, ErrorKind};
use crate::op::{Op, WaitSpec};

/// Requests that may fail one after the other for passing reasons; with pauses
/// that grow this bridges a restart of the server.
const MAX_TROUBLES: u32 = 10;

/// [`Poll`] without its type.
pub(super) trait Job<V>: Send + Sync {
    fn spec(&self) -> (&'static Op, &'static WaitSpec);
    fn handle(&self) -> WaitHandle;
    fn clock(&self) -> Arc<dyn Clock>;
    fn look(&self) -> BoxFuture<'_, Result<Look<V>, Error>>;
    fn value(&self) -> BoxFuture<'_, Result<V, Error>>;
    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>>;
}

impl<P: Poll> Job<P::Value> for P {
    fn spec(&self) -> (&'static Op, &'static WaitSpec) {
        (self.op(), self.goal())
    }

    fn handle(&self) -> WaitHandle {
        let (op, goal) = (self.op(), self.goal());
        // A value that is missing is noticed when the handle is resumed, and
        // by the call itself.
        let args = self.args().unwrap_or_default();
        WaitHandle::new(op.platform, op.id, goal.goal, args)
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.pipeline().clock())
    }

    fn look(&self) -> BoxFuture<'_, Result<Look<P::Value>, Error>> {
        Box::pin(Poll::look(self))
    }

    fn value(&self) -> BoxFuture<'_, Result<P::Value, Error>> {
        Box::pin(Poll::value(self))
    }

    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        Poll::cancel(self)
    }
}

/// Tells the caller how it goes.
pub(super) type Tell<'f> = Box<dyn FnMut(&Progress) + Send + 'f>;

/// What the caller has asked for.
pub(super) struct Plan<'f, V> {
    pub(super) job: Box<dyn Job<V>>,
    pub(super) timeout: Option<Duration>,
    pub(super) every: Option<Duration>,
    pub(super) on_progress: Option<Tell<'f>>,
    pub(super) cancel_on_drop: bool,
}

/// A wait under way.
pub(super) struct Driver<'f, V> {
    plan: Plan<'f, V>,
    clock: Arc<dyn Clock>,
    started: Duration,
    looks: u32,
    troubles: u32,
    pause: Option<Duration>,
    /// The job has ended well and its value is still to be fetched.
    done: bool,
    ended: bool,
}

impl<'f, V> Driver<'f, V> {
    pub(super) fn new(plan: Plan<'f, V>) -> Self {
        let clock = plan.job.clock();
        Driver { started: clock.now(), clock, plan, looks: 0, troubles: 0, pause: None, done: false, ended: false }
    }

    /// The next update; none after the last.
    pub(super) async fn next(&mut self) -> Option<Result<Update<V>, Error>> {
        if self.ended {
            return None;
        }
        let step = match self.plan.cancel_on_drop && self.plan.job.cancel().is_none() {
            true => Err(self.cannot_cancel()),
            false => self.step().await,
        };
        if !matches!(step, Ok(Update::Progress(_))) {
            self.ended = true;
        }
        Some(step)
    }

    async fn step(&mut self) -> Result<Update<V>, Error> {
        if let Some(pause) = self.pause.take() {
            if pause >= self.left() {
                // A last look at the very end, rather than none for so long.
                self.clock.sleep(self.left()).await;
            } else {
                self.clock.sleep(pause).await;
            }
        }
        if self.done {
            return self.fetch().await;
        }
        self.looks += 1;
        match within(&*self.clock, self.limit(), self.plan.job.look()).await {
            Ok(Ok(look)) => self.judge(look).await,
            Ok(Err(error)) => self.bear(error),
            Err(Elapsed) => Err(self.out_of_time(None)),
        }
    }

    /// What a look means by the document's words.
    async fn judge(&mut self, look: Look<V>) -> Result<Update<V>, Error> {
        self.troubles = 0;
        let (_, spec) = self.plan.job.spec();
        let word = look.status.as_deref();
        let is = |words: &[&str]| word.is_some_and(|word| words.contains(&word));
        let over = spec.present && look.present;
        // Where presence is final, a word of neither kind decides nothing, but
        // a reason does.
        if is(spec.bad) || over && !is(spec.good) && look.reason.is_some() {
            return Err(self.failed(look.status, look.reason));
        }
        if is(spec.good) || over {
            if let Some(value) = look.value {
                return Ok(Update::Done(value));
            }
            self.done = true;
            return self.fetch().await;
        }
        if self.left().is_zero() {
            return Err(self.out_of_time(look.status));
        }
        let fraction = look.progress.map(fraction);
        self.goes_on(look.status, fraction, None, None)
    }

    /// Fetches the value of a job that has ended: no look any more, but with
    /// the same limit and the same patience.
    async fn fetch(&mut self) -> Result<Update<V>, Error> {
        match within(&*self.clock, self.limit(), self.plan.job.value()).await {
            Ok(Ok(value)) => Ok(Update::Done(value)),
            Ok(Err(error)) => self.bear(error),
            Err(Elapsed) => Err(self.out_of_time(None)),
        }
    }

    /// A look or a fetch that failed: borne for a while where the trouble may
    /// pass.
    fn bear(&mut self, error: Error) -> Result<Update<V>, Error> {
        let passing = error.is_retryable() || error.kind() == ErrorKind::Server;
        self.troubles += 1;
        if !passing || self.troubles >= MAX_TROUBLES {
            return Err(error);
        }
        if self.left().is_zero() {
            return Err(self.out_of_time(None).with_source(error));
        }
        self.goes_on(None, None, Some(error.to_string()), error.retry_after())
    }

    fn goes_on(
        &mut self,
        status: Option<String>,
        fraction: Option<f64>,
        trouble: Option<String>,
        at_least: Option<Duration>,
    ) -> Result<Update<V>, Error> {
        let elapsed = self.elapsed();
        let pause = pause(elapsed, self.plan.every, unit(&*self.clock));
        self.pause = Some(pause.max(at_least.unwrap_or_default()));
        let progress = Progress { status, fraction, elapsed, looks: self.looks, trouble };
        if let Some(tell) = &mut self.plan.on_progress {
            tell(&progress);
        }
        Ok(Update::Progress(progress))
    }

    fn failed(&self, status: Option<String>, reason: Option<String>) -> Error {
        let (op, spec) = self.plan.job.spec();
        let status = status.as_deref().unwrap_or("no status").to_owned();
        let detail = format!("waiting for {:?} ended with {status:?}", spec.goal);
        Error::new(ErrorKind::Failed, detail)
            .with_call((op.platform, op.id), op.method.clone(), op.path)
            .with_message(reason)
    }

    fn out_of_time(&self, status: Option<String>) -> Error {
        let (op, _) = self.plan.job.spec();
        let time = self.plan.timeout.unwrap_or_default().as_secs_f64();
        let status = status.map_or(String::new(), |status| format!(" (last seen: {status:?})"));
        let handle = self.plan.job.handle();
        let detail = match self.done {
            true => format!("the job is done, but its value was not there within {time} s; fetch it by {handle}"),
            false => format!("not done within {time} s{status}; the job goes on, resume the wait by {handle}"),
        };
        Error::new(ErrorKind::Timeout, detail)
            .with_call((op.platform, op.id), op.method.clone(), op.path)
            .retryable(true)
    }

    fn cannot_cancel(&self) -> Error {
        let (op, _) = self.plan.job.spec();
        let detail = "the platform cannot stop this job, so the wait cannot promise to";
        Error::new(ErrorKind::Request, detail).with_call((op.platform, op.id), op.method.clone(), op.path)
    }

    fn elapsed(&self) -> Duration {
        self.clock.now().saturating_sub(self.started)
    }

    /// How long one request may take; none without a limit of the whole.
    fn limit(&self) -> Option<Duration> {
        self.plan.timeout.map(|_| self.left().max(GRACE))
    }

    fn left(&self) -> Duration {
        match self.plan.timeout {
            Some(timeout) => timeout.saturating_sub(self.elapsed()),
            None => Duration::MAX,
        }
    }
}

/// A request may take that long even at the very end of the time.
const GRACE: Duration = Duration::from_secs(1);

async fn within<F: Future>(clock: &dyn Clock, limit: Option<Duration>, request: F) -> Result<F::Output, Elapsed> {
    match limit {
        Some(limit) => timeout(clock, limit, request).await,
        None => Ok(request.await),
    }
}

/// Platforms count progress to 1 or to 100.
fn fraction(number: f64) -> f64 {
    let part = if number > 1.0 { number / 100.0 } else { number };
    part.clamp(0.0, 1.0)
}

impl<V> Drop for Driver<'_, V> {
    fn drop(&mut self) {
        if !self.plan.cancel_on_drop || self.ended {
            return;
        }
        // Outside of a runtime nobody is left to send the request.
        if let (Some(cancel), Ok(runtime)) = (self.plan.job.cancel(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                if let Err(error) = cancel.await {
                    tracing::warn!(target: "mlhub", %error, "the job could not be cancelled");
                }
            });
        }
    }
}
