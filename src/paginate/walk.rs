//! Where a walk goes from page to page, and when it ends. No I/O: the rules of
//! each paging style, and the distrust that real servers have earned.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Cursor, Page};
use crate::op::{Paging, PagingStyle};

/// What one page looked like, as far as later pages are compared with it.
#[derive(Default)]
struct Seen {
    ids: HashSet<String>,
    /// Of the whole page: a page that repeats ends the walk.
    print: Option<u64>,
}

/// The state of a walk over the pages of a list.
pub(super) struct Walk {
    paging: Paging,
    size: Option<u64>,
    cursor: Option<Cursor>,
    /// Items received since the walk began, duplicates included.
    received: u64,
    /// Number of the first item or page of this walk.
    base: u64,
    total: Option<u64>,
    total_lies: bool,
    shifted: bool,
    last: [Seen; 2],
    /// Prints of the texts that were asked for.
    asked: HashSet<u64>,
}

/// What tells the items of a page apart.
pub(super) struct Marks {
    /// One id per item, where the document names one.
    pub(super) ids: Vec<Option<String>>,
    /// Of the page as a whole.
    pub(super) print: u64,
}

impl Marks {
    pub(super) fn of<T: serde::Serialize>(items: &[T], id: impl Fn(&T) -> Option<String>) -> Marks {
        let ids: Vec<_> = items.iter().map(id).collect();
        let mut hasher = DefaultHasher::new();
        if ids.iter().all(Option::is_some) {
            ids.hash(&mut hasher);
        } else {
            // Without ids the whole items are compared. What cannot be written
            // as JSON counts by its place alone.
            for item in items {
                serde_json::to_vec(item).unwrap_or_default().hash(&mut hasher);
            }
        }
        Marks { ids, print: hasher.finish() }
    }
}

impl Walk {
    pub(super) fn new(paging: Paging, from: Cursor, size: Option<u64>) -> Self {
        let base = match from {
            Cursor::Number(number) => number,
            _ => paging.first,
        };
        let size = size.map(|size| match paging.max {
            0 => size.max(1),
            max => size.clamp(1, max),
        });
        Walk {
            paging,
            size,
            cursor: Some(from),
            received: 0,
            base,
            total: None,
            total_lies: false,
            shifted: false,
            last: Default::default(),
            asked: HashSet::new(),
        }
    }

    /// The page that is due; none when the walk has ended.
    pub(super) fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether the list changed under the walk.
    pub(super) fn shifted(&self) -> bool {
        self.shifted
    }

    /// Ends the walk, after an error for one.
    pub(super) fn end(&mut self) {
        self.cursor = None;
    }

    /// Takes a page that has arrived: drops what the pages before it had, and
    /// decides where to go next. `taken` items at its start belong to an
    /// earlier walk. Returns the places that the items left had in the page.
    pub(super) fn arrived<T>(&mut self, page: &mut Page<T>, marks: Marks, taken: usize) -> Vec<usize> {
        let count = page.items.len() as u64;
        let by_number = matches!(self.paging.style, PagingStyle::Offset | PagingStyle::Page);
        self.asked.extend(self.cursor.as_ref().filter(|_| !by_number).map(print));
        let again = count > 0 && self.last[1].print == Some(marks.print);
        // Pages named by texts may be alike and yet be two, unless their items
        // have ids; without, it is the same page where it also leads to what was
        // asked for before.
        let told_apart = marks.ids.iter().all(Option::is_some);
        let leads_back = || page.next.as_ref().is_some_and(|next| !next.is_empty()) && self.named(page).is_none();
        if again && (by_number || told_apart || leads_back()) {
            // The server gives the same page, whatever it is asked for.
            self.shifted |= by_number;
            page.items.clear();
            self.cursor = None;
            return Vec::new();
        }
        self.watch_total(page.total);
        self.received += count;
        self.cursor = self.next(page, count);
        self.drop_known(page, marks, taken)
    }

    fn watch_total(&mut self, total: Option<u64>) {
        if self.total.is_some() && total.is_some() && self.total != total {
            self.shifted = true;
        }
        self.total = total.or(self.total);
    }

    /// The page that this one names by a text; none that was asked for before.
    fn named<T>(&self, page: &Page<T>) -> Option<Cursor> {
        let next = page.next.clone().filter(|next| !next.is_empty())?;
        let next = if self.paging.style == PagingStyle::Link { Cursor::Link(next) } else { Cursor::Token(next) };
        (!self.asked.contains(&print(&next))).then_some(next)
    }

    fn next<T>(&mut self, page: &Page<T>, count: u64) -> Option<Cursor> {
        match self.paging.style {
            PagingStyle::Token | PagingStyle::Link => self.named(page),
            PagingStyle::Offset => {
                let position = self.base + self.received;
                // Items before the first number are none, so the position is
                // the count that a total speaks of.
                let before = position.saturating_sub(self.paging.first);
                (count > 0 && !self.is_all(before)).then_some(Cursor::Number(position))
            }
            PagingStyle::Page => {
                let here = match self.cursor {
                    Some(Cursor::Number(number)) => number,
                    _ => self.paging.first,
                };
                // A page shorter than asked for is the last one, unless the
                // server may have cut the size: that it does not is only known
                // where the document names its maximum.
                let short = self.paging.max > 0 && self.size.is_some_and(|size| count < size);
                // Without a size, a walk that began in the middle does not
                // know how many items came before.
                let all = match (self.base.saturating_sub(self.paging.first), self.size) {
                    (0, _) => self.is_all(self.received),
                    (pages, Some(size)) => self.is_all(pages * size + self.received),
                    (_, None) => false,
                };
                (count > 0 && !short && !all).then_some(Cursor::Number(here + 1))
            }
        }
    }

    /// Whether that many items are all, as the server says. More than all is a
    /// lie, and a server that lies once is not believed again: an empty page
    /// ends the walk then.
    fn is_all(&mut self, count: u64) -> bool {
        let Some(total) = self.total else {
            return false;
        };
        self.total_lies |= count > total;
        !self.total_lies && count == total
    }

    /// Under offset paging an item that appears at the front pushes others onto
    /// the next page, where they come a second time.
    fn drop_known<T>(&mut self, page: &mut Page<T>, marks: Marks, taken: usize) -> Vec<usize> {
        let by_number = matches!(self.paging.style, PagingStyle::Offset | PagingStyle::Page);
        let mut ids = HashSet::new();
        let mut marked = marks.ids.into_iter();
        let mut kept = Vec::with_capacity(page.items.len());
        let mut places = 0..;
        page.items.retain(|_| {
            let place = places.next().unwrap_or(usize::MAX);
            let fresh = match marked.next().flatten() {
                Some(id) if by_number => {
                    let known = self.last.iter().any(|seen| seen.ids.contains(&id));
                    self.shifted |= known;
                    ids.insert(id);
                    !known
                }
                _ => true,
            };
            let keep = fresh && place >= taken;
            if keep {
                kept.push(place);
            }
            keep
        });
        self.last.swap(0, 1);
        self.last[1] = Seen { ids, print: Some(marks.print) };
        kept
    }
}

fn print(value: &Cursor) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
