//! Wait for a job: a future of its value, or a stream of how it goes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::stream::{BoxStream, Stream, StreamExt};

use super::poller::{Poller, WaitOptions, handle};
use super::{Pollable, Progress, Update, WaitHandle};
use crate::error::{Error, ErrorKind};

/// Wait until a job is done; a future of its value.
///
/// The job is polled once, within three quarters of a second a second time, then at growing intervals: 15 % of the
/// time that the wait has taken, at least three quarters of a second, at most ten minutes, and never sooner than the
/// `Retry-After` of the answer before. So the end of a job that takes five seconds or more is known within 15 % of
/// that time, and one hour takes at most 60 polls.
///
/// Words that the document does not know count as still running. What fails for passing reasons is borne nine times in
/// a row, with pauses of a second and doubling: the polls, and the fetch of the value after the last. A job that ends
/// badly is [`ErrorKind::Failed`] with the platform's reason; one that is gone (404, 410) is [`ErrorKind::NotFound`].
///
/// Dropping the wait leaves the job alone. Nothing happens before the first
/// poll.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'f, V> {
    handle: WaitHandle,
    state: WaitState<'f, V>,
}

enum WaitState<'f, V> {
    Ready(Box<dyn Pollable<Value = V>>, WaitOptions<'f>),
    Running(Updates<'f, V>),
    Over,
}

impl<'f, V: Send + 'static> Wait<'f, V> {
    #[doc(hidden)]
    pub fn new<P: Pollable<Value = V>>(job: P) -> Self {
        Wait { handle: handle(&job), state: WaitState::Ready(Box::new(job), WaitOptions::default()) }
    }

    /// Gives up after that time, with [`ErrorKind::Timeout`]; the job goes on. A last poll at the very end may take one
    /// second more. Where the server asks for no poll until then, the wait gives up at once. Default: never.
    pub fn timeout(self, time: Duration) -> Self {
        self.options(|options| options.timeout = Some(time))
    }

    /// Polls at fixed intervals instead of growing ones; a `Retry-After` still counts.
    pub fn every(self, interval: Duration) -> Self {
        self.options(|options| options.every = Some(interval))
    }

    /// Ends with the error when that many requests in a row have failed for passing reasons; one means the first.
    /// Default: ten.
    pub fn max_consecutive_failures(self, requests: u32) -> Self {
        self.options(|options| options.max_consecutive_failures = requests)
    }

    /// Tells how it goes after each poll that is not the last.
    pub fn on_progress<'g>(self, tell: impl FnMut(&Progress) + Send + 'g) -> Wait<'g, V>
    where
        'f: 'g,
    {
        let shorter: Wait<'g, V> = self;
        shorter.options(|options| options.on_progress = Some(Box::new(tell)))
    }

    /// Tells the platform to stop the job when the wait is dropped before its
    /// end. Where the platform cannot, the wait fails instead of promising it.
    pub fn cancel_on_drop(self) -> Self {
        self.options(|options| options.cancel_on_drop = true)
    }

    /// Tells the platform to stop the job, in place of waiting for it; where the job lives on one node, that one.
    ///
    /// Fails where the platform cannot stop it, and for a wait that has begun.
    pub async fn cancel(self) -> Result<(), Error> {
        let WaitState::Ready(job, _) = self.state else {
            return Err(Error::new(ErrorKind::Request, "the wait has begun; resume it by its handle to stop the job"));
        };
        let refused = || Error::new(ErrorKind::Request, "the platform cannot stop this job");
        job.cancel().ok_or_else(refused)?.await
    }

    /// The wait as a short text, to go on from another process.
    pub fn handle(&self) -> WaitHandle {
        self.handle.clone()
    }

    /// What happens, as a stream: [`Update::Progress`] after each poll, at last
    /// [`Update::Done`] or an error.
    pub fn updates(self) -> Updates<'f, V> {
        match self.state {
            WaitState::Ready(job, options) => Updates::new(job, options),
            WaitState::Running(updates) => updates,
            WaitState::Over => Updates(futures::stream::empty().boxed()),
        }
    }

    /// The poller of a wait that has not begun.
    pub(super) fn into_poller(self) -> Result<Poller<'f, V>, Box<Self>> {
        match self.state {
            WaitState::Ready(job, options) => Ok(Poller::new(job, options)),
            state => Err(Box::new(Wait { state, ..self })),
        }
    }

    fn options(mut self, change: impl FnOnce(&mut WaitOptions<'f>)) -> Self {
        if let WaitState::Ready(_, options) = &mut self.state {
            change(options);
        }
        self
    }
}

impl<V: Send + 'static> Future for Wait<'_, V> {
    type Output = Result<V, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if matches!(self.state, WaitState::Ready(..))
            && let WaitState::Ready(job, options) = std::mem::replace(&mut self.state, WaitState::Over)
        {
            self.state = WaitState::Running(Updates::new(job, options));
        }
        let WaitState::Running(updates) = &mut self.state else {
            return Poll::Ready(Err(over()));
        };
        loop {
            let end = match ready!(updates.poll_next_unpin(cx)) {
                Some(Ok(Update::Progress(_))) => continue,
                Some(Ok(Update::Done(value))) => Ok(value),
                Some(Err(error)) => Err(error),
                None => Err(over()),
            };
            self.state = WaitState::Over;
            return Poll::Ready(end);
        }
    }
}

fn over() -> Error {
    Error::new(ErrorKind::Request, "this wait has given its answer already")
}

/// Stream of what happens to a job; see [`Wait::updates`].
#[must_use = "a stream does nothing until it is polled"]
pub struct Updates<'f, V>(BoxStream<'f, Result<Update<V>, Error>>);

impl<'f, V: Send + 'static> Updates<'f, V> {
    fn new(job: Box<dyn Pollable<Value = V>>, options: WaitOptions<'f>) -> Self {
        // The clock starts with the first poll, not with the call.
        let stream = futures::stream::once(async { Poller::new(job, options) }).flat_map(|poller| {
            futures::stream::unfold(poller, |mut poller| async {
                let update = poller.next().await?;
                Some((update, poller))
            })
        });
        Updates(stream.boxed())
    }
}

impl<V> Stream for Updates<'_, V> {
    type Item = Result<Update<V>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
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
