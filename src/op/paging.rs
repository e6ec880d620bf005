//! Paging style of a list: what names its pages, and where its replies keep items, total and the next page.

/// Paging of a list: how it is cut into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// What names a page.
    pub style: PagingStyle,
    /// Number of the first page or item.
    pub first: u64,
    /// Largest page the server gives; 0 where the document names none.
    pub max: u64,
    /// Whether a parameter takes the size of a page.
    pub sized: bool,
    /// Whether the list is in the order of its ids.
    pub sorted: bool,
    /// Whether that order begins with the greatest.
    pub descending: bool,
    /// Whether the last page of a list with numbered pages shows that it is the last.
    pub ends: bool,
}

/// Paging style: what names a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingStyle {
    /// The number of items before it.
    Offset,
    /// Its number.
    Page,
    /// A text from the page before it.
    Token,
    /// An address from the page before it.
    Link,
}

/// Places of a list: the parameters that take position and size, and dotted paths to what its reply tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPlaces {
    /// The parameter that takes the position.
    pub position: Option<&'static str>,
    /// The parameter that takes the size of a page.
    pub size: Option<&'static str>,
    /// The size where nobody names one; without it, the server's own.
    pub default_size: Option<u64>,
    /// The items in the reply; empty where the reply is the list.
    pub items: &'static str,
    /// The number of all items in the reply.
    pub total: Option<&'static str>,
    /// What tells an item from all others, in the item.
    pub id: Option<&'static str>,
    /// What names the next page, in the reply.
    pub next: Option<&'static str>,
}
