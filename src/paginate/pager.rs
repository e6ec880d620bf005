//! Pager: where a walk goes from page to page, and when it ends. No I/O: the rules of each paging style, and the distrust
//! that real servers have earned.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use super::{Cursor, Page};
use crate::error::Error;
use crate::op::Paging;

/// Pager of a list: the state of a walk over its pages.
pub(super) trait Pager: Send {
    /// The page that is due, and the size to ask for; none when the walk has ended.
    fn due(&self) -> Option<(&Cursor, Option<u64>)>;

    /// Ends the walk, after an error for one.
    fn end(&mut self);

    /// Whether the list changed under the walk.
    fn shifted(&self) -> bool {
        false
    }

    /// Whether the page that is due is asked for only to see that there is none.
    fn checks(&self) -> bool {
        false
    }

    /// Why a walk that has ended may not have read the whole list, if there is a sign of that.
    fn doubt(&self) -> Option<String> {
        None
    }

    /// Takes a page that has arrived: says which of its items are new, and decides where to go next. `taken` items at
    /// its start belong to an earlier walk.
    fn arrived(&mut self, page: &PageFingerprint, taken: usize) -> Result<Vec<ItemRef>, Error>;
}

/// Fingerprint of a page: what a pager sees of it.
pub(super) struct PageFingerprint {
    /// One id per item, where the document names one.
    pub(super) ids: Vec<Option<String>>,
    /// Of the page as a whole.
    pub(super) hash: u64,
    pub(super) total: Option<u64>,
    pub(super) next: Option<String>,
}

impl PageFingerprint {
    pub(super) fn of<T: Serialize>(page: &Page<T>, id: impl Fn(&T) -> Option<String>) -> PageFingerprint {
        let ids: Vec<_> = page.items.iter().map(id).collect();
        let mut hasher = DefaultHasher::new();
        if ids.iter().all(Option::is_some) {
            ids.hash(&mut hasher);
        } else {
            // Without ids the whole items are compared. What cannot be written as JSON counts by its place alone.
            for item in &page.items {
                serde_json::to_vec(item).unwrap_or_default().hash(&mut hasher);
            }
        }
        PageFingerprint { ids, hash: hasher.finish(), total: page.total, next: page.next.clone() }
    }

    pub(super) fn at(&self, place: u64) -> Option<&str> {
        self.ids.get(usize::try_from(place).ok()?)?.as_deref()
    }
}

/// Reference to an item that is given out: its place in the page as it was sent, and its id where a walk can begin
/// after it.
pub(super) struct ItemRef {
    pub(super) place: usize,
    pub(super) id: Option<String>,
}

/// Order of the ids of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdOrder {
    Ascending,
    Descending,
}

impl IdOrder {
    pub(super) fn of(paging: &Paging) -> Self {
        if paging.descending { IdOrder::Descending } else { IdOrder::Ascending }
    }

    /// Whether the id comes after the other: numbers by value, texts by their bytes.
    pub(super) fn after(self, id: &str, other: &str) -> bool {
        let order = match (id.parse::<u128>(), other.parse::<u128>()) {
            (Ok(id), Ok(other)) => id.cmp(&other),
            _ => id.cmp(other),
        };
        match self {
            IdOrder::Ascending => order == Ordering::Greater,
            IdOrder::Descending => order == Ordering::Less,
        }
    }

    /// Whether each id comes after the one before it.
    pub(super) fn holds(self, ids: &[Option<String>]) -> bool {
        ids.iter().all(Option::is_some)
            && ids.windows(2).all(|pair| matches!(pair, [Some(one), Some(two)] if self.after(two, one)))
    }
}

#[cfg(test)]
mod tests {
    use super::IdOrder::{Ascending, Descending};

    #[test]
    fn numbers_are_compared_by_value_and_texts_as_texts() {
        assert!(Ascending.after("10", "9") && !Ascending.after("9", "10") && !Ascending.after("9", "9"));
        assert!(Ascending.after("b", "a10") && Ascending.after("a9", "a10"));
        assert!(Descending.after("9", "10") && !Descending.after("10", "9") && !Descending.after("9", "9"));
    }

    #[test]
    fn a_list_with_a_gap_in_its_ids_is_in_no_order() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (!id.is_empty()).then(|| (*id).to_owned())).collect::<Vec<_>>();
        assert!(Ascending.holds(&ids(&["1", "2", "10"])) && Ascending.holds(&[]));
        assert!(Descending.holds(&ids(&["10", "2", "1"])) && !Descending.holds(&ids(&["1", "2"])));
        for order in [Ascending, Descending] {
            assert!(["1,,3", "2,2", ""].iter().all(|list| !order.holds(&ids(&list.split(',').collect::<Vec<_>>()))));
        }
    }
}
