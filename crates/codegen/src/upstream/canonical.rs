//! One text per document: keys in order, indented, with a line break at the end.

use std::collections::BTreeMap;

use serde_json::Value;

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
