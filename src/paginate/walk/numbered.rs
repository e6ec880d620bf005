//! Walks by numbers: of items to leave out, or of pages. The list may change between two requests, so each page
//! overlaps the one before it by an item, where items have ids: what stands in its place shows whether it has.

use std::collections::HashSet;

use super::order::Order;
use super::{Kept, Marks, window};
use crate::op::{Paging, PagingStyle};
use crate::paginate::{Cursor, Page, Position};

/// Empty pages in the middle of a list that are passed over. The only sign that they are not its end is its total,
/// and totals are wrong more often than pages are empty.
const EMPTY_PAGES: u32 = 2;
/// How often a page that overlaps may be the one before it once more: items that appeared at the front may have moved
/// the list by just as much as the walk went on. That this happens again and again is left to sorted lists, which
/// promise that nothing is lost.
const REPEATS: u32 = 1;
/// The same for sorted lists.
const SORTED_REPEATS: u32 = 16;
/// How often a sorted list is searched further back without anything new coming of it. Each time it is twice as far, so
/// a list of any length is searched to its start by then; a server for which numbers mean something else is not
/// searched for ever.
const STRAYS: u32 = 32;

/// A request that is due.
#[derive(Clone)]
struct Ask {
    cursor: Cursor,
    size: Option<u64>,
    /// How many items of the list come before the page; unknown where a walk begins at a page of unknown size.
    start: Option<u64>,
    /// The place in it of the last item read, where it overlaps what came before.
    overlap: Option<u64>,
}

/// What one page looked like, as far as later pages are compared with it.
#[derive(Default)]
struct Seen {
    ids: HashSet<String>,
    print: Option<u64>,
}

pub(in crate::paginate) struct Numbered {
    paging: Paging,
    /// What the caller wants.
    size: Option<u64>,
    due: Option<Ask>,
    total: Option<u64>,
    total_lies: bool,
    /// The walk began at the first item, so that it can count what it has read.
    from_start: bool,
    shifted: bool,
    last: [Seen; 2],
    /// The id of the last item read; in a sorted list the furthest.
    edge: Option<String>,
    /// The document says that ids stand in order, and so far they do.
    sorted: bool,
    order: Order,
    /// The largest page so far.
    largest: u64,
    /// The largest size that the server has kept to.
    kept_size: u64,
    /// The server has sent more than it was asked for: sizes mean nothing to it.
    ignores_size: bool,
    empty: u32,
    repeats: u32,
    /// How far back the walk looks for items that have moved to before it.
    back: u64,
    /// How often it has looked there since it found anything new.
    strays: u32,
}

impl Numbered {
    pub(super) fn new(paging: Paging, from: &Position, size: Option<u64>) -> Self {
        let by_pages = paging.style == PagingStyle::Page;
        let first_size = if by_pages { from.size.or(size) } else { size };
        let start = match from.cursor {
            Cursor::Number(number) if by_pages => {
                let pages = number.saturating_sub(paging.first);
                if pages == 0 { Some(0) } else { first_size.map(|size| pages.saturating_mul(size)) }
            }
            Cursor::Number(number) => Some(number.saturating_sub(paging.first)),
            _ => Some(0),
        };
        let cursor = match &from.cursor {
            Cursor::Number(number) => Cursor::Number(*number),
            _ => Cursor::Start,
        };
        Numbered {
            paging,
            size,
            due: Some(Ask { cursor, size: first_size, start, overlap: None }),
            total: None,
            total_lies: false,
            from_start: start == Some(0),
            shifted: false,
            last: Default::default(),
            edge: from.after.clone().filter(|_| paging.sorted),
            sorted: paging.sorted,
            order: Order::of(&paging),
            largest: 0,
            kept_size: 0,
            ignores_size: false,
            empty: 0,
            repeats: 0,
            back: 0,
            strays: 0,
        }
    }

    pub(super) fn cursor(&self) -> Option<&Cursor> {
        self.due.as_ref().map(|ask| &ask.cursor)
    }

    pub(super) fn size(&self) -> Option<u64> {
        self.due.as_ref().and_then(|ask| ask.size)
    }

    pub(super) fn shifted(&self) -> bool {
        self.shifted
    }

    pub(super) fn end(&mut self) {
        self.due = None;
    }

    pub(super) fn arrived<T>(&mut self, page: &mut Page<T>, marks: &Marks, taken: usize) -> Vec<Kept> {
        let Some(ask) = self.due.take() else {
            page.items.clear();
            return Vec::new();
        };
        let count = page.items.len() as u64;
        self.watch(page, &ask, count);
        self.sorted &= self.order.holds(&marks.ids);
        if self.is_again(&ask, marks, count) || self.goes_back(&ask, marks) {
            page.items.clear();
            return Vec::new();
        }
        self.shifted |= ask.overlap.is_some_and(|place| marks.at(place) != self.edge.as_deref());
        let kept = self.keep_fresh(page, marks, &ask, taken);
        if let Some(last) = marks.last() {
            let behind = self.sorted && self.edge.as_deref().is_some_and(|edge| !self.order.after(last, edge));
            self.edge = if behind { self.edge.take() } else { Some(last.to_owned()) };
        } else if count > 0 {
            self.edge = None;
        }
        self.due = self.next(page, &ask, count, kept.is_empty());
        kept
    }

    /// Learns what the page tells about the server.
    fn watch<T>(&mut self, page: &Page<T>, ask: &Ask, count: u64) {
        self.shifted |= self.total.is_some() && page.total.is_some() && self.total != page.total;
        self.total = page.total.or(self.total);
        self.largest = self.largest.max(count);
        match ask.size {
            Some(size) if count == size => self.kept_size = self.kept_size.max(size),
            Some(size) => self.ignores_size |= count > size,
            None => {
                // A page that the server has cut by its own measure and that is not the last.
                let more = self.total.zip(ask.start).is_some_and(|(total, start)| start + count < total);
                if more || self.paging.ends && page.next.is_some() {
                    self.kept_size = self.kept_size.max(count);
                }
            }
        }
    }

    /// Whether the server gives the same page, whatever it is asked for.
    fn is_again(&mut self, ask: &Ask, marks: &Marks, count: u64) -> bool {
        let overlap_alone = ask.overlap.is_some() && count == 1;
        if count == 0 || overlap_alone || self.last[1].print != Some(marks.print) {
            self.repeats = 0;
            return false;
        }
        self.shifted = true;
        self.repeats += 1;
        ask.overlap.is_none() || self.repeats > if self.sorted { SORTED_REPEATS } else { REPEATS }
    }

    /// In a sorted list, a page without anything that was read before it does not follow on: items have gone, and
    /// others have moved to before the page. They are looked for further and further back.
    fn goes_back(&mut self, ask: &Ask, marks: &Marks) -> bool {
        let (true, Some(edge), Some(start)) = (self.sorted, self.edge.as_deref(), ask.start) else {
            return false;
        };
        let follows = marks.first().is_some_and(|first| !self.order.after(first, edge));
        let unit = if self.kept_size > 0 { self.kept_size } else { ask.size.unwrap_or_default() };
        let can_go = self.paging.style == PagingStyle::Offset || unit > 0;
        if start == 0 || follows || !can_go || ask.overlap.is_none() && self.last[1].print.is_some() {
            self.back = 0;
            return false;
        }
        self.shifted = true;
        self.strays += 1;
        if self.strays > STRAYS {
            self.sorted = false;
            return false;
        }
        self.back = (self.back * 2).max(self.largest).max(1);
        self.due = Some(self.over(start.saturating_sub(self.back), unit));
        true
    }

    /// Drops what pages before had. Under an item that appears at the front others move onto the next page, where
    /// they come a second time.
    fn keep_fresh<T>(&mut self, page: &mut Page<T>, marks: &Marks, ask: &Ask, taken: usize) -> Vec<Kept> {
        let mut kept = Vec::with_capacity(page.items.len());
        let mut marked = marks.ids.iter().enumerate();
        page.items.retain(|_| {
            let Some((place, id)) = marked.next() else { return false };
            let fresh = match (id, &self.edge) {
                (Some(id), Some(edge)) if self.sorted => self.order.after(id, edge),
                (None, _) => place >= taken,
                (Some(id), edge) => {
                    let overlap = ask.overlap == Some(place as u64) && Some(id) == edge.as_ref();
                    let known = self.last.iter().any(|seen| seen.ids.contains(id));
                    self.shifted |= known && !overlap;
                    !known && place >= taken
                }
            };
            if fresh {
                kept.push(Kept { place, id: id.clone().filter(|_| self.sorted) });
            }
            fresh
        });
        let ids = if self.sorted { HashSet::new() } else { marks.ids.iter().flatten().cloned().collect() };
        self.last.swap(0, 1);
        self.last[1] = Seen { ids, print: Some(marks.print) };
        kept
    }

    fn next<T>(&mut self, page: &Page<T>, ask: &Ask, count: u64, nothing_new: bool) -> Option<Ask> {
        let end = ask.start.map(|start| start + count);
        if self.paging.ends && page.next.is_none() || end.is_some_and(|end| self.is_all(end)) {
            return None;
        }
        if count == 0 {
            return self.pass_over(ask);
        }
        self.empty = 0;
        if !nothing_new {
            self.strays = 0;
        }
        if ask.overlap.is_some() && nothing_new && count == 1 {
            // The overlap alone: of a server that can send two, nothing comes after it.
            return if self.largest > 1 { None } else { self.following(ask, end) };
        }
        // Shorter than a size that the server keeps to. Under offsets no page is trusted so far: a server may cut
        // pages first and take out afterwards what the caller may not see.
        let short = self.paging.style == PagingStyle::Page && ask.size.is_some_and(|size| count < size);
        if short && ask.size.is_some_and(|size| size <= self.kept_size) {
            return None;
        }
        match (self.edge.is_some() && self.can_overlap(count), end) {
            (true, Some(end)) => Some(self.over(end - 1, self.kept_size)),
            _ => self.following(ask, end),
        }
    }

    /// Whether that many items are all, as the server says. More than all is a lie, and a server that lies once is not
    /// believed again. A total that is too small by whole pages is believed: to doubt it would take a request more for
    /// every list.
    fn is_all(&mut self, count: u64) -> bool {
        let Some(total) = self.total else { return false };
        self.total_lies |= count > total;
        // What came before a page is only known where sizes are kept to.
        let counted = self.from_start || self.paging.style == PagingStyle::Offset || self.kept_size > 0;
        !self.total_lies && counted && count == total
    }

    /// After an empty page: the one that follows, if the server says that there is more.
    fn pass_over(&mut self, ask: &Ask) -> Option<Ask> {
        let more = !self.total_lies && ask.start.zip(self.total).is_some_and(|(start, total)| start < total);
        if !more || self.empty == EMPTY_PAGES {
            return None;
        }
        self.empty += 1;
        self.shifted = true;
        let end = ask.start.map(|start| start + self.largest.max(1));
        self.following(ask, end)
    }

    fn can_overlap(&self, count: u64) -> bool {
        match self.paging.style {
            // Pages of one item can only overlap if they become pages of two.
            PagingStyle::Offset => count > 1 || self.largest <= 1 && self.one_more() > self.size,
            _ => self.sorted && self.paging.sized && !self.ignores_size && self.kept_size > 0,
        }
    }

    /// The caller's size and the overlap, if the server gives as many.
    fn one_more(&self) -> Option<u64> {
        let room = |size: u64| self.paging.sized && (self.paging.max == 0 || size < self.paging.max);
        self.size.map(|size| if room(size) { size + 1 } else { size })
    }

    /// The request for a page that begins with the item of that number, or shortly before it; `largest` is the size up
    /// to which pages may be counted.
    fn over(&self, item: u64, largest: u64) -> Ask {
        if self.paging.style == PagingStyle::Offset {
            let cursor = Cursor::Number(self.paging.first + item);
            return Ask { cursor, size: self.one_more(), start: Some(item), overlap: Some(0) };
        }
        let (size, page, overlap) = match window::over(item, largest) {
            Some((size, page)) => (size, page, Some(item - page * size)),
            // Every size ends a page there, so by any of them the next one begins after it.
            None => (largest, (item + 1) / largest.max(1), None),
        };
        let cursor = Cursor::Number(self.paging.first + page);
        Ask { cursor, size: Some(size), start: Some(page * size), overlap }
    }

    /// The request for what comes after a page, without overlap.
    fn following(&self, ask: &Ask, end: Option<u64>) -> Option<Ask> {
        let number = match (self.paging.style, &ask.cursor) {
            (PagingStyle::Offset, _) => self.paging.first + end?,
            (_, Cursor::Number(number)) => number + 1,
            _ => self.paging.first + 1,
        };
        Some(Ask { cursor: Cursor::Number(number), size: ask.size, start: end, overlap: None })
    }
}
