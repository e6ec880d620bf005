//! Pages that overlap, where pages are counted: by another size for each.

/// The size, at most `largest`, by which a page contains the item with that number and most of what follows it; and
/// the number of that page. Nothing where every size ends a page right there, or pages are too small for a choice.
pub(super) fn over(item: u64, largest: u64) -> Option<(u64, u64)> {
    let size = (largest / 2 + 1..=largest).max_by_key(|size| size - item % size)?;
    let room = size - item % size;
    (room >= 2).then_some((size, item / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_the_item_and_one_more_at_least() {
        for largest in 2..60 {
            for item in 0..300 {
                if let Some((size, page)) = over(item, largest) {
                    assert!(size <= largest);
                    assert!(page * size <= item && item + 1 < (page + 1) * size, "{item} by {largest}");
                }
            }
        }
    }

    #[test]
    fn pages_of_thirteen_always_leave_a_choice_in_lists_of_any_usual_length() {
        // The least number that all sizes from 7 to 13 divide is 360360.
        assert!((0..5000).chain(355_000..360_359).all(|item| over(item, 13).is_some()));
        assert_eq!(over(360_359, 13), None);
    }

    #[test]
    fn little_is_read_twice() {
        let mut item = 0;
        let mut pages = 0;
        while item < 10_000 {
            let (size, page) = over(item, 100).unwrap_or_default();
            item = (page + 1) * size - 1;
            pages += 1;
        }
        assert!(pages <= 125, "{pages} pages of a hundred for ten thousand items");
    }
}
