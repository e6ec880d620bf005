//! Object field rules: which may be missing, null or left to the server.

use super::rule::{Report, Rule, RuleGroup};
use crate::spec::{Located, Spec};

const COLLECTION: Rule =
    Rule { name: "collection", why: "an optional list or map fails on null when received, and cannot be sent empty" };
const READ_ONLY: Rule =
    Rule { name: "read-only", why: "the generator ignores readOnly, so that callers would have to send the field" };
const REQUIRED: Rule = Rule { name: "required", why: "a field that is required and not described fails every reply" };

pub(super) const GROUP: RuleGroup = RuleGroup { rules: &[COLLECTION, READ_ONLY, REQUIRED], check };

fn check(spec: &Spec<'_>, report: &mut Report) {
    for schema in &spec.schemas {
        let required: Vec<&str> =
            schema.at.items_of("required").iter().filter_map(|name| name.value.as_str()).collect();
        let properties = schema.at.entries_of("properties");
        for (name, property) in &properties {
            if required.contains(name) {
                if schema.body && property.is("readOnly") {
                    report.add(
                        property,
                        READ_ONLY,
                        format!("{name:?} is readOnly and required in something that is sent; write a schema of its own for sending"),
                    );
                }
            } else if is_collection(property) && !property.is("nullable") {
                report.add(
                    property,
                    COLLECTION,
                    format!("{name:?} is an optional list or map; write \"nullable\": true, or list it under required"),
                );
            }
        }
        // Without own properties the word adds to what allOf brings in.
        let known = |name: &str| properties.iter().any(|(known, _)| *known == name);
        for name in required.iter().filter(|name| !properties.is_empty() && !known(name)) {
            report.add(
                &schema.at,
                REQUIRED,
                format!("{name:?} is required and no property; describe it under properties or take it from required"),
            );
        }
    }
}

/// What becomes a list or map in place, and so is never an `Option` by itself.
fn is_collection(schema: &Located<'_>) -> bool {
    match schema.text("type") {
        Some("array") => true,
        Some("object") => !schema.has("properties"),
        _ => false,
    }
}
