//! The document as a page for people. It is one file, written here: no script, and nothing from anywhere else.

mod operation;
mod types;

use serde_json::{Map, Value};

const STYLE: &str = include_str!("style.css");

/// How somebody who has never called the hub gets from nothing to an answer.
const FIRST_CALLS: &str = "\
# Once: an account.
curl -H 'Content-Type: application/json' HUB/user/signup \\
     -d '{\"email\": \"me@example.org\", \"password\": \"SECRET\"}'

# A token, sent with each call.
curl -d username=me@example.org -d password=SECRET HUB/auth/token
curl -H 'Authorization: Bearer TOKEN' HUB/auth/me

# Or a cookie, kept in a jar.
curl -c jar -d username=me@example.org -d password=SECRET HUB/auth/login
curl -b jar HUB/auth/me

# Or the password itself.
curl -u me@example.org:SECRET HUB/auth/me";

/// The page for an OpenAPI document.
pub(super) fn page(document: &str) -> String {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let (title, version) = (text(&document["info"]["title"]), text(&document["info"]["version"]));
    let mut index = String::from("<ul><li><a href=\"#ways-in\">Ways in</a></ul>");
    let mut groups = String::new();
    for tag in list(&document["tags"]) {
        let name = text(&tag["name"]);
        index += &format!("<h2>{name}</h2><ul>");
        groups += &format!("<h2 class=\"group\">{name}</h2><p>{}</p>", text(&tag["description"]));
        for (path, methods) in object(&document["paths"]) {
            for (method, operation) in object(methods).filter(|(_, operation)| operation["tags"][0] == tag["name"]) {
                index += &operation::entry(method, operation);
                groups += &operation::describe(path, method, operation);
            }
        }
        index += "</ul>";
    }
    index += "<h2>Types</h2><ul>";
    let mut types = String::new();
    for (name, schema) in object(&document["components"]["schemas"]) {
        index += &format!("<li><a href=\"#{0}\">{0}</a>", escape(name));
        types += &types::describe(name, schema);
    }
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style>\
         <nav>{index}</ul></nav><main><h1>{title} <span class=\"dim\">{version}</span></h1><p>{}</p>{}\
         {groups}<h2>Types</h2>{types}</main></html>\n",
        text(&document["info"]["description"]),
        ways_in(&document)
    )
}

/// How a caller proves who they are.
fn ways_in(document: &Value) -> String {
    let ways: String = object(&document["components"]["securitySchemes"])
        .map(|(name, way)| format!("<tr><td><code>{}</code><td>{}", escape(name), text(&way["description"])))
        .collect();
    format!(
        "<h2 id=\"ways-in\">Ways in</h2><div class=\"wide\"><table>{ways}</table></div><pre>{}</pre>\
         <p>The whole document, for programs: <a href=\"{1}\">{1}</a>.</p>",
        escape(FIRST_CALLS),
        crate::routes::DOCUMENT
    )
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
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
