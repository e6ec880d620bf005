//! Documentation page: the OpenAPI document for people, as one file with no script and nothing from anywhere else.

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
                index += &index_entry(method, operation);
                groups += &operation_article(path, method, operation);
            }
        }
        index += "</ul>";
    }
    index += "<h2>Types</h2><ul>";
    let mut types = String::new();
    for (name, schema) in object(&document["components"]["schemas"]) {
        index += &format!("<li><a href=\"#{0}\">{0}</a>", escape(name));
        types += &type_article(name, schema);
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

/// The line of an operation in the index.
fn index_entry(method: &str, operation: &Value) -> String {
    let (id, summary) = (text(&operation["operationId"]), text(&operation["summary"]));
    format!("<li>{}<a href=\"#{id}\">{summary}</a>", verb(method))
}

/// An operation: what it does, what it takes, what it replies.
fn operation_article(path: &str, method: &str, operation: &Value) -> String {
    let id = text(&operation["operationId"]);
    let mut described = format!(
        "<article id=\"{id}\"><h3>{} <a class=\"dim\" href=\"#{id}\" aria-label=\"link to {id}\">#</a></h3>\
         <code class=\"path\">{} {}</code>",
        text(&operation["summary"]),
        verb(method),
        escape(path)
    );
    for paragraph in operation["description"].as_str().unwrap_or_default().split("\n\n") {
        described += &format!("<p>{}</p>", escape(paragraph));
    }
    let ways: Vec<_> = list(&operation["security"]).flat_map(object).map(|(way, _)| escape(way)).collect();
    described += &match ways.join(", ") {
        ways if ways.is_empty() => "<p class=\"dim\">Needs no account.</p>".to_owned(),
        ways => format!("<p class=\"dim\">Needs an account, by <a href=\"#ways-in\">{ways}</a>.</p>"),
    };
    described += &parameters(operation);
    for (kind, body) in object(&operation["requestBody"]["content"]) {
        let needed = if operation["requestBody"]["required"] == true { "" } else { ", may be left out" };
        described += &format!(
            "<h4>Body</h4><p>{} <span class=\"dim\">as {}{needed}</span></p>",
            type_name(&body["schema"]),
            escape(kind)
        );
    }
    described + &replies(operation) + "</article>"
}

fn parameters(operation: &Value) -> String {
    let rows: String = list(&operation["parameters"])
        .map(|parameter| {
            format!(
                "<tr><td><code>{}</code>{}<td>{}<td>{}<td>{}",
                text(&parameter["name"]),
                required_mark(parameter["required"] == true),
                text(&parameter["in"]),
                type_name(&parameter["schema"]),
                text(&parameter["description"])
            )
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!("<h4>Parameters</h4><div class=\"wide\"><table><tr><th>name<th>in<th>type<th>{rows}</table></div>")
}

fn replies(operation: &Value) -> String {
    let rows: String = object(&operation["responses"])
        .map(|(status, reply)| {
            let body = object(&reply["content"]).next().map(|(_, body)| type_name(&body["schema"]));
            let (status, description) = (escape(status), text(&reply["description"]));
            format!("<tr><td><code>{status}</code><td>{}<td>{description}", body.unwrap_or_default())
        })
        .collect();
    format!("<h4>Replies</h4><div class=\"wide\"><table><tr><th>status<th>type<th>{rows}</table></div>")
}

fn verb(method: &str) -> String {
    format!("<span class=\"verb {method}\">{}</span>", method.to_uppercase())
}

/// A named type with its fields.
fn type_article(name: &str, schema: &Value) -> String {
    let name = escape(name);
    let rows: String = object(&schema["properties"])
        .map(|(field, of)| {
            let needed = list(&schema["required"]).any(|needed| needed == field.as_str());
            let default = &of["default"];
            let default = if default.is_null() {
                String::new()
            } else {
                format!(" Else <code>{}</code>.", escape(&default.to_string()))
            };
            let (field, of, what) = (escape(field), type_name(of), text(&of["description"]));
            format!("<tr><td><code>{field}</code>{}<td>{of}<td>{what}{default}", required_mark(needed))
        })
        .collect();
    let forms: Vec<_> = forms(schema).map(type_name).collect();
    let forms = if forms.is_empty() { String::new() } else { format!("<p>One of: {}.</p>", forms.join(", ")) };
    let fields = if rows.is_empty() { rows } else { format!("<div class=\"wide\"><table>{rows}</table></div>") };
    format!("<article id=\"{name}\"><h3>{name}</h3><p>{}</p>{forms}{fields}</article>", text(&schema["description"]))
}

/// A mark for what may not be left out.
fn required_mark(needed: bool) -> &'static str {
    if needed { " <span class=\"must\" title=\"may not be left out\">*</span>" } else { "" }
}

/// The name of a type; of a named one with the way to it.
fn type_name(schema: &Value) -> String {
    let named = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    if let Some((_, name)) = named.and_then(|path| path.rsplit_once('/')) {
        let name = escape(name);
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", type_name(&schema["items"])),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("map of {}", type_name(&schema["additionalProperties"]))
        }
        Some(kind) => escape(schema["format"].as_str().unwrap_or(kind)),
        None => match forms(schema).map(type_name).collect::<Vec<_>>().join(" or ") {
            forms if forms.is_empty() => "any value".to_owned(),
            forms => forms,
        },
    }
}

fn forms(schema: &Value) -> impl Iterator<Item = &Value> {
    list(&schema["oneOf"]).chain(list(&schema["anyOf"]))
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
