//! Cursor pagination: a walk by the tokens or links that each page gives for the next.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::cycle_detector::CycleDetector;
use super::pager::{IdOrder, ItemRef, PageFingerprint, Pager};
use super::{Cursor, Position};
use crate::error::{Error, ErrorKind};
use crate::op::{Paging, PagingStyle};

/// Empty pages in a row that are borne: a server that filters what it has cut into pages may send many.
const EMPTY_PAGES: u32 = 1000;

/// Pager of a list whose pages are named by texts.
pub(super) struct CursorPager {
    style: PagingStyle,
    /// The document says that ids stand in order.
    sorted: bool,
    order: IdOrder,
    size: Option<u64>,
    cursor: Option<Cursor>,
    /// The last item that an earlier walk has taken; by it more is known than by their number.
    after: Option<String>,
    asked: CycleDetector,
    /// Of the last page that held anything.
    last: Option<u64>,
    empty: u32,
    /// A page named one for the next that was read before.
    leads_back: bool,
}

impl CursorPager {
    pub(super) fn new(paging: Paging, from: &Position, size: Option<u64>) -> Self {
        CursorPager {
            style: paging.style,
            sorted: paging.sorted,
            order: IdOrder::of(&paging),
            size,
            cursor: Some(from.cursor.clone()),
            after: from.after.clone().filter(|_| paging.sorted),
            asked: CycleDetector::default(),
            last: None,
            empty: 0,
            leads_back: false,
        }
    }
}

impl Pager for CursorPager {
    fn due(&self) -> Option<(&Cursor, Option<u64>)> {
        Some((self.cursor.as_ref()?, self.size))
    }

    fn end(&mut self) {
        self.cursor = None;
    }

    fn doubt(&self) -> Option<String> {
        self.leads_back
            .then(|| "the list leads back to a page that was read before, and the walk ends there".to_owned())
    }

    fn arrived(&mut self, page: &PageFingerprint, taken: usize) -> Result<Vec<ItemRef>, Error> {
        if let Some(cursor) = self.cursor.take() {
            self.asked.asked(hash(&cursor));
        }
        let next = page.next.clone().filter(|next| !next.is_empty()).map(|next| match self.style {
            PagingStyle::Link => Cursor::Link(next),
            _ => Cursor::Token(next),
        });
        let leads_back = next.as_ref().is_some_and(|next| self.asked.knows(hash(next)));
        self.leads_back |= leads_back;
        let next = next.filter(|_| !leads_back);
        if page.ids.is_empty() {
            self.empty += 1;
            if self.empty >= EMPTY_PAGES && next.is_some() {
                let detail = format!("the list goes on with empty pages: {EMPTY_PAGES} in a row");
                return Err(Error::new(ErrorKind::Decode, detail));
            }
            self.cursor = next;
            return Ok(Vec::new());
        }
        self.empty = 0;
        // Pages may be alike and yet be two, unless their items have ids; without, it is the same page where it also
        // leads to what was asked for before.
        if self.last == Some(page.hash) && (page.ids.iter().all(Option::is_some) || leads_back) {
            return Ok(Vec::new());
        }
        self.last = Some(page.hash);
        self.cursor = next;
        let fresh = |(place, id): &(usize, &Option<String>)| match (&self.after, id) {
            (Some(last), Some(id)) => self.order.after(id, last),
            _ => *place >= taken,
        };
        let fresh = page.ids.iter().enumerate().filter(fresh);
        Ok(fresh.map(|(place, id)| ItemRef { place, id: id.clone().filter(|_| self.sorted) }).collect())
    }
}

fn hash(value: &Cursor) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
