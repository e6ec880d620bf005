//! A place in a list as a text.

use futures::TryStreamExt;
use mlhub::Position;
use mlhub::op::Paging;
use mlhub::op::PagingStyle::{Link, Offset, Page, Token};
use mlhub::testing::Lab;
use proptest::prelude::*;

use super::list::{List, Thing, ids, paging, serve};
use crate::support::{Checked, failure};

#[tokio::test(start_paused = true)]
async fn another_walk_goes_on_at_the_item_after() -> Checked {
    let lab = Lab::new();
    serve(&lab, Token, 5, false);
    let mut items = List::new(&lab, paging(Token), true)?.items();
    for _ in 0..3 {
        items.try_next().await?;
    }
    let text = items.position().to_string();
    assert_eq!(text, "token:after%2D2+1");
    let rest: Vec<Thing> = List::new(&lab, paging(Token), true)?.items().resume(text.parse()?).try_collect().await?;
    assert_eq!(ids(&rest), [3, 4]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn it_may_lie_within_a_page_and_means_the_same_by_pages_of_another_size() -> Checked {
    for (style, text) in [(Offset, "number:13"), (Page, "number:2*10+3")] {
        for size in [None, Some(3), Some(50)] {
            let lab = Lab::new();
            serve(&lab, style, 40, true);
            let list = || List::new(&lab, paging(style), true);
            let mut items = list()?.items().page_size(10);
            for _ in 0..13 {
                items.try_next().await?;
            }
            assert_eq!(items.position().to_string(), text);
            let rest = list()?.items().resume(text.parse()?);
            let rest = if let Some(size) = size { rest.page_size(size) } else { rest };
            assert_eq!(
                ids(&rest.try_collect::<Vec<_>>().await?),
                (13..40).collect::<Vec<_>>(),
                "{style:?} by {size:?}"
            );
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn in_a_sorted_list_it_is_exact_whatever_has_gone_since() -> Checked {
    for (style, text) in [(Offset, "number:12@12"), (Page, "number:2*9+4@12"), (Token, "token:after%2D10+3@12")] {
        let lab = Lab::new();
        let shelf = serve(&lab, style, 40, true);
        let list = || List::new(&lab, Paging { sorted: true, ..paging(style) }, true);
        let mut items = list()?.items().page_size(10);
        for _ in 0..13 {
            items.try_next().await?;
        }
        assert_eq!(items.position().to_string(), text);
        if style != Token {
            // The service's tokens are numbers in disguise; the others must bear the loss of what was read last.
            shelf.lock().map_err(|_| "poisoned")?.retain(|id| !(5..=12).contains(id));
        }
        let rest = list()?.items().resume(text.parse()?);
        assert_eq!(ids(&rest.try_collect::<Vec<_>>().await?), (13..40).collect::<Vec<_>>(), "{style:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn one_of_another_kind_of_list_is_refused_before_anything_is_sent() -> Checked {
    for (style, text) in [(Offset, "token:abc"), (Page, "link:abc"), (Token, "number:3"), (Link, "token:abc")] {
        let lab = Lab::new();
        let items = List::new(&lab, paging(style), true)?.items().resume(text.parse()?);
        let error = failure(items.try_collect::<Vec<Thing>>().await)?;
        assert_eq!((error.code(), lab.seen().len()), ("MLH-HANDLE", 0), "{style:?}");
        assert!(error.to_string().contains(text), "{error}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::dice::cases(256))]

    /// Whatever texts a server and its items have, a position comes back, as one word for a shell.
    #[test]
    fn every_position_comes_back(
        kind in "token|link", text in "\\PC{0,30}", size in 1u64..9, taken in 1usize..9, id in "\\PC{1,20}",
    ) {
        let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let written = format!("{kind}:{}*{size}+{taken}@{}", escaped(&text), escaped(&id));
        let position: Position = written.parse().map_err(|error| TestCaseError::fail(format!("{error}")))?;
        let again = position.to_string();
        prop_assert!(again.chars().all(|c| c.is_ascii_graphic() && !"'\"$`\\;&".contains(c)), "{}", again);
        prop_assert_eq!(again.parse::<Position>().ok(), Some(position));
    }

    /// No text makes the reader panic.
    #[test]
    fn any_text_is_a_position_or_an_error(text in "(number:|token:|start)?\\PC{0,40}") {
        if let Ok(position) = text.parse::<Position>() {
            prop_assert_eq!(position.to_string().parse::<Position>().ok(), Some(position));
        }
    }
}

#[test]
fn what_is_no_position_is_refused() {
    for text in [
        "",
        "begin",
        "number:x",
        "number:-1",
        "start+",
        "start+x",
        "start*",
        "start*x",
        "start@%ff",
        "offset:1",
        "token:%ff",
    ] {
        let error = text.parse::<Position>().err().map(|error| error.code());
        assert_eq!(error, Some("MLH-HANDLE"), "{text}");
    }
}
