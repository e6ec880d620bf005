//! Tests of lists that do not keep to their own word: every list of every table, where a server repeats its page.

use futures::TryStreamExt as _;
use mlhub::testing::{Lab, Reply};
use serde_json::{Value, json};

use super::typed_tests::client;
use crate::operation::value::values_by_name;
use crate::platforms;

/// A page of so many, with ids or without, where the document has its items, with what it says beside them.
fn page(items: &str, said: &[(Option<&str>, Value)], (count, id): (usize, &str)) -> Value {
    let rows: Vec<Value> = (0..count).map(|n| json!({id: n, "text": n.to_string()})).collect();
    let put = |mut page: Value, path: &str, value: Value| {
        let mut steps = path.split('.').filter(|step| !step.is_empty()).peekable();
        if steps.peek().is_none() {
            return value;
        }
        let mut here = &mut page;
        for step in steps {
            here = &mut here[step];
        }
        *here = value;
        page
    };
    let listed = put(json!({}), items, json!(rows));
    let said = said.iter().filter_map(|(path, value)| Some(((*path)?, value.clone())));
    let said = said.filter(|_| listed.is_object()).collect::<Vec<_>>();
    said.into_iter().fold(listed, |page, (path, value)| put(page, path, value))
}

#[tokio::test]
async fn a_list_that_repeats_its_page_ends_with_an_error_or_a_word() {
    let mut walked = 0;
    for (platform, op) in platforms::all().flat_map(|platform| platform.ops.iter().map(move |op| (platform, op))) {
        let Some(places) = op.list.filter(|_| op.paging.is_some()) else { continue };
        let total = (places.total, json!(1000));
        let next = (places.next, json!(format!("http://server{}?page=2", op.path)));
        let words = [vec![], vec![total.clone()], vec![next.clone()], vec![total, next]];
        let sizes = [(1, "id"), (10, "id"), (100, "id"), (100, "no_id")];
        for (said, size) in words.iter().flat_map(|said| sizes.iter().map(move |size| (said, *size))) {
            let lab = Lab::today();
            let reply = page(places.items, said, size);
            lab.rule(move |_| Some(Reply::json(&reply)));
            let required = op.params.iter().filter(|param| param.required);
            let pairs: Vec<_> = required.map(|param| (param.name.to_owned(), "1".to_owned())).collect();
            let call = values_by_name(op, &pairs)
                .into_iter()
                .fold(client(platform, &lab).call(op), |call, (name, value)| call.arg(name, value));
            let mut items = call.items();
            let mut count = 0;
            let ended = loop {
                match items.try_next().await {
                    Ok(Some(_)) if count < 5000 => count += 1,
                    Ok(Some(_)) => panic!("{} goes on for ever", op.id),
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            let told = items.shifted() || items.warning().is_some();
            // A list that says neither how much nor where it goes on may have ended with a page that is not full.
            let says_more = said.iter().any(|(place, _)| place.is_some());
            let asked = lab.seen().len();
            assert!(
                ended.is_err() || told || !says_more && asked == 1,
                "{} of {said:?} {size:?}: {count} of {asked}",
                op.id
            );
            walked += 1;
        }
    }
    assert!(walked > 50, "{walked}");
}
