//! Lists that change while they are read, and servers that lie about them.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::TryStreamExt;
use mlhub::op::PagingStyle::{Link, Offset, Page, Token};
use mlhub::testing::{Lab, Reply};
use proptest::prelude::*;

use super::list::{Asked, Envelope, List, Thing, ids, paging, serve};
use crate::support::Checked;

#[tokio::test(start_paused = true)]
async fn items_pushed_onto_the_next_page_come_once_and_the_walk_says_so() -> Checked {
    for with_total in [true, false] {
        let lab = Lab::new();
        let shelf = serve(&lab, Offset, 4, with_total);
        let mut items = List::new(&lab, paging(Offset), true)?.items();
        let mut read = vec![items.try_next().await?, items.try_next().await?];
        assert!(!items.shifted());
        // Somebody adds an item at the front: item 1 is on the second page now.
        shelf.lock().map_err(|_| "poisoned")?.insert(0, 100);
        while let Some(item) = items.try_next().await? {
            read.push(Some(item));
        }
        let read: Vec<_> = read.into_iter().flatten().collect();
        assert_eq!(ids(&read), [0, 1, 2, 3]);
        assert!(items.shifted());
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_total_that_changes_is_reported() -> Checked {
    let lab = Lab::new();
    let shelf = serve(&lab, Offset, 4, true);
    let mut pages = List::new(&lab, paging(Offset), true)?.pages();
    pages.try_next().await?;
    shelf.lock().map_err(|_| "poisoned")?.push(100);
    let rest: Vec<_> = pages.by_ref_collect().await?;
    assert_eq!(rest.concat(), [2, 3, 100]);
    assert!(pages.shifted());
    Ok(())
}

/// Collects without giving the stream away.
trait Collect {
    async fn by_ref_collect(&mut self) -> Result<Vec<Vec<u64>>, mlhub::Error>;
}

impl Collect for mlhub::Pages<Thing> {
    async fn by_ref_collect(&mut self) -> Result<Vec<Vec<u64>>, mlhub::Error> {
        let mut all = Vec::new();
        while let Some(page) = self.try_next().await? {
            all.push(ids(&page.items));
        }
        Ok(all)
    }
}

/// Gives the same two items at each turn, with the text of that turn as the
/// name of the next page; refuses the eleventh, so that a walk that does not
/// stop fails.
fn same_page(lab: &Lab, name: impl Fn(usize) -> Option<String> + Send + Sync + 'static) {
    let turns = AtomicUsize::new(0);
    lab.rule(move |_| {
        let turn = turns.fetch_add(1, Ordering::Relaxed);
        let page = Envelope { items: vec![Thing { id: 7 }, Thing { id: 8 }], total: None, next: name(turn) };
        Some(if turn > 9 { Reply::status(400) } else { Reply::json(&page) })
    });
}

#[tokio::test(start_paused = true)]
async fn a_server_that_ignores_the_position_is_left_after_the_repeat() -> Checked {
    for style in [Offset, Page, Token, Link] {
        for named in [true, false] {
            let lab = Lab::new();
            same_page(&lab, |_| Some("more".to_owned()));
            let mut pages = List::new(&lab, paging(style), named)?.pages();
            let all = pages.by_ref_collect().await?;
            // Where pages overlap, one repeat may be a list that has moved by as much as the walk.
            let requests = if style == Offset && named { 3 } else { 2 };
            assert_eq!((all.concat(), lab.seen().len()), (vec![7, 8], requests), "{style:?} {named}");
            // Under numbers that may also be a list that has moved.
            assert_eq!(pages.shifted(), matches!(style, Offset | Page), "{style:?} {named}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn pages_that_are_alike_under_new_names_are_all_given() -> Checked {
    for style in [Token, Link] {
        let lab = Lab::new();
        same_page(&lab, |turn| (turn < 2).then(|| format!("t{turn}")));
        let items: Vec<Thing> = List::new(&lab, paging(style), false)?.items().try_collect().await?;
        assert_eq!(ids(&items), [7, 8, 7, 8, 7, 8], "{style:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_same_items_under_ever_new_names_end_the_walk() -> Checked {
    for style in [Token, Link] {
        let lab = Lab::new();
        same_page(&lab, |turn| Some(format!("t{turn}")));
        let items: Vec<Thing> = List::new(&lab, paging(style), true)?.items().try_collect().await?;
        assert_eq!((ids(&items), lab.seen().len()), (vec![7, 8], 2), "{style:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn names_that_lead_in_a_circle_end_the_walk() -> Checked {
    for style in [Token, Link] {
        let lab = Lab::new();
        same_page(&lab, |turn| Some(format!("t{}", turn % 3)));
        List::new(&lab, paging(style), false)?.items().try_collect::<Vec<Thing>>().await?;
        assert_eq!(lab.seen().len(), 4, "{style:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_token_that_names_its_own_page_ends_the_walk() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| {
        let id = Asked::of(seen).at.map_or(1, |_| 2);
        Some(Reply::json(&Envelope { items: vec![Thing { id }], total: None, next: Some("same".to_owned()) }))
    });
    let items: Vec<Thing> = List::new(&lab, paging(Token), true)?.items().try_collect().await?;
    assert_eq!((ids(&items), lab.seen().len()), (vec![1, 2], 2));
    Ok(())
}

proptest! {
    #![proptest_config(crate::dice::cases(64))]

    /// Whatever length and size, every style gives each item once, in order,
    /// and any position that it names resumes exactly there.
    #[test]
    fn every_walk_is_complete_and_can_be_resumed_anywhere(
        count in 0u64..40,
        size in 1u64..12,
        cut in 0usize..40,
        style in prop_oneof![Just(Offset), Just(Page), Just(Token), Just(Link)],
        total in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
        let walked: Result<Vec<u64>, Box<dyn std::error::Error>> = runtime.block_on(async {
            let lab = Lab::new();
            serve(&lab, style, count, total);
            let list = || List::new(&lab, paging(style), true);
            // A link carries its own size, or none: the service's two.
            let mut first = list()?.items().page_size(size).limit(cut);
            let mut all = Vec::new();
            while let Some(item) = first.try_next().await? {
                all.push(item.id);
            }
            let position = first.position().to_string().parse()?;
            let rest: Vec<Thing> = list()?.items().page_size(size).resume(position).try_collect().await?;
            all.extend(ids(&rest));
            Ok(all)
        });
        let walked = walked.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(walked, (0..count).collect::<Vec<_>>());
    }
}
