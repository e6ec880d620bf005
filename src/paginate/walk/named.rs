//! Walks by texts that each page gives for the next.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::circle::Circle;
use super::order::Order;
use super::{Kept, Marks};
use crate::error::{Error, ErrorKind};
use crate::op::{Paging, PagingStyle};
use crate::paginate::{Cursor, Page, Position};

/// Empty pages in a row that are borne: a server that filters what it has cut into pages may send many.
const EMPTY_PAGES: u32 = 1000;

pub(in crate::paginate) struct Named {
    style: PagingStyle,
    /// The document says that ids stand in order.
    sorted: bool,
    order: Order,
    size: Option<u64>,
    cursor: Option<Cursor>,
    /// The last item that an earlier walk has taken; by it more is known than by their number.
    after: Option<String>,
    asked: Circle,
    /// Of the last page that held anything.
    last: Option<u64>,
    empty: u32,
}

impl Named {
    pub(super) fn new(paging: Paging, from: &Position, size: Option<u64>) -> Self {
        Named {
            style: paging.style,
            sorted: paging.sorted,
            order: Order::of(&paging),
            size,
            cursor: Some(from.cursor.clone()),
            after: from.after.clone().filter(|_| paging.sorted),
            asked: Circle::default(),
            last: None,
            empty: 0,
        }
    }

    pub(super) fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    pub(super) fn end(&mut self) {
        self.cursor = None;
    }

    pub(super) fn arrived<T>(&mut self, page: &mut Page<T>, marks: &Marks, taken: usize) -> Result<Vec<Kept>, Error> {
        if let Some(cursor) = self.cursor.take() {
            self.asked.asked(print(&cursor));
        }
        let next = page.next.clone().filter(|next| !next.is_empty()).map(|next| match self.style {
            PagingStyle::Link => Cursor::Link(next),
            _ => Cursor::Token(next),
        });
        let leads_back = next.as_ref().is_some_and(|next| self.asked.knows(print(next)));
        let next = next.filter(|_| !leads_back);
        if page.items.is_empty() {
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
        if self.last == Some(marks.print) && (marks.told_apart() || leads_back) {
            page.items.clear();
            return Ok(Vec::new());
        }
        self.last = Some(marks.print);
        self.cursor = next;
        let mut kept = Vec::with_capacity(page.items.len());
        let mut marked = marks.ids.iter().enumerate();
        page.items.retain(|_| {
            let Some((place, id)) = marked.next() else { return false };
            let fresh = match (&self.after, id) {
                (Some(last), Some(id)) => self.order.after(id, last),
                _ => place >= taken,
            };
            if fresh {
                kept.push(Kept { place, id: id.clone().filter(|_| self.sorted) });
            }
            fresh
        });
        Ok(kept)
    }
}

fn print(value: &Cursor) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
