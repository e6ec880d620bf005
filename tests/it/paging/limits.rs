//! Sizes, limits, reading ahead, and errors on the way.

use futures::{StreamExt, TryStreamExt};
use mlhub::op::PagingStyle::{Offset, Page, Token};
use mlhub::op::{Paging, PagingStyle};
use mlhub::testing::{Lab, Reply};

use super::list::{Asked, List, Thing, ids, paging, serve};
use crate::support::{Checked, failure, seconds};

#[tokio::test(start_paused = true)]
async fn a_limit_fetches_no_page_more() -> Checked {
    for (limit, requests) in [(0, 0), (1, 1), (2, 1), (3, 2), (99, 3)] {
        let lab = Lab::new();
        serve(&lab, Token, 5, false);
        let items: Vec<Thing> = List::new(&lab, paging(Token), true)?.items().limit(limit).try_collect().await?;
        assert_eq!((items.len(), lab.seen().len()), (limit.min(5), requests), "limit {limit}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_size_is_at_most_the_documents_maximum() -> Checked {
    for (max, asked, sent) in [(100, 1000, 100), (100, 7, 7), (100, 0, 1), (0, 1000, 1000)] {
        let lab = Lab::new();
        serve(&lab, Offset, 1, true);
        let paging = Paging { max, ..paging(Offset) };
        let _: Vec<Thing> = List::new(&lab, paging, true)?.items().page_size(asked).try_collect().await?;
        assert_eq!(Asked::of(&lab.seen()[0]).size, Some(sent));
    }
    Ok(())
}

/// Requests for that many items by a list without total that is asked for pages of ten.
async fn requests(style: PagingStyle, count: u64, named: bool) -> Result<usize, Box<dyn std::error::Error>> {
    let lab = Lab::new();
    serve(&lab, style, count, false);
    let items: Vec<Thing> = List::new(&lab, paging(style), named)?.items().page_size(10).try_collect().await?;
    assert_eq!(items.len() as u64, count);
    Ok(lab.seen().len())
}

#[tokio::test(start_paused = true)]
async fn a_short_page_ends_the_walk_where_pages_are_counted_and_one_of_full_size_came_before() -> Checked {
    assert_eq!(requests(Page, 13, true).await?, 2);
    assert_eq!(requests(Page, 3, true).await?, 2);
    // A server by offsets may cut first and take out afterwards what the caller may not see.
    assert_eq!(requests(Offset, 13, false).await?, 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn pages_overlap_by_an_item_and_bring_as_many_new_ones_as_are_wanted() -> Checked {
    let lab = Lab::new();
    // The last one is full, and a total may be too small: one more shows that it is the last.
    serve(&lab, Offset, 30, true);
    let _: Vec<Thing> = List::new(&lab, paging(Offset), true)?.items().page_size(10).try_collect().await?;
    let queries: Vec<_> = lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    assert_eq!(queries, ["size=10", "at=9&size=11", "at=19&size=11", "at=29&size=11"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn reading_ahead_fetches_while_the_page_before_is_worked_on() -> Checked {
    for (ahead, expected) in [(0, [1, 1, 2]), (1, [2, 2, 3]), (2, [3, 3, 3])] {
        let lab = Lab::new();
        serve(&lab, Token, 6, false);
        let mut items = List::new(&lab, paging(Token), true)?.items().read_ahead(ahead);
        let mut seen = Vec::new();
        for _ in 0..3 {
            items.try_next().await?;
            seen.push(lab.seen().len());
        }
        assert_eq!(seen, expected, "ahead {ahead}");
        assert_eq!(ids(&items.try_collect::<Vec<_>>().await?), [3, 4, 5]);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn at_most_two_pages_are_in_memory() -> Checked {
    let lab = Lab::new();
    serve(&lab, Token, 100, false);
    let mut items = List::new(&lab, paging(Token), true)?.items();
    for taken in 1..=50 {
        items.try_next().await?;
        assert!(lab.seen().len() * 2 <= taken + 2, "{} pages after {taken} items", lab.seen().len());
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_error_ends_the_stream_after_the_items_before_it() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| (Asked::of(seen).number() == Some(1)).then(|| Reply::status(404)));
    serve(&lab, Offset, 5, false);
    let mut items = List::new(&lab, paging(Offset), true)?.items();
    assert_eq!(items.try_next().await?.map(|thing| thing.id), Some(0));
    assert_eq!(items.try_next().await?.map(|thing| thing.id), Some(1));
    assert_eq!(failure(items.try_next().await)?.code(), "MLH-NOT-FOUND");
    assert!(items.next().await.is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_page_is_repeated_like_any_read() -> Checked {
    let lab = Lab::new();
    let first = std::sync::atomic::AtomicBool::new(true);
    lab.rule(move |_| {
        first.swap(false, std::sync::atomic::Ordering::Relaxed).then(|| Reply::status(503).after(seconds(1)))
    });
    serve(&lab, Token, 3, false);
    let items: Vec<Thing> = List::new(&lab, paging(Token), true)?.items().try_collect().await?;
    assert_eq!(items.len(), 3);
    Ok(())
}
