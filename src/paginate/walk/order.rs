//! The order of ids.

use std::cmp::Ordering;

use crate::op::Paging;

/// Which way the ids of a list go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
}

impl Order {
    pub(super) fn of(paging: &Paging) -> Self {
        if paging.descending { Order::Descending } else { Order::Ascending }
    }

    /// Whether the id comes after the other: numbers by value, texts by their bytes.
    pub(super) fn after(self, id: &str, other: &str) -> bool {
        let order = match (id.parse::<u128>(), other.parse::<u128>()) {
            (Ok(id), Ok(other)) => id.cmp(&other),
            _ => id.cmp(other),
        };
        match self {
            Order::Ascending => order == Ordering::Greater,
            Order::Descending => order == Ordering::Less,
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
    use super::Order::{Ascending, Descending};

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
