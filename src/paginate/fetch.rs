//! Fetches the pages of a walk, one call at a time, some of them ahead.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;

use super::walk::{Marks, Walk};
use super::{Cursor, Page, Paginate, Position};
use crate::error::{Error, ErrorKind};
use crate::op::{Paging, PagingStyle};

type Fetched<T> = Result<(Page<T>, Marks), Error>;
type Fetch<T> = Arc<dyn Fn(&Cursor, Option<u64>) -> BoxFuture<'static, Fetched<T>> + Send + Sync>;

/// A page with what is needed to come back to its items.
pub(super) struct Arrived<T> {
    pub(super) page: Page<T>,
    pub(super) cursor: Cursor,
    /// The places that the items had in the page as it was sent.
    pub(super) places: Vec<usize>,
}

/// The pages of a list, in order.
pub(super) struct Fetcher<T> {
    fetch: Fetch<T>,
    paging: Option<Paging>,
    walk: Walk,
    from: Position,
    /// Items of the first page that an earlier walk has taken.
    taken: usize,
    size: Option<u64>,
    ahead: usize,
    ready: VecDeque<Arrived<T>>,
    pending: Option<BoxFuture<'static, Fetched<T>>>,
    failed: Option<Error>,
}

impl<T: Send + 'static> Fetcher<T> {
    pub(super) fn new<P: Paginate<Item = T>>(list: P) -> Self
    where
        T: Serialize,
    {
        let paging = list.op().paging;
        let from = Position { cursor: list.start().map_or(Cursor::Start, Cursor::Number), taken: 0 };
        let fetch = move |cursor: &Cursor, size| {
            let call = list.clone().at(cursor, size);
            async move {
                let page = call.page().await?;
                let marks = Marks::of(&page.items, P::id);
                Ok((page, marks))
            }
            .boxed()
        };
        let failed = paging
            .is_none()
            .then(|| Error::new(ErrorKind::Request, "the document does not say how this list is cut into pages"));
        Fetcher {
            fetch: Arc::new(fetch),
            paging,
            walk: walk(paging, from.cursor.clone(), None),
            from,
            taken: 0,
            size: None,
            ahead: 0,
            ready: VecDeque::new(),
            pending: None,
            failed,
        }
    }

    pub(super) fn size(&mut self, size: u64) {
        self.size = Some(size);
        self.restart();
    }

    pub(super) fn resume(&mut self, position: Position) {
        self.taken = position.taken;
        self.from = position;
        self.restart();
    }

    pub(super) fn ahead(&mut self, pages: usize) {
        self.ahead = pages;
    }

    pub(super) fn shifted(&self) -> bool {
        self.walk.shifted()
    }

    fn restart(&mut self) {
        self.walk = walk(self.paging, self.from.cursor.clone(), self.size);
    }

    /// Moves fetching along without taking a page.
    pub(super) fn poll_ahead(&mut self, cx: &mut Context<'_>) {
        self.advance(self.ahead, cx);
    }

    /// The next page. After an error the walk is over.
    pub(super) fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Arrived<T>, Error>>> {
        if self.ready.is_empty() {
            self.advance(1, cx);
        }
        if let Some(arrived) = self.ready.pop_front() {
            self.advance(self.ahead, cx);
            return Poll::Ready(Some(Ok(arrived)));
        }
        if let Some(error) = self.failed.take() {
            self.walk.end();
            return Poll::Ready(Some(Err(error)));
        }
        match self.pending {
            Some(_) => Poll::Pending,
            None => Poll::Ready(None),
        }
    }

    /// Fetches until that many pages are ready, or nothing can be done now.
    fn advance(&mut self, pages: usize, cx: &mut Context<'_>) {
        while self.ready.len() < pages && self.failed.is_none() {
            let Some(cursor) = self.walk.cursor().cloned() else {
                return;
            };
            let (fetch, size) = (&self.fetch, self.walk.size());
            let pending = self.pending.get_or_insert_with(|| fetch(&cursor, size));
            let Poll::Ready(fetched) = pending.poll_unpin(cx) else {
                return;
            };
            self.pending = None;
            match fetched {
                Ok((mut page, marks)) => {
                    let taken = std::mem::take(&mut self.taken);
                    let places = self.walk.arrived(&mut page, marks, taken);
                    // What holds nothing new is no page to the caller.
                    if !page.items.is_empty() {
                        self.ready.push_back(Arrived { page, cursor, places });
                    }
                }
                Err(error) => {
                    self.walk.end();
                    self.failed = Some(error);
                }
            }
        }
    }
}

/// The walk of a list without paging never begins; see `failed`.
fn walk(paging: Option<Paging>, from: Cursor, size: Option<u64>) -> Walk {
    let none = Paging { style: PagingStyle::Link, first: 0, max: 0 };
    Walk::new(paging.unwrap_or(none), from, size)
}
