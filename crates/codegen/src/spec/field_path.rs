//! Field path: what a dotted path of `x-mlhub`, such as `meta.total`, names in a reply.

use super::located::Located;

/// Forms within forms; deeper than any sound document, and a bound where they are endless.
const MAX_NESTING: usize = 8;

/// What stands at a path.
pub(crate) enum FieldLookup<'a> {
    /// A described value.
    Found(Located<'a>),
    /// The reply is free in form there: nothing can be said.
    FreeForm,
    /// The reply has no such field.
    Missing,
}

/// Follows `path` from a reply's schema; empty means the reply itself.
pub(crate) fn lookup<'a>(reply: &Located<'a>, path: &str) -> FieldLookup<'a> {
    let mut here = reply.resolve();
    for name in path.split('.').filter(|name| !name.is_empty()) {
        match field(&here, name, MAX_NESTING) {
            FieldLookup::Found(next) => here = next.resolve(),
            other => return other,
        }
    }
    FieldLookup::Found(here)
}

/// Whether the reply certainly has no such field.
pub(crate) fn is_missing(reply: &Located<'_>, path: &str) -> bool {
    matches!(lookup(reply, path), FieldLookup::Missing)
}

fn field<'a>(schema: &Located<'a>, name: &str, nesting: usize) -> FieldLookup<'a> {
    let schema = schema.resolve();
    // A number names an item of a list.
    if schema.text("type") == Some("array") && name.parse::<usize>().is_ok() {
        return schema.get("items").map_or(FieldLookup::Missing, FieldLookup::Found);
    }
    if let Some(property) = schema.path(&["properties", name]) {
        return FieldLookup::Found(property);
    }
    let parts: Vec<Located<'a>> = ["allOf", "oneOf"].iter().flat_map(|key| schema.items_of(key)).collect();
    if parts.is_empty() {
        let map = schema.get("additionalProperties").is_some_and(|at| at.value.is_object());
        let free = !schema.has("properties") && matches!(schema.text("type"), None | Some("object"));
        return if map || free { FieldLookup::FreeForm } else { FieldLookup::Missing };
    }
    let Some(nesting) = nesting.checked_sub(1) else {
        return FieldLookup::FreeForm;
    };
    let mut found = FieldLookup::Missing;
    for part in &parts {
        match field(part, name, nesting) {
            FieldLookup::Missing => {}
            FieldLookup::FreeForm => found = FieldLookup::FreeForm,
            lookup @ FieldLookup::Found(_) => return lookup,
        }
    }
    found
}
