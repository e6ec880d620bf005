//! Offset pagination: a walk by numbers of items to leave out, or of pages. The list may change between two requests, so
//! each page overlaps the one before it by an item, where items have ids: what stands in its place shows whether it has.

use std::collections::HashSet;

use super::page_request::{PageRequest, counted_anew, overlapping_page};
use super::pager::{IdOrder, ItemRef, PageFingerprint, Pager};
use super::{Cursor, Position};
use crate::error::Error;
use crate::op::{Paging, PagingStyle};

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

/// Summary of a page, as far as later pages are compared with it.
#[derive(Default)]
struct PageSummary {
    ids: HashSet<String>,
    hash: Option<u64>,
}

/// Pager of a list whose items or pages are counted.
pub(super) struct OffsetPager {
    paging: Paging,
    /// What the caller wants.
    size: Option<u64>,
    due: Option<PageRequest>,
    total: Option<u64>,
    total_lies: bool,
    /// The walk began at the first item, so that it can count what it has read.
    from_start: bool,
    shifted: bool,
    last: [PageSummary; 2],
    /// The id of the last item read; in a sorted list the furthest.
    edge: Option<String>,
    /// The document says that ids stand in order, and so far they do.
    sorted: bool,
    order: IdOrder,
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
    /// How many items were read.
    read: u64,
    /// The server gives the same page whatever it is asked for.
    stuck: bool,
}

impl OffsetPager {
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
        OffsetPager {
            paging,
            size,
            due: Some(PageRequest { cursor, size: first_size, start, overlap: None, check: false }),
            total: None,
            total_lies: false,
            from_start: start == Some(0),
            shifted: false,
            last: Default::default(),
            edge: from.after.clone().filter(|_| paging.sorted),
            sorted: paging.sorted,
            order: IdOrder::of(&paging),
            largest: 0,
            kept_size: 0,
            ignores_size: false,
            empty: 0,
            repeats: 0,
            back: 0,
            strays: 0,
            read: 0,
            stuck: false,
        }
    }

    /// Learns what the page tells about the server.
    fn learn(&mut self, page: &PageFingerprint, request: &PageRequest, count: u64) {
        self.shifted |= self.total.is_some() && page.total.is_some() && self.total != page.total;
        self.total = page.total.or(self.total);
        self.largest = self.largest.max(count);
        match request.size {
            Some(size) if count == size => self.kept_size = self.kept_size.max(size),
            Some(size) => self.ignores_size |= count > size,
            None => {
                // A page that the server has cut by its own measure and that is not the last.
                let more = self.says_more(request.start.map(|start| start.saturating_add(count)));
                if more || self.paging.ends && page.next.is_some() {
                    self.kept_size = self.kept_size.max(count);
                }
            }
        }
    }

    /// Whether the server gives the same page, whatever it is asked for.
    fn is_again(&mut self, request: &PageRequest, page: &PageFingerprint, count: u64) -> bool {
        let overlap_alone = request.overlap.is_some() && count == 1;
        if request.check && self.last[1].hash == Some(page.hash) {
            // Past the end some servers give their last page once more; without a total nobody knows that it is.
            self.stuck |= self.total.is_none();
            return true;
        }
        if count == 0 || overlap_alone || self.last[1].hash != Some(page.hash) {
            self.repeats = 0;
            return false;
        }
        self.shifted = true;
        self.repeats += 1;
        let stuck = request.overlap.is_none() || self.repeats > if self.sorted { SORTED_REPEATS } else { REPEATS };
        self.stuck |= stuck;
        stuck
    }

    /// In a sorted list, a page without anything that was read before it does not follow on: items have gone, and
    /// others have moved to before the page. They are looked for further and further back.
    fn goes_back(&mut self, request: &PageRequest, page: &PageFingerprint) -> bool {
        let (true, Some(edge), Some(start)) = (self.sorted, self.edge.as_deref(), request.start) else {
            return false;
        };
        let follows = page.at(0).is_some_and(|first| !self.order.after(first, edge));
        let unit = if self.kept_size > 0 { self.kept_size } else { request.size.unwrap_or_default() };
        let can_go = self.paging.style == PagingStyle::Offset || unit > 0;
        if start == 0 || follows || !can_go || request.overlap.is_none() && self.last[1].hash.is_some() {
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

    /// The same page once more where the server gives fewer items than it did: by its number it stands elsewhere now.
    /// Sorted lists notice by their ids where it stands.
    fn counted_anew(&mut self, request: &PageRequest, page: &PageFingerprint, count: u64) -> Option<PageRequest> {
        let (size, start) = request.size.zip(request.start)?;
        let shrunk = self.paging.style == PagingStyle::Page && (1..size).contains(&count) && size <= self.kept_size;
        let more = self.says_more(Some(start.saturating_add(count))) || page.next.is_some();
        if !shrunk || !more || self.sorted && self.edge.is_some() {
            return None;
        }
        self.kept_size = count;
        let item = if self.from_start { self.read } else { start };
        let (size, number) = counted_anew(item, count, self.edge.is_some());
        let cursor = Cursor::Number(self.paging.first.saturating_add(number));
        Some(PageRequest { cursor, size: Some(size), start: Some(number * size), overlap: None, check: false })
    }

    /// Leaves out what pages before had. Under an item that appears at the front others move onto the next page, where
    /// they come a second time.
    fn fresh(&mut self, page: &PageFingerprint, request: &PageRequest, taken: usize) -> Vec<ItemRef> {
        let mut fresh = Vec::with_capacity(page.ids.len());
        for (place, id) in page.ids.iter().enumerate() {
            let is_fresh = match (id, &self.edge) {
                (Some(id), Some(edge)) if self.sorted => self.order.after(id, edge),
                (None, _) => place >= taken,
                (Some(id), edge) => {
                    let overlap = request.overlap == Some(place as u64) && Some(id) == edge.as_ref();
                    let known = self.last.iter().any(|seen| seen.ids.contains(id));
                    self.shifted |= known && !overlap;
                    !known && place >= taken
                }
            };
            if is_fresh {
                fresh.push(ItemRef { place, id: id.clone().filter(|_| self.sorted) });
            }
        }
        let ids = if self.sorted { HashSet::new() } else { page.ids.iter().flatten().cloned().collect() };
        self.last.swap(0, 1);
        self.last[1] = PageSummary { ids, hash: Some(page.hash) };
        fresh
    }

    fn next(
        &mut self,
        page: &PageFingerprint,
        request: &PageRequest,
        count: u64,
        nothing_new: bool,
    ) -> Option<PageRequest> {
        let end = request.start.map(|start| start.saturating_add(count));
        let full = request.size.is_some_and(|size| count >= size);
        // A page that is full may be the last; who says nothing about another one is asked once more.
        let more = self.says_more(end) || page.next.is_some();
        let ended = end.is_some_and(|end| self.is_all(end)) || self.paging.ends && !more;
        if ended && !(full && count > 0 && page.next.is_none()) {
            return None;
        }
        if count == 0 {
            return self.pass_over(request);
        }
        let next = self.onward(request, end, count, nothing_new, more)?;
        Some(PageRequest { check: ended, ..next })
    }

    /// The request for what comes after a page with items.
    fn onward(
        &mut self,
        request: &PageRequest,
        end: Option<u64>,
        count: u64,
        nothing_new: bool,
        more: bool,
    ) -> Option<PageRequest> {
        self.empty = 0;
        if !nothing_new {
            self.strays = 0;
        }
        if request.overlap.is_some() && nothing_new && count == 1 {
            // The overlap alone: of a server that can send two, nothing comes after it.
            return if self.largest > 1 { None } else { self.following(request, end) };
        }
        // Shorter than a size that the server keeps to. Under offsets no page is trusted so far: a server may cut
        // pages first and take out afterwards what the caller may not see.
        let short = self.paging.style == PagingStyle::Page && request.size.is_some_and(|size| count < size);
        if short && request.size.is_some_and(|size| size <= self.kept_size) {
            if !more {
                return None;
            }
            // It gives fewer than it did: the pages to come are counted by that.
            self.kept_size = count;
        }
        match (self.edge.is_some() && self.can_overlap(count), end) {
            (true, Some(end)) => Some(self.over(end.saturating_sub(1), self.kept_size)),
            _ => self.following(request, end),
        }
    }

    /// Whether the list has more than that many items, as the server says and is believed.
    fn says_more(&self, items: Option<u64>) -> bool {
        !self.total_lies && self.total.zip(items).is_some_and(|(total, items)| items < total)
    }

    /// Whether that many items are all, as the server says. More than all is a lie, and a server that lies once is not
    /// believed again. One that is too small by whole pages shows by a last page that is full.
    fn is_all(&mut self, count: u64) -> bool {
        let Some(total) = self.total else { return false };
        self.total_lies |= count > total;
        // What came before a page is only known where sizes are kept to.
        let counted = self.from_start || self.paging.style == PagingStyle::Offset || self.kept_size > 0;
        !self.total_lies && counted && count == total
    }

    /// After an empty page: the one that follows, if the server says that there is more.
    fn pass_over(&mut self, request: &PageRequest) -> Option<PageRequest> {
        if !self.says_more(request.start) || self.empty == EMPTY_PAGES {
            return None;
        }
        self.empty += 1;
        self.shifted = true;
        let end = request.start.map(|start| start.saturating_add(self.largest.max(1)));
        self.following(request, end)
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
    fn over(&self, item: u64, largest: u64) -> PageRequest {
        if self.paging.style == PagingStyle::Offset {
            let cursor = Cursor::Number(self.paging.first.saturating_add(item));
            return PageRequest { cursor, size: self.one_more(), start: Some(item), overlap: Some(0), check: false };
        }
        let (size, page, overlap) = match overlapping_page(item, largest) {
            Some((size, page)) => (size, page, Some(item - page * size)),
            // Every size ends a page there, so by any of them the next one begins after it.
            None => (largest, item.saturating_add(1) / largest.max(1), None),
        };
        let cursor = Cursor::Number(self.paging.first.saturating_add(page));
        PageRequest { cursor, size: Some(size), start: Some(page.saturating_mul(size)), overlap, check: false }
    }

    /// The request for what comes after a page, without overlap.
    fn following(&self, request: &PageRequest, end: Option<u64>) -> Option<PageRequest> {
        let number = match (self.paging.style, &request.cursor) {
            (PagingStyle::Offset, _) => self.paging.first.saturating_add(end?),
            (_, Cursor::Number(number)) => number.checked_add(1)?,
            _ => self.paging.first.checked_add(1)?,
        };
        Some(PageRequest {
            cursor: Cursor::Number(number),
            size: request.size,
            start: end,
            overlap: None,
            check: false,
        })
    }
}

impl Pager for OffsetPager {
    fn due(&self) -> Option<(&Cursor, Option<u64>)> {
        self.due.as_ref().map(|request| (&request.cursor, request.size))
    }

    fn end(&mut self) {
        self.due = None;
    }

    fn shifted(&self) -> bool {
        self.shifted
    }

    fn arrived(&mut self, page: &PageFingerprint, taken: usize) -> Result<Vec<ItemRef>, Error> {
        let Some(request) = self.due.take() else { return Ok(Vec::new()) };
        let count = page.ids.len() as u64;
        self.learn(page, &request, count);
        self.sorted &= self.order.holds(&page.ids);
        if self.is_again(&request, page, count) || self.goes_back(&request, page) {
            return Ok(Vec::new());
        }
        if let Some(again) = self.counted_anew(&request, page, count) {
            self.due = Some(again);
            return Ok(Vec::new());
        }
        self.shifted |= request.overlap.is_some_and(|place| page.at(place) != self.edge.as_deref());
        let fresh = self.fresh(page, &request, taken);
        if let Some(Some(last)) = page.ids.last() {
            let behind = self.sorted && self.edge.as_deref().is_some_and(|edge| !self.order.after(last, edge));
            self.edge = if behind { self.edge.take() } else { Some(last.clone()) };
        } else if count > 0 {
            self.edge = None;
        }
        self.read += (taken.min(page.ids.len()) + fresh.len()) as u64;
        self.due = self.next(page, &request, count, fresh.is_empty());
        Ok(fresh)
    }

    fn checks(&self) -> bool {
        self.due.as_ref().is_some_and(|request| request.check)
    }

    fn doubt(&self) -> Option<String> {
        let read = self.read;
        match self.total {
            _ if self.due.is_some() => None,
            _ if self.stuck => {
                Some(format!("the server gives the same page again, whatever it is asked for; {read} items were read"))
            }
            Some(total) if self.from_start && total != read => {
                Some(format!("the server says that the list has {total} items, and {read} came"))
            }
            _ => None,
        }
    }
}
