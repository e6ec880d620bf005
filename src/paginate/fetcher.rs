//! Page fetcher: makes the calls of a walk, one at a time, some pages ahead.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;

use super::cursor_pager::CursorPager;
use super::offset_pager::OffsetPager;
use super::pager::{ItemRef, PageFingerprint, Pager};
use super::{Cursor, Page, Paginate, Position};
use crate::error::{Error, ErrorKind};
use crate::op::{Paging, PagingStyle};

type Fetched<T> = Result<(Page<T>, PageFingerprint), Error>;
type Fetch<T> = Arc<dyn Fn(&Cursor, Option<u64>) -> BoxFuture<'static, Fetched<T>> + Send + Sync>;

/// Fetched page, with what is needed to come back to its items.
pub(super) struct FetchedPage<T> {
    pub(super) page: Page<T>,
    /// Where its items stood in the page as it was sent.
    pub(super) kept: Vec<ItemRef>,
    pub(super) origin: PageOrigin,
}

/// Origin of a page: where it begins.
#[derive(Default)]
pub(super) struct PageOrigin {
    from: Position,
    /// The number of its first item, where items are counted.
    offset: Option<u64>,
}

impl PageOrigin {
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
        PageOrigin { from: Position { cursor, size, ..Position::default() }, offset }
    }

    /// The place after that item.
    pub(super) fn after(&self, kept: ItemRef) -> Position {
        let Some(offset) = self.offset else {
            return Position { taken: kept.place.saturating_add(1), after: kept.id, ..self.from.clone() };
        };
        // A walk that knows the item begins with it, to see that nothing has moved.
        let taken = u64::from(kept.id.is_none());
        let number = offset.saturating_add(kept.place as u64).saturating_add(taken);
        Position { cursor: Cursor::Number(number), after: kept.id, ..Position::default() }
    }
}

/// Page fetcher of a list: its pages in order.
pub(super) struct PageFetcher<T> {
    fetch: Fetch<T>,
    paging: Option<Paging>,
    /// None for a list without paging; see `failed`.
    pager: Option<Box<dyn Pager>>,
    from: Position,
    /// Items of the first page that an earlier walk has taken.
    taken: usize,
    size: Option<u64>,
    ahead: usize,
    ready: VecDeque<FetchedPage<T>>,
    pending: Option<BoxFuture<'static, Fetched<T>>>,
    failed: Option<Error>,
}

impl<T: Send + 'static> PageFetcher<T> {
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
                let fingerprint = PageFingerprint::of(&page, |item| call.id(item));
                Ok((page, fingerprint))
            }
            .boxed()
        };
        let failed = paging
            .is_none()
            .then(|| Error::new(ErrorKind::Request, "the document does not say how this list is cut into pages"));
        PageFetcher {
            fetch: Arc::new(fetch),
            paging,
            pager: pager(paging, &from, size),
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
        self.pager.as_ref().is_some_and(|pager| pager.shifted())
    }

    /// Why the walk may not have read the whole list.
    pub(super) fn doubt(&self) -> Option<String> {
        self.pager.as_ref()?.doubt()
    }

    fn restart(&mut self) {
        self.pager = pager(self.paging, &self.from, self.size);
    }

    fn fail(&mut self, error: Error) {
        self.end();
        self.failed = Some(error);
    }

    fn end(&mut self) {
        if let Some(pager) = &mut self.pager {
            pager.end();
        }
    }

    /// Moves fetching along without taking a page.
    pub(super) fn poll_ahead(&mut self, cx: &mut Context<'_>) {
        self.advance(self.ahead, cx);
    }

    /// The next page. After an error the walk is over.
    pub(super) fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<FetchedPage<T>, Error>>> {
        if self.ready.is_empty() {
            self.advance(1, cx);
        }
        if let Some(arrived) = self.ready.pop_front() {
            self.advance(self.ahead, cx);
            return Poll::Ready(Some(Ok(arrived)));
        }
        if let Some(error) = self.failed.take() {
            self.end();
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
            let Some(pager) = &mut self.pager else { return };
            let Some((cursor, size)) = pager.due().map(|(cursor, size)| (cursor.clone(), size)) else { return };
            let fetch = &self.fetch;
            let pending = self.pending.get_or_insert_with(|| fetch(&cursor, size));
            let Poll::Ready(fetched) = pending.poll_unpin(cx) else { return };
            self.pending = None;
            let taken = std::mem::take(&mut self.taken);
            let checks = pager.checks();
            let arrived = fetched.and_then(|(page, seen)| Ok((page, pager.arrived(&seen, taken)?)));
            match arrived {
                // What holds nothing new is no page to the caller.
                Ok((_, kept)) if kept.is_empty() => {}
                Ok((mut page, kept)) => {
                    let mut places = kept.iter().map(|item| item.place).peekable();
                    let mut place = 0..;
                    page.items.retain(|_| places.next_if_eq(&place.next().unwrap_or_default()).is_some());
                    let origin = PageOrigin::of(self.paging, cursor, size);
                    self.ready.push_back(FetchedPage { page, kept, origin });
                }
                // Some servers refuse a page behind the last one.
                Err(error) if checks && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Invalid) => self.end(),
                Err(error) => self.fail(error),
            }
        }
    }
}

/// Pager of a list, from that position, by pages of that size.
fn pager(paging: Option<Paging>, from: &Position, size: Option<u64>) -> Option<Box<dyn Pager>> {
    let paging = paging?;
    let size = size.map(|size| match paging.max {
        0 => size.max(1),
        max => size.clamp(1, max),
    });
    Some(match paging.style {
        PagingStyle::Token | PagingStyle::Link => Box::new(CursorPager::new(paging, from, size)),
        PagingStyle::Offset | PagingStyle::Page => Box::new(OffsetPager::new(paging, from, size)),
    })
}
