//! Page request of a list that is counted: which page is due, and by which size it is counted where pages overlap.

use super::Cursor;

/// Page request that is due.
#[derive(Clone)]
pub(super) struct PageRequest {
    pub(super) cursor: Cursor,
    pub(super) size: Option<u64>,
    /// How many items of the list come before the page; unknown where a walk begins at a page of unknown size.
    pub(super) start: Option<u64>,
    /// The place in it of the last item read, where it overlaps what came before.
    pub(super) overlap: Option<u64>,
    /// The list has ended as the server says, and only whether that is so is still asked.
    pub(super) check: bool,
}

/// Overlapping page where pages are counted: the size, at most `largest`, by which a page contains the item with that
/// number and most of what follows it; and the number of that page. Nothing where every size ends a page right there, or
/// pages are too small for a choice.
pub(super) fn overlapping_page(item: u64, largest: u64) -> Option<(u64, u64)> {
    let size = (largest / 2 + 1..=largest).max_by_key(|size| size - item % size)?;
    let room = size - item % size;
    (room >= 2).then_some((size, item / size))
}

/// The size, at most `largest`, and the number of the page that has the item with that number, where a server gives fewer
/// items than it did. Where items have ids those that come twice are told apart; elsewhere the page begins right there.
pub(super) fn counted_anew(item: u64, largest: u64, with_ids: bool) -> (u64, u64) {
    let begins_there = |size: &u64| item.is_multiple_of(*size);
    let size = if with_ids { largest } else { (1..=largest).rev().find(begins_there).unwrap_or(1) }.max(1);
    (size, item / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_the_item_and_one_more_at_least() {
        for largest in 2..60 {
            for item in 0..300 {
                if let Some((size, page)) = overlapping_page(item, largest) {
                    assert!(size <= largest);
                    assert!(page * size <= item && item + 1 < (page + 1) * size, "{item} by {largest}");
                }
            }
        }
    }

    #[test]
    fn pages_of_thirteen_always_leave_a_choice_in_lists_of_any_usual_length() {
        // The least number that all sizes from 7 to 13 divide is 360360.
        assert!((0..5000).chain(355_000..360_359).all(|item| overlapping_page(item, 13).is_some()));
        assert_eq!(overlapping_page(360_359, 13), None);
    }

    #[test]
    fn little_is_read_twice() {
        let mut item = 0;
        let mut pages = 0;
        while item < 10_000 {
            let (size, page) = overlapping_page(item, 100).unwrap_or_default();
            item = (page + 1) * size - 1;
            pages += 1;
        }
        assert!(pages <= 125, "{pages} pages of a hundred for ten thousand items");
    }
}
