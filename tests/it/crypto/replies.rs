//! Messages inside of JSON replies, taken out as the reply arrives.

use mlhub::ErrorKind;
use mlhub::vantage6::crypto::{
    Decryptor, JsonMessageReader, JsonStringExtractor, Layout, TextLocation, TextPiece, encode,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{OURS, noise};
use crate::support::Checked;

/// The texts that were taken out, and what remained.
fn sieved(reply: &[u8], place: TextLocation, cut: usize) -> Result<(Vec<String>, Value), mlhub::Error> {
    let mut extractor = JsonStringExtractor::new("result", place);
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for piece in reply.chunks(cut) {
        extractor.push(piece, |piece| {
            match piece {
                TextPiece::Begin(number) => {
                    assert_eq!(number, texts.len());
                    texts.push(Vec::new());
                }
                TextPiece::Text(text) => texts.last_mut().expect("a text").extend_from_slice(text),
                _ => {}
            }
            Ok(())
        })?;
    }
    let rest = serde_json::from_slice(&extractor.finish()?).expect("what remains is JSON");
    Ok((texts.into_iter().map(|text| String::from_utf8(text).expect("a text")).collect(), rest))
}

#[test]
fn a_result_is_taken_out_of_an_object_wherever_it_is_cut() -> Checked {
    let reply = json!({
        "id": 7, "note": "a \"result\": \\ of {[", "run": {"result": "not this one", "result ": [1.5e3, true]},
        "result": "one \u{1F600} \u{e9}\n\"\\/\u{8}\u{c}", "after": ["result", "x", {"result": 1}], "task": null,
    });
    let mut rest = reply.clone();
    rest["result"] = json!("0");
    for written in [reply.to_string(), serde_json::to_string_pretty(&reply)?] {
        // Once as serde writes it, once as Python does: with every letter escaped.
        let escaped: String = written
            .chars()
            .map(|letter| match letter.is_ascii() {
                true => letter.to_string(),
                false => letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
            })
            .collect();
        for text in [written.clone(), escaped] {
            for cut in 1..40 {
                let (texts, found) = sieved(text.as_bytes(), TextLocation::Object, cut)?;
                assert_eq!(texts, [reply["result"].as_str().expect("a text")]);
                assert_eq!(found, rest);
            }
        }
    }
    Ok(())
}

#[test]
fn results_are_taken_out_of_a_page() -> Checked {
    let reply = json!({
        "result": "not this one",
        "data": [{"id": 1, "result": "a"}, {"id": 2, "result": null}, {"id": 3}, {"result": "", "id": 4, "x": {"result": "no"}}],
        "links": {"result": "neither"},
    });
    let (texts, rest) = sieved(reply.to_string().as_bytes(), TextLocation::Items, 3)?;
    assert_eq!(texts, ["a", ""]);
    assert_eq!(
        rest["data"],
        json!([{"id": 1, "result": "0"}, {"id": 2, "result": null}, {"id": 3},
        {"result": "1", "id": 4, "x": {"result": "no"}}])
    );
    assert_eq!((&rest["result"], &rest["links"]), (&reply["result"], &reply["links"]));
    Ok(())
}

#[test]
fn a_encrypted_result_is_decrypted_as_its_reply_arrives() -> Checked {
    let plain = noise(100_000, 3);
    for (text, decryptor) in [
        (OURS.public_key().encrypt(&plain)?, Decryptor::encrypted(Layout::Text, &OURS)),
        (OURS.public_key().encrypt(&plain)?, Decryptor::either(Layout::Text, Some(&OURS))),
        (encode(&plain), Decryptor::plain()),
    ] {
        let reply = json!({"id": 7, "result": text, "task": {"id": 3}}).to_string();
        let (mut reader, mut decrypted) = (JsonMessageReader::new("result", decryptor), Vec::new());
        for piece in reply.as_bytes().chunks(999) {
            reader.push(piece, &mut decrypted)?;
        }
        let found = reader.finish()?;
        assert!(decrypted == plain && found.message);
        assert_eq!(serde_json::from_slice::<Value>(&found.rest)?, json!({"id": 7, "result": "0", "task": {"id": 3}}));
    }
    Ok(())
}

#[test]
fn a_reply_without_a_result_says_so() -> Checked {
    for reply in [r#"{"id": 7, "result": null}"#, r#"{"id": 7}"#, r#"{"result": 5}"#] {
        let mut reader = JsonMessageReader::new("result", Decryptor::plain());
        reader.push(reply.as_bytes(), &mut Vec::new())?;
        let found = reader.finish()?;
        assert_eq!((found.message, found.rest.as_slice()), (false, reply.as_bytes()));
    }
    Ok(())
}

#[test]
fn a_cut_or_broken_reply_is_an_error() {
    let reply = r#"{"id": 7, "result": "AA\u003d\u003d", "run": [{}]}"#;
    let read = |reply: &[u8]| {
        let (mut reader, mut plain) = (JsonMessageReader::new("result", Decryptor::plain()), Vec::new());
        reader.push(reply, &mut plain).and_then(|()| reader.finish()).map(|_| plain)
    };
    assert_eq!(read(reply.as_bytes()).expect("it is whole"), [0]);
    for length in 0..reply.len() {
        let error = read(&reply.as_bytes()[..length]).expect_err("it is cut");
        assert_eq!(error.kind(), ErrorKind::Decode, "{length} bytes: {error}");
    }
    for broken in [
        r#"{"result": "\x"}"#,
        r#"{"result": "\uD800"}"#,
        r#"{"result": "\uD800\n"}"#,
        r#"{"result": "\uD800\u0041"}"#,
        r#"{"result": "\uDC00"}"#,
        r#"{"result": "\u00g0"}"#,
        r#"{]"#,
        r#"[}"#,
        "}",
        &"[".repeat(200),
        r#"{"result": "AAAA", "result": "AAAA"}"#,
    ] {
        assert_eq!(read(broken.as_bytes()).expect_err(broken).kind(), ErrorKind::Decode, "{broken}");
    }
    // The message itself is another matter.
    assert_eq!(read(br#"{"result": "!"}"#).expect_err("no base64").kind(), ErrorKind::Decrypt);
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![".{0,12}", Just("result".to_owned()), Just("data".to_owned())];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.clone().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let members = prop::collection::vec((text.clone(), inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(crate::dice::cases(400))]

    /// Whatever the reply: what is taken out and what remains make it up again.
    #[test]
    fn texts_and_remainder_make_up_the_reply(reply in any_json(), cut in 1usize..20, page: bool) {
        let place = if page { TextLocation::Items } else { TextLocation::Object };
        let (texts, mut rest) = sieved(reply.to_string().as_bytes(), place, cut).expect("it is JSON");
        let mut back = |value: &mut Value| {
            if let Some(Value::String(number)) = value.as_object_mut().and_then(|object| object.get_mut("result")) {
                *number = texts[number.parse::<usize>().expect("a number")].clone();
            }
        };
        match place {
            TextLocation::Object => back(&mut rest),
            _ => for list in rest.as_object_mut().into_iter().flat_map(|object| object.values_mut()) {
                list.as_array_mut().into_iter().flatten().for_each(&mut back);
                // At that depth an object inside of an object holds them as well.
                list.as_object_mut().into_iter().flat_map(|object| object.values_mut()).for_each(&mut back);
            },
        }
        if rest.is_array() && page {
            return Ok(());
        }
        prop_assert_eq!(rest, reply);
    }
}
