//! Page stream of a list.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::stream::Stream;

use super::fetcher::PageFetcher;
use super::{Page, Paginate, Position};
use crate::error::Error;

/// Page stream of a list; see [`Items`](super::Items) for the items.
///
/// Each page is one call with all the care of the client's options. Pages that
/// hold nothing new are left out. After an error the stream ends;
/// [`position`](Self::position) says where to go on.
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<T> {
    fetcher: PageFetcher<T>,
    position: Position,
}

impl<T: Send + 'static> Pages<T> {
    #[doc(hidden)]
    pub fn new<P: Paginate<Item = T>>(list: P) -> Self
    where
        T: serde::Serialize,
    {
        Pages { fetcher: PageFetcher::new(list), position: Position::default() }
    }

    /// Asks for pages of that size, at most the document's maximum. Default:
    /// what the call itself says, else the server's.
    pub fn page_size(mut self, size: u64) -> Self {
        self.fetcher.size(size);
        self
    }

    /// Begins at that place.
    pub fn resume(mut self, position: Position) -> Self {
        self.position = position.clone();
        self.fetcher.resume(position);
        self
    }

    /// Fetches up to that many pages ahead, one call at a time, whenever the
    /// stream is polled. Default: none. Each page ahead is kept in memory.
    pub fn read_ahead(mut self, pages: usize) -> Self {
        self.fetcher.ahead(pages);
        self
    }

    /// The place after the last page that was given out.
    pub fn position(&self) -> Position {
        self.position.clone()
    }

    /// Whether the list changed while it was read: its total did, items came twice (they are given out once), or a page
    /// did not follow on. Items may then have been missed, unless the list is sorted.
    pub fn shifted(&self) -> bool {
        self.fetcher.shifted()
    }

    /// Why a walk that has ended may not have read the whole list, in one line: the server says that it has more or fewer
    /// items than came, or gives pages that were read before.
    pub fn warning(&self) -> Option<String> {
        self.fetcher.doubt()
    }
}

impl<T: Send + 'static> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match ready!(self.fetcher.poll_page(cx)) {
            None => None,
            Some(Err(error)) => Some(Err(error)),
            Some(Ok(arrived)) => {
                if let Some(last) = arrived.kept.into_iter().last() {
                    self.position = arrived.origin.after(last);
                }
                Some(Ok(arrived.page))
            }
        })
    }
}

/// Nothing in it is pinned: what is polled is boxed.
impl<T> Unpin for Pages<T> {}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}
