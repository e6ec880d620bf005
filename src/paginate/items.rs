//! Item stream of a list: item after item, page after page.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::stream::Stream;

use super::fetcher::{PageFetcher, PageOrigin};
use super::pager::ItemRef;
use super::{Paginate, Position};
use crate::error::Error;

/// Item stream of a list.
///
/// Pages are fetched when they are needed, so at most two are in memory: the one that is given out, and the one that
/// arrives. After an error the stream ends; [`position`](Self::position) says where to go on.
///
/// Others may add and take away while a list is read. Where pages are named by texts, and where the document says that
/// the list is sorted by its ids, each item that stays is given exactly once all the same. Other lists are cut by
/// numbers, and items move from page to page: those that come twice are given out once, and
/// [`shifted`](Self::shifted) tells. Where items are counted and have ids it tells of every move, since each page begins
/// with the last item of the one before.
///
/// Servers are not trusted to keep to sizes, totals and positions. A page that comes again ends the walk.
#[must_use = "a stream does nothing until it is polled"]
pub struct Items<T> {
    fetcher: PageFetcher<T>,
    /// Items of the present page with their places in it.
    buffer: VecDeque<(ItemRef, T)>,
    /// Where that page begins.
    origin: PageOrigin,
    /// After the last item that was given out.
    position: Position,
    left: Option<usize>,
}

impl<T: Send + 'static> Items<T> {
    #[doc(hidden)]
    pub fn new<P: Paginate<Item = T>>(list: P) -> Self
    where
        T: serde::Serialize,
    {
        Items {
            fetcher: PageFetcher::new(list),
            buffer: VecDeque::new(),
            origin: PageOrigin::default(),
            position: Position::default(),
            left: None,
        }
    }

    /// Ends after that many items, without fetching more pages than they need.
    pub fn limit(mut self, items: usize) -> Self {
        self.left = Some(items);
        self
    }

    /// Asks for pages of that size, at most the document's maximum. Default:
    /// what the call itself says, else the document's default, else the
    /// server's.
    pub fn page_size(mut self, size: u64) -> Self {
        self.fetcher.size(size);
        self
    }

    /// Begins at that place, such as the [`position`](Self::position) of a
    /// stream that was given up.
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

    /// The place after the last item that was given out.
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

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        if self.left == Some(0) {
            return Poll::Ready(None);
        }
        loop {
            if let Some((kept, item)) = self.buffer.pop_front() {
                self.position = self.origin.after(kept);
                self.left = self.left.map(|left| left - 1);
                let needed = self.left.is_none_or(|left| left > self.buffer.len());
                if needed {
                    self.fetcher.poll_ahead(cx);
                }
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.fetcher.poll_page(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(arrived)) => {
                    self.origin = arrived.origin;
                    self.buffer = arrived.kept.into_iter().zip(arrived.page.items).collect();
                }
            }
        }
    }
}

impl<T: Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(cx)
    }
}

/// Nothing in it is pinned: what is polled is boxed.
impl<T> Unpin for Items<T> {}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("position", &self.position.to_string()).finish_non_exhaustive()
    }
}
