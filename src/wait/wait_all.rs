//! Joint wait for many jobs.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::FutureExt;
use futures::stream::{self, BoxStream, SelectAll, Stream, StreamExt};

use super::Wait;
use super::job_group::JobGroup;
use crate::error::{Error, ErrorKind};

/// Joint wait for many jobs; a future of their ends, in the order of the waits.
///
/// Where the platform has a list that tells how its jobs are, one reading of it takes the place of a poll of each, and
/// only jobs that have ended or are not in it are polled themselves. A list that takes more requests than polls of
/// each job would is given up, and so is one that fails for good. Elsewhere each job is polled when it is due, six
/// at once.
///
/// What each wait was told stays its own: limit, patience, progress, whether to stop the job when it is dropped. As a
/// stream it gives each end with the number of its wait, as they come.
pub fn wait_all<'f, V: Send + 'static>(waits: impl IntoIterator<Item = Wait<'f, V>>) -> WaitAll<'f, V> {
    let mut groups: Vec<JobGroup<'f, V>> = Vec::new();
    let mut ends = SelectAll::new();
    for (index, wait) in waits.into_iter().enumerate() {
        match wait.into_poller() {
            Ok(poller) => JobGroup::join(&mut groups, index, poller),
            Err(begun) => ends.push(begun.map(move |end| (index, end)).into_stream().boxed()),
        }
    }
    let open = ends.len() + groups.iter().map(JobGroup::len).sum::<usize>();
    for group in groups {
        let group = stream::unfold(group, |mut group| async { group.next().await.map(|end| (end, group)) });
        ends.push(group.boxed());
    }
    WaitAll { ends, given: (0..open).map(|_| None).collect() }
}

/// Joint wait; see [`wait_all`].
#[must_use = "a wait does nothing until it is awaited"]
pub struct WaitAll<'f, V> {
    ends: SelectAll<BoxStream<'f, (usize, Result<V, Error>)>>,
    given: Vec<Option<Result<V, Error>>>,
}

impl<V> Stream for WaitAll<'_, V> {
    type Item = (usize, Result<V, Error>);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.ends.poll_next_unpin(cx)
    }
}

impl<V> Future for WaitAll<'_, V> {
    type Output = Vec<Result<V, Error>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        while let Some((index, end)) = ready!(self.ends.poll_next_unpin(cx)) {
            if let Some(given) = self.given.get_mut(index) {
                *given = Some(end);
            }
        }
        let over = || Err(Error::new(ErrorKind::Request, "the end of this wait has been given already"));
        Poll::Ready(std::mem::take(&mut self.given).into_iter().map(|end| end.unwrap_or_else(over)).collect())
    }
}

/// Nothing in it is pinned: the streams are boxed.
impl<V> Unpin for WaitAll<'_, V> {}

impl<V> fmt::Debug for WaitAll<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WaitAll({})", self.given.len())
    }
}
