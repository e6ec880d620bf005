//! Pagination: lists as streams, page by page or item by item, by cursor or by offset.

mod cursor_pager;
mod cycle_detector;
mod fetcher;
mod fields;
mod items;
mod offset_pager;
mod page_request;
mod pager;
mod pages;
mod position;

use std::future::Future;
use std::time::Duration;

use serde::Serialize;

pub use fields::fields;
pub use items::Items;
pub use pages::Pages;
pub use position::{Cursor, Position};

use crate::error::Error;
use crate::op::Op;

/// Page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the server's order.
    pub items: Vec<T>,
    /// How many items the whole list has, if the server says so.
    pub total: Option<u64>,
    /// What names the page after this one, where pages are named by texts.
    pub next: Option<String>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// Paginated list: an operation that is called for one page after the other.
pub trait Paginate: Clone + Send + Sync + 'static {
    /// What the list holds.
    type Item: Serialize + Send + 'static;

    /// The operation.
    fn op(&self) -> &'static Op;

    /// The number of the page, or of the items before it, that the call is set
    /// to begin with.
    fn start(&self) -> Option<u64> {
        None
    }

    /// How many items a page has where the walk is not told: as the call is
    /// set, or as is usual by the document.
    fn size(&self) -> Option<u64> {
        None
    }

    /// The same call for that page, with pages of that size.
    #[must_use]
    fn at(self, cursor: &Cursor, size: Option<u64>) -> Self;

    /// Fetches the page.
    fn page(&self) -> impl Future<Output = Result<Page<Self::Item>, Error>> + Send;

    /// What tells an item from all others, if the document names it.
    fn id(&self, item: &Self::Item) -> Option<String>;
}
