//! Each style gives every item once, in order, and asks no more than it must.

use futures::TryStreamExt;
use mlhub::op::PagingStyle::{self, Link, Offset, Page, Token};
use mlhub::testing::Lab;

use super::list::{List, Thing, ids, paging, serve};
use crate::support::Checked;

/// Walks a list of that length; its ids and the number of requests.
async fn walk(
    style: PagingStyle,
    count: u64,
    total: bool,
    named: bool,
) -> Result<(Vec<u64>, usize), Box<dyn std::error::Error>> {
    let lab = Lab::new();
    serve(&lab, style, count, total);
    let items: Vec<Thing> = List::new(&lab, paging(style), named)?.items().try_collect().await?;
    Ok((ids(&items), lab.seen().len()))
}

#[tokio::test(start_paused = true)]
async fn every_item_once_in_order_with_as_few_requests_as_the_server_allows() -> Checked {
    // style, total given, ids named; then requests for 0, 1, 2, 4 and 5 items in pages of two. Where ids are named,
    // the pages of a list by offsets overlap, which takes most where pages are as small as here.
    for (style, total, named, requests) in [
        (Offset, true, false, [1, 1, 1, 2, 3]),
        (Offset, true, true, [1, 1, 1, 3, 4]),
        (Offset, false, false, [1, 2, 2, 3, 4]),
        (Offset, false, true, [1, 2, 2, 4, 5]),
        (Page, true, true, [1, 1, 1, 2, 3]),
        (Page, true, false, [1, 1, 1, 2, 3]),
        (Page, false, true, [1, 2, 2, 3, 4]),
        (Page, false, false, [1, 2, 2, 3, 4]),
        (Token, false, true, [1, 1, 1, 2, 3]),
        (Token, false, false, [1, 1, 1, 2, 3]),
        (Link, false, true, [1, 1, 1, 2, 3]),
        (Link, false, false, [1, 1, 1, 2, 3]),
    ] {
        for (count, requests) in [0, 1, 2, 4, 5].into_iter().zip(requests) {
            let expected = ((0..count).collect(), requests);
            let walked = walk(style, count, total, named).await?;
            assert_eq!(walked, expected, "{style:?}, {count} items, total: {total}, ids: {named}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_link_is_followed_as_it_is_but_on_our_host() -> Checked {
    let lab = Lab::new();
    serve(&lab, Link, 3, false);
    let _: Vec<Thing> = List::new(&lab, paging(Link), true)?.items().try_collect().await?;
    assert_eq!(lab.seen()[1].url, "http://hub.test/prefix/things?at=after-2");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn pages_come_whole_with_the_total() -> Checked {
    let lab = Lab::new();
    serve(&lab, Offset, 3, true);
    let mut pages = List::new(&lab, paging(Offset), true)?.pages();
    let first = pages.try_next().await?.ok_or("no page")?;
    assert_eq!((ids(&first.items), first.total), (vec![0, 1], Some(3)));
    let second = pages.try_next().await?.ok_or("no page")?;
    assert_eq!(ids(&second.items), [2]);
    assert!(pages.try_next().await?.is_none());
    assert!(!pages.shifted());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_walk_can_be_spawned() -> Checked {
    let lab = Lab::new();
    serve(&lab, Offset, 3, true);
    let items = List::new(&lab, paging(Offset), true)?.items();
    let walked = tokio::spawn(items.try_collect::<Vec<Thing>>()).await??;
    assert_eq!(walked.len(), 3);
    Ok(())
}
