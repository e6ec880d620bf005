//! Numbers that no document types keep every digit on their way out, and in results for who reads them so.

use mlhub::RawCall;
use mlhub::testing::{Lab, Reply};
use proptest::prelude::*;
use serde_json::json;
use serde_json::value::RawValue;

use crate::support::{Checked, NEVER, client, failure};

/// What the lab got as the body of that call.
fn sent(change: impl FnOnce(RawCall) -> RawCall) -> Result<String, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    runtime.block_on(async {
        let lab = Lab::new();
        lab.then(Reply::json(&1));
        let _reply: serde_json::Value = change(RawCall::of(client(&lab)?, &NEVER)).send().await?;
        Ok(String::from_utf8(lab.seen()[0].body.to_vec())?)
    })
}

/// A number as JSON writes them, of any length.
fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,40})([.][0-9]{1,30})?([eE][+-]?[0-9]{1,3})?"
}

proptest! {
    #![proptest_config(crate::dice::cases(64))]

    #[test]
    fn a_number_arrives_in_a_body_as_it_was_written(one in number(), two in number()) {
        let fails = |error: Box<dyn std::error::Error>| TestCaseError::fail(error.to_string());
        let body = format!("{{\"a\": {one}, \"b\": [{two}]}}");
        prop_assert_eq!(sent(|call| call.json_text(&body)).map_err(fails)?, &*body);
        let fields = sent(|call| call.json_arg("a", &one).json_arg("b", &format!("[{two}]")).field("c", 1)).map_err(fails)?;
        let read: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_str(&fields)?;
        prop_assert_eq!((read["a"].get(), read["b"].get(), read["c"].get()), (&*one, &*format!("[{two}]"), "1"));
        // Beside a body that is given as a whole, and in place of one of its fields.
        let both = sent(|call| call.json_text(&body).json_arg("b", &one).arg("d", "x")).map_err(fails)?;
        let read: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_str(&both)?;
        prop_assert_eq!((read["a"].get(), read["b"].get(), read["d"].get()), (&*one, &*one, "\"x\""));
    }

    #[test]
    fn a_number_of_a_reply_has_all_its_digits_for_who_asks_for_them(one in number()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
        let read: Box<RawValue> = runtime.block_on(async {
            let lab = Lab::new();
            lab.then(Reply::bytes(one.clone()));
            RawCall::of(client(&lab)?, &NEVER).send().await
        }).map_err(|error: mlhub::Error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(read.get(), &*one);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_json_is_refused_before_anything_is_sent() -> Checked {
    for text in ["", "{", "0x10", "01", "NaN"] {
        let lab = Lab::new();
        let call = || RawCall::of(client(&lab).expect("a client"), &NEVER);
        for call in [call().json_text(text), call().json_arg("a", text)] {
            assert_eq!(failure(call.send::<serde_json::Value>().await)?.code(), "MLH-REQUEST", "{text}");
        }
        assert!(lab.seen().is_empty());
    }
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    RawCall::of(client(&lab)?, &NEVER).body(json!([1])).field("a", 2).send::<serde_json::Value>().await?;
    assert_eq!(lab.seen()[0].json(), json!([1]), "a list takes no fields");
    Ok(())
}
