//! Where a walk goes from page to page, and when it ends. No I/O: the rules of each paging style, and the distrust
//! that real servers have earned.

mod circle;
mod marks;
mod named;
mod numbered;
mod order;
mod window;

use super::{Cursor, Page, Position};
use crate::error::Error;
use crate::op::{Paging, PagingStyle};

pub(super) use marks::Marks;
use named::Named;
use numbered::Numbered;

/// The state of a walk over the pages of a list.
pub(super) enum Walk {
    /// Pages have texts for names.
    Named(Named),
    /// Pages have numbers.
    Numbered(Box<Numbered>),
}

/// An item that is given out: its place in the page as it was sent, and its id where a walk can begin after it.
pub(super) struct Kept {
    pub(super) place: usize,
    pub(super) id: Option<String>,
}

impl Walk {
    /// A walk from that position, by pages of that size.
    pub(super) fn new(paging: Paging, from: &Position, size: Option<u64>) -> Self {
        let size = size.map(|size| match paging.max {
            0 => size.max(1),
            max => size.clamp(1, max),
        });
        match paging.style {
            PagingStyle::Token | PagingStyle::Link => Walk::Named(Named::new(paging, from, size)),
            PagingStyle::Offset | PagingStyle::Page => Walk::Numbered(Box::new(Numbered::new(paging, from, size))),
        }
    }

    /// The page that is due; none when the walk has ended.
    pub(super) fn cursor(&self) -> Option<&Cursor> {
        match self {
            Walk::Named(walk) => walk.cursor(),
            Walk::Numbered(walk) => walk.cursor(),
        }
    }

    /// The size to ask for.
    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Walk::Named(walk) => walk.size(),
            Walk::Numbered(walk) => walk.size(),
        }
    }

    /// Whether the list changed under the walk.
    pub(super) fn shifted(&self) -> bool {
        match self {
            Walk::Named(_) => false,
            Walk::Numbered(walk) => walk.shifted(),
        }
    }

    /// Ends the walk, after an error for one.
    pub(super) fn end(&mut self) {
        match self {
            Walk::Named(walk) => walk.end(),
            Walk::Numbered(walk) => walk.end(),
        }
    }

    /// Takes a page that has arrived: leaves in it what is new, and decides where to go next. `taken` items at its
    /// start belong to an earlier walk. Says of each item left where it stood.
    pub(super) fn arrived<T>(&mut self, page: &mut Page<T>, marks: Marks, taken: usize) -> Result<Vec<Kept>, Error> {
        match self {
            Walk::Named(walk) => walk.arrived(page, &marks, taken),
            Walk::Numbered(walk) => Ok(walk.arrived(page, &marks, taken)),
        }
    }
}
