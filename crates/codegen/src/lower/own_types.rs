//! Schemas that stand for a type of the library: secrets, times, ids, joined lists, and truth values that are not written as words.
//!
//! Each becomes a component of its own, because the generator replaces types by
//! the name of a component and by nothing else.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Replacement;
use crate::extension::{FLAG, JOIN};

const SECRET: &str = "MlhubSecret";
const TIMESTAMP: &str = "MlhubTimestamp";
const MOMENT: &str = "MlhubMoment";
const ID: &str = "MlhubId";

/// Moves such schemas into components, wherever they stand in `json`.
pub(super) fn lower(json: &mut Value) -> Vec<Replacement> {
    let mut found = BTreeMap::new();
    // One that is a component already is replaced under its own name.
    for (name, schema) in json["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if let Some(replacement) = ours(schema) {
            found.insert(name.clone(), Replacement { component: name.clone(), ..replacement });
            *schema = plain();
        }
    }
    walk(json, &mut found);
    for name in found.keys() {
        json["components"]["schemas"][name] = plain();
    }
    found.into_values().collect()
}

/// What the generator sees of it: it writes the name and never looks inside.
fn plain() -> Value {
    json!({"type": "string", "description": "A text."})
}

fn walk(value: &mut Value, found: &mut BTreeMap<String, Replacement>) {
    if let Some(replacement) = ours(value) {
        let reference = json!({"$ref": format!("#/components/schemas/{}", replacement.component)});
        let mut with = match value["nullable"] == json!(true) {
            true => json!({"nullable": true, "allOf": [reference]}),
            // `allOf` of one keeps the description, which a bare reference cannot carry.
            false if value.get("description").is_some() => json!({"allOf": [reference]}),
            false => reference,
        };
        if with.get("allOf").is_some()
            && let Some(text) = value.get("description")
        {
            with["description"] = text.clone();
        }
        *value = with;
        found.insert(replacement.component.clone(), replacement);
        return;
    }
    match value {
        Value::Object(map) => map.values_mut().for_each(|v| walk(v, found)),
        Value::Array(list) => list.iter_mut().for_each(|v| walk(v, found)),
        _ => {}
    }
}

fn ours(schema: &Value) -> Option<Replacement> {
    if schema["type"] == "boolean" {
        let name = match schema[FLAG].as_str()? {
            "bit" => "NumericBool",
            _ => "PresenceFlag",
        };
        let (component, path) = (format!("Mlhub{name}"), format!("__private::{name}"));
        return Some(Replacement { component, path, display: true });
    }
    if schema["type"] != "string" {
        return None;
    }
    if let Some(separator) = schema[JOIN].as_str() {
        let character = separator.chars().next()?;
        return Some(Replacement {
            component: format!("MlhubJoinedBy{:X}", u32::from(character)),
            path: format!("__private::DelimitedList<{character:?}>"),
            display: true,
        });
    }
    let (component, path, display) = match schema["format"].as_str()? {
        "password" => (SECRET, "__private::Secret", false),
        "date-time" => (TIMESTAMP, "__private::Timestamp", true),
        // A moment as the server is to read it, which may be relative to its own clock.
        "moment" => (MOMENT, "__private::TimeExpr", true),
        "id" => (ID, "__private::Id", true),
        _ => return None,
    };
    Some(Replacement { component: component.to_owned(), path: path.to_owned(), display })
}
