//! Fetches the pages of a walk, one call at a time, some of them ahead.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;

use super::walk::{Kept, Marks, Walk};
use super::{Cursor, Page, Paginate, Position};
use crate::error::{Error, ErrorKind};
use crate::op::{Paging, PagingStyle};

type Fetched<T> = Result<(Page<T>, Marks), Error>;
type Fetch<T> = Arc<dyn Fn(&Cursor, Option<u64>) -> BoxFuture<'static, Fetched<T>> + Send + Sync>;

/// A page with what is needed to come back to its items.
pub(super) struct Arrived<T> {
    pub(super) page: Page<T>,
    /// Where its items stood in the page as it was sent.
    pub(super) kept: Vec<Kept>,
    pub(super) origin: Origin,
}

/// Where a page begins.
#[derive(Default)]
pub(super) struct Origin {
    from: Position,
    /// The number of its first item, where items are counted.
    offset: Option<u64>,
}

impl Origin {
    /// A page that was asked for like this.
    fn of(paging: Option<Paging>, cursor: Cursor, size: Option<u64>) -> Self {
        let (style, first) = paging.map_or((None, 0), |paging| (Some(paging.style), paging.first));
        let offset = match cursor {
            _ if style != Some(PagingStyle::Offset) => None,
            Cursor::Number(number) => Some(number),
            _ => Some(first),
        };
        // Offsets mean the same whatever the size; numbers of pages do not.
        let size = size.filter(|_| style == Some(PagingStyle::Page));
        Origin { from: Position { cursor, size, ..Position::default() }, offset }
    }

    /// The place after that item.
    pub(super) fn after(&self, kept: Kept) -> Position {
        let Some(offset) = self.offset else {
            return Position { taken: kept.place + 1, after: kept.id, ..self.from.clone() };
        };
        // A walk that knows the item begins with it, to see that nothing has moved.
        let taken = u64::from(kept.id.is_none());
        Position { cursor: Cursor::Number(offset + kept.place as u64 + taken), after: kept.id, ..Position::default() }
    }
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
        let from = Position { cursor: list.start().map_or(Cursor::Start, Cursor::Number), ..Position::default() };
        let size = list.size();
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
            walk: walk(paging, &from, size),
            from,
            taken: 0,
            size,
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
        if self.paging.is_some_and(|paging| !position.fits(paging.style)) {
            let detail = format!("the position \"{position}\" is of a list that names its pages in another way");
            self.failed = Some(Error::new(ErrorKind::Handle, detail));
        }
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
        self.walk = walk(self.paging, &self.from, self.size);
    }

    fn fail(&mut self, error: Error) {
        self.walk.end();
        self.failed = Some(error);
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
                    let origin = Origin::of(self.paging, cursor, size);
                    match self.walk.arrived(&mut page, marks, taken) {
                        // What holds nothing new is no page to the caller.
                        Ok(kept) if kept.is_empty() => {}
                        Ok(kept) => self.ready.push_back(Arrived { page, kept, origin }),
                        Err(error) => self.fail(error),
                    }
                }
                Err(error) => self.fail(error),
            }
        }
    }
}

/// The walk of a list without paging never begins; see `failed`.
fn walk(paging: Option<Paging>, from: &Position, size: Option<u64>) -> Walk {
    let none = Paging {
        style: PagingStyle::Link,
        first: 0,
        max: 0,
        sized: false,
        sorted: false,
        descending: false,
        ends: false,
    };
    Walk::new(paging.unwrap_or(none), from, size)
}
