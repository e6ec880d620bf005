//! One operation: what it does, what it takes, what it answers.

use serde_json::Value;

use super::{escape, list, object, text, types};

/// Its line in the index.
pub(super) fn entry(method: &str, operation: &Value) -> String {
    let (id, summary) = (text(&operation["operationId"]), text(&operation["summary"]));
    format!("<li>{}<a href=\"#{id}\">{summary}</a>", verb(method))
}

/// All of it.
pub(super) fn describe(path: &str, method: &str, operation: &Value) -> String {
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
            types::name(&body["schema"]),
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
                types::must(parameter["required"] == true),
                text(&parameter["in"]),
                types::name(&parameter["schema"]),
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
            let body = object(&reply["content"]).next().map(|(_, body)| types::name(&body["schema"]));
            let (status, description) = (escape(status), text(&reply["description"]));
            format!("<tr><td><code>{status}</code><td>{}<td>{description}", body.unwrap_or_default())
        })
        .collect();
    format!("<h4>Replies</h4><div class=\"wide\"><table><tr><th>status<th>type<th>{rows}</table></div>")
}

fn verb(method: &str) -> String {
    format!("<span class=\"verb {method}\">{}</span>", method.to_uppercase())
}
