//! A list as a stream of items.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::stream::Stream;

use super::fetch::Fetcher;
use super::{Cursor, Paginate, Position};
use crate::error::Error;

/// A list, item after item.
///
/// Pages are fetched when they are needed, so at most two are in memory: the
/// one that is given out, and the one that arrives. After an error the stream
/// ends; [`position`](Self::position) says where to go on.
///
/// Lists that name their pages by texts, and lists that only grow at their end,
/// give each item exactly once. A list that is cut by offsets moves when items
/// appear or go before the place where it is read, as a filtered one does when
/// its items change: items that come twice are given out once, and
/// [`shifted`](Self::shifted) tells.
#[must_use = "a stream does nothing until it is polled"]
pub struct Items<T> {
    fetcher: Fetcher<T>,
    /// Items of the present page with their places in it.
    buffer: VecDeque<(usize, T)>,
    cursor: Cursor,
    /// Items of that page that are gone.
    taken: usize,
    left: Option<usize>,
}

impl<T: Send + 'static> Items<T> {
    #[doc(hidden)]
    pub fn new<P: Paginate<Item = T>>(list: P) -> Self
    where
        T: serde::Serialize,
    {
        Items { fetcher: Fetcher::new(list), buffer: VecDeque::new(), cursor: Cursor::Start, taken: 0, left: None }
    }

    /// Ends after that many items, without fetching more pages than they need.
    pub fn limit(mut self, items: usize) -> Self {
        self.left = Some(items);
        self
    }

    /// Asks for pages of that size, at most the document's maximum. Default:
    /// what the call itself says, else the server's.
    pub fn page_size(mut self, size: u64) -> Self {
        self.fetcher.size(size);
        self
    }

    /// Begins at that place, such as the [`position`](Self::position) of a
    /// stream that was given up.
    pub fn resume(mut self, position: Position) -> Self {
        self.cursor = position.cursor.clone();
        self.taken = position.taken;
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
        Position { cursor: self.cursor.clone(), taken: self.taken }
    }

    /// Whether the list changed while it was read: its total did, or items came
    /// twice (they are given out once). Items may then have been missed.
    pub fn shifted(&self) -> bool {
        self.fetcher.shifted()
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        if self.left == Some(0) {
            return Poll::Ready(None);
        }
        loop {
            if let Some((place, item)) = self.buffer.pop_front() {
                self.taken = place + 1;
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
                    (self.cursor, self.taken) = (arrived.cursor, 0);
                    self.buffer = arrived.places.into_iter().zip(arrived.page.items).collect();
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
        f.debug_struct("Items").field("taken", &self.taken).finish_non_exhaustive()
    }
}
