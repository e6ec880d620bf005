//! The types of bodies, and how they are named where they are used.

use serde_json::Value;

use super::{escape, list, object, text};

/// A named type with its fields.
pub(super) fn describe(name: &str, schema: &Value) -> String {
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
            let (field, of, what) = (escape(field), self::name(of), text(&of["description"]));
            format!("<tr><td><code>{field}</code>{}<td>{of}<td>{what}{default}", must(needed))
        })
        .collect();
    let forms: Vec<_> = forms(schema).map(self::name).collect();
    let forms = if forms.is_empty() { String::new() } else { format!("<p>One of: {}.</p>", forms.join(", ")) };
    let fields = if rows.is_empty() { rows } else { format!("<div class=\"wide\"><table>{rows}</table></div>") };
    format!("<article id=\"{name}\"><h3>{name}</h3><p>{}</p>{forms}{fields}</article>", text(&schema["description"]))
}

/// The mark of what may not be left out.
pub(super) fn must(needed: bool) -> &'static str {
    if needed { " <span class=\"must\" title=\"may not be left out\">*</span>" } else { "" }
}

/// The name of a type; of a named one with the way to it.
pub(super) fn name(schema: &Value) -> String {
    let named = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    if let Some((_, name)) = named.and_then(|path| path.rsplit_once('/')) {
        let name = escape(name);
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", name(&schema["items"])),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("map of {}", name(&schema["additionalProperties"]))
        }
        Some(kind) => escape(schema["format"].as_str().unwrap_or(kind)),
        None => match forms(schema).map(name).collect::<Vec<_>>().join(" or ") {
            forms if forms.is_empty() => "any value".to_owned(),
            forms => forms,
        },
    }
}

fn forms(schema: &Value) -> impl Iterator<Item = &Value> {
    list(&schema["oneOf"]).chain(list(&schema["anyOf"]))
}
