//! Shape of JSON: whether two replies have the same keys and types.

use serde_json::Value;

/// Keys that the hub adds to an answer: the name that the original misspells, and what a client needs to stay logged in,
/// which the original lacks because its tokens live for eight days.
const ADDED: [&str; 3] = ["covars_best_response", "expires_in", "refresh_token"];
/// Keys that the hub leaves out: `doc` sent the request body back, and there may be a password in it.
const LEFT_OUT: [&str; 1] = ["doc"];
/// Keys that are null in the recording and have a value here.
const FILLED: [&str; 1] = ["acq_func"];
/// Keys under which the original writes the `repr` of a Python value and the hub JSON.
const REPRS: [&str; 4] = ["covars_tell", "response_tell", "best_response", "covars_best_reponse"];

/// Asserts that `ours` has the shape of `theirs`.
pub(super) fn same(place: &str, theirs: &Value, ours: &Value) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) if theirs.keys().all(|key| key.parse::<u32>().is_ok()) => {
            // A column keyed by row: how long it is depends on what was told before.
            if let (Some(theirs), Some(ours)) = (theirs.values().next(), ours.values().next()) {
                same(&format!("{place}.row"), theirs, ours);
            }
            assert!(ours.keys().all(|key| key.parse::<u32>().is_ok()), "{place}: {ours:?}");
        }
        (Value::Object(theirs), Value::Object(ours)) => {
            for (key, theirs) in theirs {
                let place = format!("{place}.{key}");
                if LEFT_OUT.contains(&key.as_str()) {
                    assert!(!ours.contains_key(key), "{place} is there after all");
                    continue;
                }
                let ours = ours.get(key).unwrap_or_else(|| panic!("{place} is missing in {ours:?}"));
                if FILLED.contains(&key.as_str()) {
                    assert!(theirs.is_null() && ours.is_string(), "{place}: {ours}");
                } else if let (true, Value::String(theirs), Value::String(ours)) =
                    (REPRS.contains(&key.as_str()), theirs, ours)
                {
                    same(&place, &from_repr(theirs), &json(&place, ours));
                } else if let ("covars_next_exp", Value::String(theirs), Value::String(ours)) =
                    (key.as_str(), theirs, ours)
                {
                    same(&place, &json(&place, theirs), &json(&place, ours));
                } else {
                    same(&place, theirs, ours);
                }
            }
            let more: Vec<_> = ours.keys().filter(|key| !theirs.contains_key(*key)).collect();
            assert!(more.iter().all(|key| ADDED.contains(&key.as_str())), "{place} has more: {more:?}");
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            assert_eq!(theirs.is_empty(), ours.is_empty(), "{place}");
            for (theirs, ours) in theirs.iter().zip(ours) {
                same(&format!("{place}[]"), theirs, ours);
            }
        }
        _ => assert_eq!(kind(theirs), kind(ours), "{place}: {theirs} and {ours}"),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn json(place: &str, text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{place} is not JSON inside its text: {error}: {text}"))
}

/// The value of a Python `repr` that has no quotes inside its texts.
fn from_repr(text: &str) -> Value {
    json("the recording", &text.replace('\'', "\""))
}
