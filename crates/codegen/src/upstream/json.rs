//! JSON of a document: one canonical text for each, and the merge patch (RFC 7396) by which an overlay says what a
//! published document leaves out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The document as it is checked in.
#[must_use]
pub fn canonical(document: &Value) -> String {
    // The alternate form of a JSON value is the indented one.
    format!("{:#}\n", sorted(document))
}

/// The order of keys is by name, whatever order the map type keeps.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            let members = members.into_iter();
            Value::Object(members.map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        other => other.clone(),
    }
}

/// Lays `patch` over `target`: objects are joined, `null` removes, anything else replaces.
pub fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else {
        return;
    };
    for (key, change) in changes {
        if change.is_null() {
            members.remove(key);
        } else {
            merge_patch(members.entry(key.clone()).or_insert(Value::Null), change);
        }
    }
}
