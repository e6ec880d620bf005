//! Finds what a dotted path of `x-mlhub` names in a reply.

use super::at::At;
use super::view::View;

/// What stands at a path.
pub(super) enum Place<'a> {
    /// A described value.
    Found(At<'a>),
    /// The reply is free in form there: nothing can be said.
    Open,
    /// The reply has no such field.
    Missing,
}

impl<'a> View<'a> {
    /// Follows `path`, such as `meta.total`, from a reply's schema; empty means the reply itself.
    pub(super) fn place(&self, reply: &At<'a>, path: &str) -> Place<'a> {
        let mut here = self.resolve(reply);
        for name in path.split('.').filter(|name| !name.is_empty()) {
            match self.field(&here, name, MAX_NESTING) {
                Place::Found(next) => here = self.resolve(&next),
                other => return other,
            }
        }
        Place::Found(here)
    }

    fn field(&self, schema: &At<'a>, name: &str, nesting: usize) -> Place<'a> {
        let schema = self.resolve(schema);
        // A number names an item of a list.
        if schema.text("type") == Some("array") && name.parse::<usize>().is_ok() {
            return schema.get("items").map_or(Place::Missing, Place::Found);
        }
        if let Some(property) = schema.path(&["properties", name]) {
            return Place::Found(property);
        }
        let parts: Vec<At<'a>> = ["allOf", "oneOf"].iter().flat_map(|key| schema.items_of(key)).collect();
        if parts.is_empty() {
            let map = schema.get("additionalProperties").is_some_and(|at| at.value.is_object());
            let free = !schema.has("properties") && matches!(schema.text("type"), None | Some("object"));
            return if map || free { Place::Open } else { Place::Missing };
        }
        let Some(nesting) = nesting.checked_sub(1) else {
            return Place::Open;
        };
        let mut found = Place::Missing;
        for part in &parts {
            match self.field(part, name, nesting) {
                Place::Missing => {}
                Place::Open => found = Place::Open,
                place @ Place::Found(_) => return place,
            }
        }
        found
    }
}

/// Forms within forms; deeper than any sound document, and a bound where they are endless.
const MAX_NESTING: usize = 8;
