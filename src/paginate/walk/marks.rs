//! What tells the items of a page apart.

use std::hash::{DefaultHasher, Hash, Hasher};

/// What tells the items of a page apart.
pub(in crate::paginate) struct Marks {
    /// One id per item, where the document names one.
    pub(super) ids: Vec<Option<String>>,
    /// Of the page as a whole.
    pub(super) print: u64,
}

impl Marks {
    pub(in crate::paginate) fn of<T: serde::Serialize>(items: &[T], id: impl Fn(&T) -> Option<String>) -> Marks {
        let ids: Vec<_> = items.iter().map(id).collect();
        let mut hasher = DefaultHasher::new();
        if ids.iter().all(Option::is_some) {
            ids.hash(&mut hasher);
        } else {
            // Without ids the whole items are compared. What cannot be written as JSON counts by its place alone.
            for item in items {
                serde_json::to_vec(item).unwrap_or_default().hash(&mut hasher);
            }
        }
        Marks { ids, print: hasher.finish() }
    }

    /// The ids, if every item has one.
    pub(super) fn told_apart(&self) -> bool {
        self.ids.iter().all(Option::is_some)
    }

    pub(super) fn first(&self) -> Option<&str> {
        self.ids.first()?.as_deref()
    }

    pub(super) fn at(&self, place: u64) -> Option<&str> {
        self.ids.get(usize::try_from(place).ok()?)?.as_deref()
    }

    pub(super) fn last(&self) -> Option<&str> {
        self.ids.last()?.as_deref()
    }
}
