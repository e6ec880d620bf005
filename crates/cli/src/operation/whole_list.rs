//! Whole list: all items of one that is walked, with a word where some may be missing, and an end to one that has none.

use futures::TryStreamExt as _;
use mlhub::{Error, ErrorKind, Items};

use crate::terminal;

/// Rows of a list that nobody has limited: no platform has so many, so a list beyond that has no end.
pub(crate) const MOST_ROWS: usize = 1_000_000;

/// All items of a list.
pub(crate) async fn whole_list<T: Send + 'static>(items: Items<T>) -> Result<Vec<T>, Error> {
    up_to(MOST_ROWS, items).await
}

async fn up_to<T: Send + 'static>(most: usize, mut items: Items<T>) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    while let Some(item) = items.try_next().await? {
        if all.len() == most {
            return Err(Error::new(ErrorKind::Decode, format!("the list does not end: {most} rows were read")));
        }
        all.push(item);
    }
    warn_of_gaps(&items);
    Ok(all)
}

/// Says what a walk that has ended may have missed.
pub(crate) fn warn_of_gaps<T: Send + 'static>(items: &Items<T>) {
    if let Some(why) = items.warning() {
        terminal::warn(&format!("{why}; what was read may not be the whole list"));
    } else if items.shifted() {
        terminal::warn("the list changed while it was read: what was added or taken away meanwhile may be missing");
    }
}

#[cfg(test)]
mod tests {
    use mlhub::testing::{Lab, Reply};
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_list_without_an_end_has_one_here() {
        let lab = Lab::today();
        lab.rule(|seen| {
            let from = seen.query().split('&').find_map(|pair| pair.strip_prefix("offset=")?.parse::<u64>().ok());
            let items: Vec<_> = (0..50).map(|n| json!({"id": format!("id-{}", from.unwrap_or(0) + n)})).collect();
            Some(Reply::json(&json!({"items": items, "total": 1_000_000_000})))
        });
        let client = mlhub::autotune::Client::builder("http://server").token("t").lab(&lab).build().unwrap();
        let op = crate::platforms::find("autotune").unwrap().op("experiment_list").unwrap();
        let error = up_to(500, client.call(op).items()).await.unwrap_err();
        assert!(error.to_string().contains("does not end: 500 rows"), "{error}");
        assert!(lab.seen().len() < 30, "{}", lab.seen().len());
    }
}
