//! Servers that do not keep to what they were asked for, or to what they say.

use futures::TryStreamExt;
use mlhub::ErrorKind;
use mlhub::op::PagingStyle::{Link, Offset, Page, Token};
use mlhub::op::{Paging, PagingStyle};
use mlhub::testing::{Lab, Reply};

use super::list::{Asked, Envelope, List, Thing, ids, paging};
use crate::support::{Checked, failure};

/// How a server cuts its list into pages, whatever it is asked for: the size it goes by, given the size asked for.
fn cutting(lab: &Lab, style: PagingStyle, count: u64, total: Option<u64>, size: fn(usize) -> usize) {
    lab.rule(move |seen| {
        let asked = Asked::of(seen);
        let size = size(asked.size.unwrap_or(2)) as u64;
        let from = match style {
            Page => (asked.number().unwrap_or(1) as u64 - 1) * size,
            _ => asked.number().unwrap_or(0) as u64,
        };
        let items: Vec<_> = (from..count.min(from + size)).map(|id| Thing { id }).collect();
        Some(Reply::json(&Envelope { items, total, next: None }))
    });
}

#[tokio::test(start_paused = true)]
async fn a_size_that_is_ignored_capped_or_exceeded_loses_nothing() -> Checked {
    let rules: [fn(usize) -> usize; 4] = [|_| 20, |asked| asked.min(7), |asked| asked + 3, |_| 1];
    for style in [Offset, Page] {
        for named in [true, false] {
            for total in [None, Some(65)] {
                for (number, rule) in rules.into_iter().enumerate() {
                    let lab = Lab::new();
                    cutting(&lab, style, 65, total, rule);
                    let sorted = Paging { sorted: named, ..paging(style) };
                    for paging in [paging(style), sorted] {
                        let list = List::new(&lab, paging, named)?;
                        let items: Vec<Thing> = list.items().page_size(10).try_collect().await?;
                        let all: Vec<_> = (0..65).collect();
                        assert_eq!(ids(&items), all, "{style:?}, ids: {named}, total: {total:?}, rule {number}");
                    }
                }
            }
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_total_that_is_wrong_loses_nothing_and_loops_nowhere() -> Checked {
    for (count, total) in [(5, 99), (5, 4), (5, 1), (5, 0), (0, 5), (9, u64::MAX)] {
        for style in [Offset, Page] {
            let lab = Lab::new();
            cutting(&lab, style, count, Some(total), |_| 3);
            let items: Vec<Thing> = List::new(&lab, paging(style), true)?.items().try_collect().await?;
            assert_eq!(items.len() as u64, count, "{style:?}: {count} items, total said to be {total}");
            assert!(lab.seen().len() <= 9, "{style:?}: {} requests for {count}, {total}", lab.seen().len());
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_total_that_grows_and_shrinks_with_each_page_loses_nothing() -> Checked {
    for style in [Offset, Page] {
        let lab = Lab::new();
        lab.rule(move |seen| {
            let at = Asked::of(seen).number().unwrap_or(0) as u64;
            let from = if style == Page { at.saturating_sub(1) * 3 } else { at };
            let items: Vec<_> = (from..20.min(from + 3)).map(|id| Thing { id }).collect();
            Some(Reply::json(&Envelope { items, total: Some(30 - at % 7), next: None }))
        });
        let mut items = List::new(&lab, paging(style), true)?.items();
        let mut read = Vec::new();
        while let Some(item) = items.try_next().await? {
            read.push(item.id);
        }
        assert_eq!((read, items.shifted()), ((0..20).collect(), true), "{style:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_in_the_middle_is_passed_over_where_the_total_says_that_there_is_more() -> Checked {
    for style in [Offset, Page] {
        let lab = Lab::new();
        // Pages of three, the third of which holds only what the caller may not see.
        lab.rule(move |seen| {
            let at = Asked::of(seen).number().unwrap_or(0) as u64;
            let from = if style == Page { at.saturating_sub(1) * 3 } else { at };
            let items: Vec<_> =
                (from..15.min(from + 3)).filter(|id| !(6..9).contains(id)).map(|id| Thing { id }).collect();
            Some(Reply::json(&Envelope { items, total: Some(15), next: None }))
        });
        let mut items = List::new(&lab, paging(style), false)?.items();
        let mut read = Vec::new();
        while let Some(item) = items.try_next().await? {
            read.push(item.id);
        }
        assert_eq!(read, [0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14], "{style:?}");
        assert!(items.shifted());
    }
    Ok(())
}

/// A list by texts with so many empty pages before its one item.
fn hollow(lab: &Lab, empty: usize) {
    lab.rule(move |seen| {
        let turn: usize = Asked::of(seen).at.and_then(|at| at.trim_start_matches('t').parse().ok()).unwrap_or(0);
        let items = if turn < empty { Vec::new() } else { vec![Thing { id: 1 }] };
        let next = (turn < empty).then(|| format!("t{}", turn + 1));
        Some(Reply::json(&Envelope { items, total: None, next }))
    });
}

#[tokio::test(start_paused = true)]
async fn empty_pages_with_a_name_for_the_next_are_passed_over_but_not_for_ever() -> Checked {
    let lab = Lab::new();
    hollow(&lab, 999);
    let items: Vec<Thing> = List::new(&lab, paging(Token), true)?.items().try_collect().await?;
    assert_eq!(ids(&items), [1]);

    let lab = Lab::new();
    hollow(&lab, 1001);
    let error = failure(List::new(&lab, paging(Token), true)?.items().try_collect::<Vec<Thing>>().await)?;
    assert_eq!((error.kind(), lab.seen().len()), (ErrorKind::Decode, 1000));
    assert!(error.to_string().contains("empty pages: 1000 in a row"), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_last_page_that_shows_it_is_the_last_is_believed() -> Checked {
    for style in [Offset, Page] {
        for (count, requests) in [(0, 1), (3, 1), (6, 2), (7, 3)] {
            let lab = Lab::new();
            lab.rule(move |seen| {
                let at = Asked::of(seen).number().unwrap_or(0) as u64;
                let from = if style == Page { at.saturating_sub(1) * 3 } else { at };
                let items: Vec<_> = (from..count.min(from + 3)).map(|id| Thing { id }).collect();
                let next = (from + 3 < count).then(|| "/things?page=2".to_owned());
                Some(Reply::json(&Envelope { items, total: None, next }))
            });
            let paging = Paging { ends: true, ..paging(style) };
            let items: Vec<Thing> = List::new(&lab, paging, false)?.items().try_collect().await?;
            assert_eq!((items.len() as u64, lab.seen().len()), (count, requests), "{style:?}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn names_that_lead_in_a_wide_circle_end_the_walk_too() -> Checked {
    for style in [Token, Link] {
        let lab = Lab::new();
        // Ends a walk that would not end by itself.
        let journal = lab.clone();
        lab.rule(move |_| (journal.seen().len() > 6000).then(|| Reply::status(400)));
        lab.rule(|seen| {
            let turn: u64 = Asked::of(seen).at.and_then(|at| at.trim_start_matches('t').parse().ok()).unwrap_or(0);
            let next = Some(format!("/things?at=t{}", (turn + 1) % 1500)).map(|link| link.replace("/things?at=t", "t"));
            let link = next.map(|next| format!("http://hub.test/prefix/things?at={next}"));
            Some(Reply::json(&Envelope { items: vec![Thing { id: turn }], total: None, next: link }))
        });
        let walked = List::new(&lab, paging(style), true)?.items().try_collect::<Vec<Thing>>().await;
        // A text that is an address is no number to the service: as a token it leads back to its own page.
        let requests = if style == Link { 1501..4500 } else { 2..3 };
        assert!(walked.is_ok() && requests.contains(&lab.seen().len()), "{style:?}: {}", lab.seen().len());
    }
    Ok(())
}

/// A list by pages of a server that has other sizes than it is asked for, by the number of the page, and says what is
/// given of totals and next pages.
fn moody(lab: &Lab, count: u64, size: fn(u64, u64) -> u64, total: Option<u64>, names_next: bool) {
    let turn = std::sync::atomic::AtomicU64::new(0);
    lab.rule(move |seen| {
        let asked = Asked::of(seen);
        let turn = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let size = size(turn, asked.size.unwrap_or(20) as u64);
        let from = (asked.number().unwrap_or(1) as u64).saturating_sub(1) * size;
        let items: Vec<_> = (from..count.min(from + size)).map(|id| Thing { id }).collect();
        let next = (names_next && from + size < count).then(|| "/things?page".to_owned());
        Some(Reply::json(&Envelope { items, total, next }))
    });
}

#[tokio::test(start_paused = true)]
async fn pages_that_shrink_lose_nothing_where_the_server_says_that_there_is_more() -> Checked {
    // A cap from the start, one that comes later, and one that goes on falling.
    let rules: [fn(u64, u64) -> u64; 4] = [
        |_, asked| asked.min(7),
        |turn, asked| if turn == 0 { asked } else { asked.min(5) },
        |turn, asked| asked.min(10u64.saturating_sub(turn).max(3)),
        |turn, asked| if turn < 3 { asked } else { asked.min(2) },
    ];
    for (total, names_next, ends) in [(Some(65), false, false), (None, true, true), (Some(65), true, true)] {
        for (number, rule) in rules.into_iter().enumerate() {
            for (sorted, named) in [(true, true), (false, true), (false, false)] {
                // Without ids nobody can tell what comes twice from what is alike.
                if number == 2 && !named {
                    continue;
                }
                let lab = Lab::new();
                moody(&lab, 65, rule, total, names_next);
                let paging = Paging { sorted, ends, ..paging(Page) };
                let mut items = List::new(&lab, paging, named)?.items().page_size(10);
                let mut read = Vec::new();
                while let Some(item) = items.try_next().await? {
                    read.push(item.id);
                }
                let what = format!("rule {number}, total {total:?}, next {names_next}, sorted {sorted}, ids {named}");
                assert_eq!(read, (0..65).collect::<Vec<_>>(), "{what}");
                assert_eq!(items.warning(), None, "{what}");
            }
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_total_counts_where_no_page_names_the_next() -> Checked {
    for style in [Offset, Page] {
        let lab = Lab::new();
        cutting(&lab, style, 25, Some(25), |_| 10);
        let paging = Paging { ends: true, ..paging(style) };
        let items: Vec<Thing> = List::new(&lab, paging, true)?.items().page_size(10).try_collect().await?;
        assert_eq!(items.len(), 25, "{style:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_total_that_is_the_pages_own_or_too_small_by_pages_loses_nothing() -> Checked {
    for style in [Offset, Page] {
        for total in [10, 20] {
            for ids in [true, false] {
                let lab = Lab::new();
                cutting(&lab, style, 35, Some(total), |_| 10);
                let list = List::new(&lab, paging(style), ids)?;
                let items: Vec<Thing> = list.items().page_size(10).try_collect().await?;
                assert_eq!(items.len(), 35, "{style:?} {total} {ids}");
            }
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_the_page_behind_the_last_is_the_end_and_no_failure() -> Checked {
    for status in [404, 400] {
        let lab = Lab::new();
        lab.rule(move |seen| (Asked::of(seen).number() > Some(2)).then(|| Reply::status(status)));
        cutting(&lab, Page, 20, Some(20), |_| 10);
        let mut items = List::new(&lab, paging(Page), true)?.items().page_size(10);
        let mut count = 0;
        while items.try_next().await?.is_some() {
            count += 1;
        }
        assert_eq!((count, items.warning(), lab.seen().len()), (20, None, 3));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_walk_that_may_not_have_read_everything_says_so_in_one_line() -> Checked {
    // The total says more than ever comes.
    let lab = Lab::new();
    cutting(&lab, Page, 5, Some(99), |_| 3);
    let mut pages = List::new(&lab, paging(Page), true)?.pages();
    while pages.try_next().await?.is_some() {
        assert!(pages.warning().is_none() || pages.warning().is_some_and(|text| text.contains("5 came")));
    }
    let text = pages.warning().ok_or("a warning")?;
    assert_eq!(text, "the server says that the list has 99 items, and 5 came");
    // The same page for ever.
    for style in [Offset, Page] {
        let lab = Lab::new();
        lab.rule(|_| {
            let items = (0..10).map(|id| Thing { id }).collect();
            Some(Reply::json(&Envelope { items, total: None, next: None }))
        });
        let mut items = List::new(&lab, paging(style), true)?.items().page_size(10);
        let mut count = 0;
        while items.try_next().await?.is_some() {
            count += 1;
        }
        assert_eq!(count, 10);
        assert!(items.warning().is_some_and(|text| text.contains("the same page again")), "{style:?}");
    }
    let lab = Lab::new();
    lab.rule(|seen| {
        let id = Asked::of(seen).number().unwrap_or(0) as u64;
        Some(Reply::json(&Envelope { items: vec![Thing { id }], total: None, next: Some(((id + 1) % 3).to_string()) }))
    });
    let mut items = List::new(&lab, paging(Token), true)?.items();
    while items.try_next().await?.is_some() {}
    assert!(items.warning().is_some_and(|text| text.contains("leads back")), "{:?}", items.warning());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_position_at_the_end_of_all_numbers_ends_in_no_overflow() -> Checked {
    for style in [Offset, Page] {
        for total in [None, Some(u64::MAX), Some(0)] {
            for text in ["number:18446744073709551615", "number:18446744073709551615*18446744073709551615+1"] {
                let lab = Lab::new();
                lab.times(40, Reply::json(&Envelope { items: vec![Thing { id: 1 }], total, next: None }));
                let paging = Paging { first: 7, ..paging(style) };
                let items = List::new(&lab, paging, false)?.items().resume(text.parse()?);
                let read: Vec<Thing> = items.try_collect().await?;
                assert!(read.len() <= 1, "{style:?} {total:?} {text}: {}", read.len());
            }
        }
    }
    Ok(())
}
