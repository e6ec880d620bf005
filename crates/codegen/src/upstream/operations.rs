//! Operations, lowered to what a call sends and the one success that it gets.

use serde_json::{Map, Value};

use super::NotLowered;

/// Parts of an operation or path that change nothing about a call.
const DROPPED: &[&str] = &["servers", "security", "callbacks", "externalDocs"];
/// Headers that `OpenAPI` leaves to the client, whatever a document says of them.
const OWN_HEADERS: &[&str] = &["accept", "authorization", "content-type"];
/// Sections of components that only dropped parts refer to.
const DROPPED_COMPONENTS: &[&str] = &["securitySchemes", "headers", "links", "examples", "callbacks"];
/// Media types by how well they can be written and read, best first.
const PREFERRED: &[&str] =
    &["application/json", "application/x-www-form-urlencoded", "application/octet-stream", "text/plain"];

pub(super) fn lower(document: &mut Value) -> Result<(), NotLowered> {
    if let Some(Value::Object(components)) = document.get_mut("components") {
        for section in DROPPED_COMPONENTS {
            components.remove(*section);
        }
        for section in ["requestBodies", "responses"] {
            let parts = components.get_mut(section).and_then(Value::as_object_mut);
            for (_, part) in parts.into_iter().flatten() {
                one_media(part);
            }
        }
    }
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return Err(NotLowered(
            "the document has no paths; give the address of the server's own openapi.json".to_owned(),
        ));
    };
    for (path, item) in paths {
        let Value::Object(item) = item else { continue };
        item.retain(|key, _| !DROPPED.contains(&key.as_str()));
        parameters(item);
        for (method, operation) in item {
            if let Value::Object(operation) = operation {
                one(operation).map_err(|wrong| NotLowered(format!("{} {path} {wrong}", method.to_uppercase())))?;
            }
        }
    }
    Ok(())
}

fn one(operation: &mut Map<String, Value>) -> Result<(), String> {
    operation.retain(|key, value| {
        let says_nothing = key == "deprecated" && *value == Value::Bool(false);
        !DROPPED.contains(&key.as_str()) && !says_nothing
    });
    parameters(operation);
    if let Some(body) = operation.get_mut("requestBody") {
        one_media(body);
        if let Value::Object(body) = body
            && !body.contains_key("$ref")
        {
            // The generator would make it mandatory without saying so.
            body.insert("required".to_owned(), true.into());
        }
    }
    let Some(Value::Object(responses)) = operation.get_mut("responses") else {
        return Err("lists no responses; describe them at the server".to_owned());
    };
    let mut success = success(responses).ok_or("lists no success among its responses; describe it at the server")?;
    one_media(&mut success);
    responses.clear();
    responses.insert("2XX".to_owned(), success);
    Ok(())
}

/// The first success that has a content, else the first one, else what holds for every status.
fn success(responses: &Map<String, Value>) -> Option<Value> {
    let mut listed: Vec<(&String, &Value)> = responses.iter().filter(|(status, _)| status.starts_with('2')).collect();
    listed.sort_by_key(|(status, _)| *status);
    let full = listed.iter().find(|(_, response)| response.get("content").is_some());
    let (_, chosen) = full.or(listed.first())?;
    Some((*chosen).clone())
}

fn parameters(holder: &mut Map<String, Value>) {
    let Some(Value::Array(listed)) = holder.get_mut("parameters") else {
        return;
    };
    listed.retain(|parameter| {
        let text = |key| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
        let own = text("in") == "header" && OWN_HEADERS.contains(&text("name").to_lowercase().as_str());
        text("in") != "cookie" && !own
    });
    for parameter in listed.iter_mut().filter_map(Value::as_object_mut) {
        // What holds anyway need not be said; what does not is for the lint to find.
        parameter.retain(|key, value| match key.as_str() {
            "style" => !matches!(value.as_str(), Some("form" | "simple")),
            "explode" => *value != Value::Bool(true),
            "deprecated" | "allowEmptyValue" => *value != Value::Bool(false),
            // Samples by name; a single one under "example" stays.
            "examples" => false,
            _ => true,
        });
    }
}

/// Keeps the best media type, without its parameters, and nothing else beside the description.
fn one_media(part: &mut Value) {
    let Value::Object(part) = part else { return };
    part.remove("headers");
    part.remove("links");
    let Some(Value::Object(content)) = part.get_mut("content") else {
        return;
    };
    let plain = |name: &str| name.split(';').next().unwrap_or_default().trim().to_owned();
    let rank = |name: &str| PREFERRED.iter().position(|known| *known == plain(name)).unwrap_or(PREFERRED.len());
    let best = content.keys().min_by_key(|name| (rank(name), (*name).clone())).cloned();
    let Some((name, mut media)) = best.and_then(|name| content.remove_entry(&name)) else {
        part.remove("content");
        return;
    };
    if let Value::Object(media) = &mut media {
        media.retain(|key, _| key == "schema");
        if plain(&name) == "application/json" {
            media.entry("schema").or_insert_with(|| Value::Object(Map::new()));
        }
    }
    content.clear();
    content.insert(plain(&name), media);
}
