//! Upstream document: what a server publishes, lowered to the dialect that documents are written in.
//!
//! Frameworks emit `OpenAPI` 3.0 or 3.1 with error replies, several media types, closed enums
//! and checks on what they send. [`lower`] keeps what a client needs of it. What a server cannot
//! know (groups, paging, waits) is then laid over it as a [`merge_patch`], and [`canonical`]
//! writes the result so that the same document always gives the same text.

mod json;
mod openapi_31;
mod operations;
mod schemas;
mod unused_components;

use std::fmt;

pub use json::{canonical, merge_patch};
use serde_json::{Map, Value};

/// Why a published document cannot be lowered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotLowered(String);

impl fmt::Display for NotLowered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotLowered {}

/// Top-level parts that say nothing about what a call sends and gets.
const DROPPED: &[&str] = &["servers", "security", "externalDocs", "webhooks", "jsonSchemaDialect"];
/// The version that the dialect is a part of.
const VERSION: &str = "3.0.3";

/// Lowers a published document; lowering the result again changes nothing.
///
/// # Errors
///
/// If it is no `OpenAPI` 3 document, or an operation has no success reply.
pub fn lower(document: Value) -> Result<Value, NotLowered> {
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("3.") {
        return Err(NotLowered(format!(
            "this is no OpenAPI 3 document (its \"openapi\" is {version:?}); give the address or file of the server's openapi.json"
        )));
    }
    let mut document = document;
    if let Some(root) = document.as_object_mut() {
        for key in DROPPED {
            root.remove(*key);
        }
        root.insert("openapi".to_owned(), VERSION.into());
    }
    openapi_31::lower(&mut document);
    operations::lower(&mut document)?;
    schemas::lower(&mut document);
    unused_components::drop(&mut document);
    Ok(document)
}

/// Calls `change` on every object of the document, inner ones first.
///
/// Samples and constants are data, not schemas, and are left alone.
fn each_object(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, change)),
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                let data = matches!(key.as_str(), "example" | "examples" | "default" | "const")
                    && !matches!(member.get("type"), Some(Value::String(_)));
                let words = key == "enum" && member.is_array();
                if !(data || words || key.starts_with("x-")) {
                    each_object(member, change);
                }
            }
            change(members);
        }
        _ => {}
    }
}
