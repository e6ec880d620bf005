//! File store of the stand-in: a form with the fields of the policy, then the file.

use bytes::Bytes;
use serde_json::json;

use crate::objects::{DATA, HubState};
use mlhub::testing::{Reply, SeenRequest};

/// The answer of the store; nothing for a request to somebody else.
pub(crate) fn answer(hub: &mut HubState, seen: &SeenRequest) -> Option<Reply> {
    let store = DATA["files"]["store"].as_str()?;
    let key = seen.path().split_once(store).map(|(_, key)| key.trim_start_matches('/').to_owned())?;
    if seen.method == http::Method::POST {
        return Some(match form(seen) {
            Some((key, file)) => {
                hub.files.insert(key, file);
                Reply::status(201)
            }
            None => Reply::status(400).header("content-type", "application/xml"),
        });
    }
    Some(hub.files.get(&key).map_or_else(|| Reply::status(404), |file| Reply::bytes(file.clone())))
}

/// The origin of a request with the path of the store.
pub(crate) fn address(seen: &SeenRequest) -> String {
    let scheme = seen.url.split_once("://").map_or("http", |(scheme, _)| scheme);
    format!("{scheme}://{}{}", seen.host(), DATA["files"]["store"].as_str().unwrap_or_default())
}

/// What an upload has to carry.
pub(crate) fn policy(seen: &SeenRequest, key: &str) -> serde_json::Value {
    let mut fields = DATA["files"]["fields"].clone();
    fields["key"] = json!(key);
    json!({"url": address(seen), "fields": fields})
}

/// Key and content of a form that carries every field of the policy.
fn form(seen: &SeenRequest) -> Option<(String, Bytes)> {
    let boundary = seen.header("content-type")?.split_once("boundary=")?.1.trim_matches('"');
    let mark = format!("--{boundary}");
    let mut key = None;
    let mut file = None;
    let mut missing: Vec<&str> = DATA["files"]["fields"].as_object()?.keys().map(String::as_str).collect();
    for part in split(&seen.body, mark.as_bytes()) {
        let Some(head) = find(part, b"\r\n\r\n") else { continue };
        let (names, value) = (String::from_utf8_lossy(part.get(..head)?).into_owned(), part.get(head + 4..)?);
        let value = value.strip_suffix(b"\r\n").unwrap_or(value);
        let name = names.split_once("name=\"")?.1.split('"').next()?.to_owned();
        missing.retain(|field| *field != name);
        match name.as_str() {
            "key" => key = Some(String::from_utf8_lossy(value).into_owned()),
            "file" => file = Some(Bytes::copy_from_slice(value)),
            _ => {}
        }
    }
    if missing.is_empty() { key.zip(file) } else { None }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

fn split<'a>(mut text: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = find(text, mark) {
        let (before, after) = text.split_at(at);
        parts.push(before);
        text = after.get(mark.len()..).unwrap_or_default();
    }
    parts.push(text);
    parts
}
