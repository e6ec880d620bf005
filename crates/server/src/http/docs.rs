//! The document as a page for people. It is one file, written here, and loads nothing from anywhere.

use serde_json::{Map, Value};

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}\
    code{background:#eee;padding:0 .2em}table{border-collapse:collapse}\
    td{border-top:1px solid #ccc;padding:.2em .8em;vertical-align:top}";

/// The page for an OpenAPI document.
pub(super) fn page(document: &str) -> String {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let title = text(&document["info"]["title"]);
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <h1>{title} {}</h1><p>{}</p>",
        text(&document["info"]["version"]),
        text(&document["info"]["description"])
    );
    for tag in document["tags"].as_array().into_iter().flatten() {
        page += &format!("<h2>{}</h2><p>{}</p>", text(&tag["name"]), text(&tag["description"]));
        for (path, methods) in object(&document["paths"]) {
            for (method, operation) in object(methods) {
                if operation["tags"][0] == tag["name"] {
                    page += &describe(path, method, operation);
                }
            }
        }
    }
    page += "<h2>Types</h2>";
    for (name, schema) in object(&document["components"]["schemas"]) {
        let name = escape(name);
        page += &format!("<h3 id=\"{name}\">{name}</h3><p>{}</p>", text(&schema["description"]));
        page += &rows(object(&schema["properties"]).map(|(name, schema)| (name.as_str(), schema, schema)));
    }
    page
}

fn describe(path: &str, method: &str, operation: &Value) -> String {
    let mut described = format!(
        "<h3><code>{} {}</code> {}</h3><p>{}</p>",
        method.to_uppercase(),
        escape(path),
        text(&operation["summary"]),
        text(&operation["description"])
    );
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    described += &rows(parameters.map(|it| (it["name"].as_str().unwrap_or_default(), &it["schema"], it)));
    let success = object(&operation["responses"]).find(|(status, _)| status.starts_with('2'));
    let content =
        |place: &Value| object(&place["content"]).next().map(|(kind, it)| (kind.clone(), link(&it["schema"])));
    if let Some((kind, schema)) = content(&operation["requestBody"]) {
        described += &format!("<p>Takes {schema} as {}.</p>", escape(&kind));
    }
    if let Some((status, schema)) = success.and_then(|(status, reply)| Some((status, content(reply)?.1))) {
        described += &format!("<p>Answers {} with {schema}.</p>", escape(status));
    }
    described
}

/// A table of names, types and descriptions.
fn rows<'a>(rows: impl Iterator<Item = (&'a str, &'a Value, &'a Value)>) -> String {
    let rows: String = rows
        .map(|(name, schema, described)| {
            let (name, description) = (escape(name), text(&described["description"]));
            format!("<tr><td><code>{name}</code><td>{}<td>{description}", link(schema))
        })
        .collect();
    if rows.is_empty() { rows } else { format!("<table>{rows}</table>") }
}

/// The name of a type; of a named one with the way to it.
fn link(schema: &Value) -> String {
    let named = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    if let Some((_, name)) = named.and_then(|path| path.rsplit_once('/')) {
        let name = escape(name);
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", link(&schema["items"])),
        Some("object") => format!("map of {}", link(&schema["additionalProperties"])),
        Some(kind) => escape(schema["format"].as_str().unwrap_or(kind)),
        None => "any".to_owned(),
    }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
