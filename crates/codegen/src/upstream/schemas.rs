//! Schemas, loosened: a reply is taken as it comes, and no value is checked that a server may change.

use serde_json::{Map, Value};

use super::each_object;
use crate::spec::Spec;

/// What the dialect has no word for, or must not check, in anything sent or received.
const DROPPED: &[&str] = &["title", "pattern", "discriminator", "externalDocs", "xml", "propertyNames"];
/// What must not be checked in anything received.
const UNCHECKED: &[&str] = &[
    "default",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
];

pub(super) fn lower(document: &mut Value) {
    let schemas = Spec::new("", document).schemas.into_iter();
    let schemas: Vec<_> = schemas.map(|schema| (schema.at.pointer, schema.reply, schema.closed)).collect();
    for (pointer, reply, closed) in schemas {
        let schema = document.pointer_mut(&pointer).and_then(Value::as_object_mut);
        let Some(schema) = schema else { continue };
        described(schema);
        loose(schema);
        if reply {
            unchecked(schema);
        }
        if closed {
            plain_words(schema);
        }
        collections(schema);
    }
    // Last, since the words of an enum have moved into descriptions.
    each_object(document, &mut plain_text);
}

/// A field without a description has at least a title, where a framework made one.
fn described(schema: &mut Map<String, Value>) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten() {
        let Value::Object(property) = property else {
            continue;
        };
        if let Some(title) = property.get("title").filter(|title| title.is_string()).cloned() {
            property.entry("description").or_insert(title);
        }
    }
}

fn loose(schema: &mut Map<String, Value>) {
    for key in DROPPED {
        schema.remove(*key);
    }
    schema.retain(|key, value| match key.as_str() {
        "format" => value != "date",
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => *value != Value::Bool(false),
        _ => true,
    });
    let integer = schema.get("type").is_some_and(|kind| kind == "integer");
    let least = schema.get("minimum").and_then(Value::as_f64);
    if integer && least.is_some_and(|least| least > 0.0) {
        schema.remove("minimum");
        schema.remove("exclusiveMinimum");
    }
}

fn unchecked(schema: &mut Map<String, Value>) {
    // An integer from 0 is an unsigned one; that much a reply may say.
    let unsigned = schema.get("type").is_some_and(|kind| kind == "integer")
        && schema.get("minimum").is_some_and(|least| least.as_u64() == Some(0));
    for key in UNCHECKED {
        schema.remove(*key);
    }
    if unsigned {
        schema.insert("minimum".to_owned(), 0.into());
    }
    schema.retain(|key, value| key != "additionalProperties" || !value.is_boolean());
}

/// The words of an enum move into its description, so that a new one is no error.
fn plain_words(schema: &mut Map<String, Value>) {
    let Some(Value::Array(words)) = schema.remove("enum") else {
        return;
    };
    let words: Vec<String> = words
        .iter()
        .filter(|word| !word.is_null())
        .map(|word| word.as_str().map_or_else(|| format!("`{word}`"), |text| format!("`{text}`")))
        .collect();
    let known = format!("Known values: {}.", words.join(", "));
    let before = schema.get("description").and_then(Value::as_str).map(str::trim_end);
    let text = match before {
        Some(text) if text.ends_with('.') => format!("{text} {known}"),
        Some(text) if !text.is_empty() => format!("{text}. {known}"),
        _ => known,
    };
    schema.insert("description".to_owned(), text.into());
}

/// An optional list or map may come as null, and may be sent empty.
fn collections(schema: &mut Map<String, Value>) {
    let required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        let Value::Object(property) = property else {
            continue;
        };
        let kind = property.get("type").and_then(Value::as_str);
        let collection = kind == Some("array") || (kind == Some("object") && !property.contains_key("properties"));
        if collection && !required.iter().any(|known| known == name) {
            property.insert("nullable".to_owned(), true.into());
        }
    }
}

/// Rustdoc would read a bracket as a link.
fn plain_text(holder: &mut Map<String, Value>) {
    for key in ["description", "summary"] {
        if let Some(Value::String(text)) = holder.get_mut(key) {
            *text = text.trim().replace('[', "(").replace(']', ")");
        }
    }
}
