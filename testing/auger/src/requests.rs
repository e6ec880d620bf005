//! Request parsing as the Hub does it: every parameter in one JSON object, or in the
//! query where a proxy takes bodies away.

use std::io::Read as _;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::objects::{DATA, Fields};
use mlhub::testing::SeenRequest;

/// The parameters without the token, and the token; nothing where the body is
/// not JSON.
pub(crate) fn read(seen: &SeenRequest) -> Option<(Fields, Option<String>)> {
    let mut fields = match (seen.body.is_empty(), seen.header("content-encoding")) {
        (true, _) => query(seen.query()),
        (false, Some("gzip")) => {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(&*seen.body).read_to_end(&mut plain).ok()?;
            serde_json::from_slice(&plain).ok()?
        }
        (false, _) => serde_json::from_slice(&seen.body).ok()?,
    };
    let mut token = None;
    for key in DATA["token_fields"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if let Some(found) = fields.remove(key) {
            token = token.or_else(|| found.as_str().map(str::to_owned));
        }
    }
    Some((fields, token))
}

/// Pairs of a query, numbers as numbers.
fn query(text: &str) -> Fields {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| {
            let value = decode(value);
            let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
            (decode(name), value)
        })
        .collect()
}

/// A path taken apart by the longest of the lists that it begins with.
pub(crate) struct ResourcePath {
    /// The list, as `hub.json` has it.
    pub(crate) list: String,
    /// Parents, by their names.
    pub(crate) parents: Fields,
    /// What follows: an id, an action.
    pub(crate) rest: Vec<String>,
}

pub(crate) fn place(path: &str) -> Option<ResourcePath> {
    let parts: Vec<String> =
        path.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect();
    let lists = DATA["resources"].as_object()?.keys();
    let fitting = lists.filter_map(|list| {
        let template: Vec<&str> = list.split('/').collect();
        let head = parts.get(..template.len())?;
        let mut parents = Fields::new();
        for (name, part) in template.iter().zip(head) {
            match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(parent) => {
                    parents.insert(parent.to_owned(), part.clone().into());
                }
                None if name == part => {}
                None => return None,
            }
        }
        let rest = parts.get(template.len()..)?.to_vec();
        Some((template.len(), ResourcePath { list: list.clone(), parents, rest }))
    });
    fitting.max_by_key(|(length, _)| *length).map(|(_, place)| place)
}
