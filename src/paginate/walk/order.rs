//! The order of ids.

/// Whether the id comes after the other: numbers by value, texts by their bytes.
pub(super) fn after(id: &str, other: &str) -> bool {
    match (id.parse::<u128>(), other.parse::<u128>()) {
        (Ok(id), Ok(other)) => id > other,
        _ => id > other,
    }
}

/// Whether each id comes after the one before it.
pub(super) fn ascends(ids: &[Option<String>]) -> bool {
    ids.iter().all(Option::is_some)
        && ids.windows(2).all(|pair| matches!(pair, [Some(one), Some(two)] if after(two, one)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_value_and_texts_as_texts() {
        assert!(after("10", "9") && !after("9", "10") && !after("9", "9"));
        assert!(after("b", "a10") && after("a9", "a10"));
    }

    #[test]
    fn a_list_with_a_gap_in_its_ids_is_in_no_order() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (!id.is_empty()).then(|| (*id).to_owned())).collect::<Vec<_>>();
        assert!(ascends(&ids(&["1", "2", "10"])) && ascends(&[]));
        assert!(!ascends(&ids(&["1", "", "3"])) && !ascends(&ids(&["2", "2"])) && !ascends(&ids(&[""])));
    }
}
