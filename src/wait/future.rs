//! A wait as a future, or as a stream of what happens.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll as Polled, ready};
use std::time::Duration;

use futures::stream::{BoxStream, Stream, StreamExt};

use super::driver::{Driver, Plan};
use super::job::Job;
use super::{Poll, Progress, Update, WaitHandle};
use crate::error::{Error, ErrorKind};

/// Waits until a job is done; a future of its value.
///
/// The job is looked at once, within three quarters of a second a second time, then at growing intervals: 15 % of the
/// time that the wait has taken, at least three quarters of a second, at most ten minutes, and never sooner than the
/// `Retry-After` of the answer before. So the end of a job that takes five seconds or more is known within 15 % of
/// that time, and one hour takes at most 60 looks.
///
/// Words that the document does not know count as still running. What fails for passing reasons is borne nine times in
/// a row, with pauses of a second and doubling: the looks, and the fetch of the value after the last. A job that ends
/// badly is [`ErrorKind::Failed`] with the platform's reason; one that is gone (404, 410) is [`ErrorKind::NotFound`].
///
/// Dropping the wait leaves the job alone. Nothing happens before the first
/// poll.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'f, V> {
    handle: WaitHandle,
    state: State<'f, V>,
}

enum State<'f, V> {
    Planned(Box<Plan<'f, V>>),
    Running(Updates<'f, V>),
    Over,
}

impl<'f, V: Send + 'static> Wait<'f, V> {
    #[doc(hidden)]
    pub fn new<P: Poll<Value = V>>(job: P) -> Self {
        Wait { handle: job.handle(), state: State::Planned(Box::new(Plan::new(Box::new(job)))) }
    }

    /// Gives up after that time, with [`ErrorKind::Timeout`]; the job goes on. A last look at the very end may take one
    /// second more. Where the server asks for no look until then, the wait gives up at once. Default: never.
    pub fn timeout(self, time: Duration) -> Self {
        self.plan(|plan| plan.timeout = Some(time))
    }

    /// Looks at fixed intervals instead of growing ones; a `Retry-After` still counts.
    pub fn every(self, interval: Duration) -> Self {
        self.plan(|plan| plan.every = Some(interval))
    }

    /// Ends with the error when that many requests in a row have failed for passing reasons; one means the first.
    /// Default: ten.
    pub fn max_troubles(self, requests: u32) -> Self {
        self.plan(|plan| plan.max_troubles = requests)
    }

    /// Tells how it goes after each look that is not the last.
    pub fn on_progress<'g>(self, tell: impl FnMut(&Progress) + Send + 'g) -> Wait<'g, V>
    where
        'f: 'g,
    {
        let shorter: Wait<'g, V> = self;
        shorter.plan(|plan| plan.on_progress = Some(Box::new(tell)))
    }

    /// Tells the platform to stop the job when the wait is dropped before its
    /// end. Where the platform cannot, the wait fails instead of promising it.
    pub fn cancel_on_drop(self) -> Self {
        self.plan(|plan| plan.cancel_on_drop = true)
    }

    /// Tells the platform to stop the job, in place of waiting for it; where the job lives on one node, that one.
    ///
    /// Fails where the platform cannot stop it, and for a wait that has begun.
    pub async fn cancel(self) -> Result<(), Error> {
        let State::Planned(plan) = self.state else {
            return Err(Error::new(ErrorKind::Request, "the wait has begun; resume it by its handle to stop the job"));
        };
        let refused = || Error::new(ErrorKind::Request, "the platform cannot stop this job");
        plan.job.cancel().ok_or_else(refused)?.await
    }

    /// The wait as a short text, to go on from another process.
    pub fn handle(&self) -> WaitHandle {
        self.handle.clone()
    }

    /// What happens, as a stream: [`Update::Progress`] after each look, at last
    /// [`Update::Done`] or an error.
    pub fn updates(self) -> Updates<'f, V> {
        match self.state {
            State::Planned(plan) => Updates::new(*plan),
            State::Running(updates) => updates,
            State::Over => Updates(futures::stream::empty().boxed()),
        }
    }

    /// What was asked for, of a wait that has not begun.
    pub(super) fn into_plan(self) -> Result<Plan<'f, V>, Box<Self>> {
        match self.state {
            State::Planned(plan) => Ok(*plan),
            state => Err(Box::new(Wait { state, ..self })),
        }
    }

    fn plan(mut self, change: impl FnOnce(&mut Plan<'f, V>)) -> Self {
        if let State::Planned(plan) = &mut self.state {
            change(plan);
        }
        self
    }
}

impl<V: Send + 'static> Future for Wait<'_, V> {
    type Output = Result<V, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled<Self::Output> {
        if matches!(self.state, State::Planned(_))
            && let State::Planned(plan) = std::mem::replace(&mut self.state, State::Over)
        {
            self.state = State::Running(Updates::new(*plan));
        }
        let State::Running(updates) = &mut self.state else {
            return Polled::Ready(Err(over()));
        };
        loop {
            let end = match ready!(updates.poll_next_unpin(cx)) {
                Some(Ok(Update::Progress(_))) => continue,
                Some(Ok(Update::Done(value))) => Ok(value),
                Some(Err(error)) => Err(error),
                None => Err(over()),
            };
            self.state = State::Over;
            return Polled::Ready(end);
        }
    }
}

fn over() -> Error {
    Error::new(ErrorKind::Request, "this wait has given its answer already")
}

/// What happens to a job, as a stream; see [`Wait::updates`].
#[must_use = "a stream does nothing until it is polled"]
pub struct Updates<'f, V>(BoxStream<'f, Result<Update<V>, Error>>);

impl<'f, V: Send + 'static> Updates<'f, V> {
    fn new(plan: Plan<'f, V>) -> Self {
        // The clock starts with the first poll, not with the call.
        let stream = futures::stream::once(async { Driver::new(plan) }).flat_map(|driver| {
            futures::stream::unfold(driver, |mut driver| async {
                let update = driver.next().await?;
                Some((update, driver))
            })
        });
        Updates(stream.boxed())
    }
}

impl<V> Stream for Updates<'_, V> {
    type Item = Result<Update<V>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

impl<V> fmt::Debug for Wait<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wait({})", self.handle)
    }
}

impl<V> fmt::Debug for Updates<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Updates")
    }
}
