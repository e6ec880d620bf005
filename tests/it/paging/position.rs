//! A place in a list as a text.

use futures::TryStreamExt;
use mlhub::Position;
use mlhub::op::PagingStyle::Token;
use mlhub::testing::Lab;

use super::list::{List, Thing, ids, paging, serve};
use crate::support::Checked;

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

#[test]
fn what_is_no_position_is_refused() {
    for text in ["", "begin", "number:x", "number:-1", "start+", "start+x", "offset:1", "token:%ff"] {
        let error = text.parse::<Position>().err().map(|error| error.code());
        assert_eq!(error, Some("MLH-HANDLE"), "{text}");
    }
}
