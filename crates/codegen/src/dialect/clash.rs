//! Rules for names that Rust could not tell apart: types, fields and the words of enums.

use std::collections::BTreeMap;

use super::at::At;
use super::view::View;
use super::violation::{Report, Rule};
use super::{Family, case, walk};

const COMPONENT_NAME: Rule = Rule {
    name: "component-name",
    why: "a name that references cannot spell is never found",
};
const TYPE_CLASH: Rule = Rule {
    name: "type-clash",
    why: "schemas and titles all become types of one module",
};
const PROPERTY_CLASH: Rule = Rule {
    name: "property-clash",
    why: "two fields of one name do not compile",
};
const ENUM_CLASH: Rule = Rule {
    name: "enum-clash",
    why: "the generator panics on two words that give one variant",
};

pub(super) const FAMILY: Family = Family {
    rules: &[COMPONENT_NAME, TYPE_CLASH, PROPERTY_CLASH, ENUM_CLASH],
    check,
};

fn check(view: &View<'_>, report: &mut Report) {
    let mut types: BTreeMap<String, (String, &serde_json::Value)> = BTreeMap::new();
    for (name, at) in walk::components(view, "schemas") {
        if !case::is_component_name(name) {
            report.add(
                &at,
                COMPONENT_NAME,
                format!("the name is {name:?}; write letters, digits, \".\", \"_\" and \"-\" only"),
            );
        }
        claim(&mut types, name, &at, report);
    }
    for schema in &view.schemas {
        properties(&schema.at, report);
        words(&schema.at, report);
        // A title of a named schema is not used; elsewhere it becomes the type's name.
        let named = schema.at.pointer.strip_prefix("/components/schemas/");
        if named.is_some_and(|name| !name.contains('/')) || !is_typed(&schema.at) {
            continue;
        }
        if let Some(title) = schema.at.text("title") {
            claim(&mut types, title, &schema.at, report);
        }
    }
}

/// Only schemas that need a type of their own take their title as its name.
fn is_typed(schema: &At<'_>) -> bool {
    ["properties", "enum", "oneOf", "allOf"].iter().any(|key| schema.has(key))
}

fn claim<'a>(
    types: &mut BTreeMap<String, (String, &'a serde_json::Value)>,
    name: &str,
    at: &At<'a>,
    report: &mut Report,
) {
    let (first, value) = types
        .entry(case::pascal(name))
        .or_insert_with(|| (at.pointer.clone(), at.value));
    // The same schema twice gives the same type twice, which is one type.
    if *first != at.pointer && *value != at.value {
        report.add(
            at,
            TYPE_CLASH,
            format!("{name:?} gives the same type name as {first}; rename it or leave its title out"),
        );
    }
}

fn properties(schema: &At<'_>, report: &mut Report) {
    let mut fields: BTreeMap<String, &str> = BTreeMap::new();
    let further = schema.get("additionalProperties");
    if further.is_some_and(|at| at.value.is_object()) {
        // The generator's name for the map of further keys.
        fields.insert("extra".to_owned(), "additionalProperties");
    }
    for (name, at) in schema.entries_of("properties") {
        let field = case::snake(name);
        if let Some(other) = fields.insert(field.clone(), name) {
            report.add(
                &at,
                PROPERTY_CLASH,
                format!("{other:?} and {name:?} both become the field {field}; leave one out, it stays reachable as a further key"),
            );
        }
    }
}

fn words(schema: &At<'_>, report: &mut Report) {
    let mut variants: BTreeMap<String, &str> = BTreeMap::new();
    for word in schema.items_of("enum") {
        let Some(text) = word.value.as_str() else { continue };
        let variant = case::pascal(text);
        if let Some(other) = variants.insert(variant.clone(), text) {
            report.add(
                &word,
                ENUM_CLASH,
                format!("{other:?} and {text:?} both become the variant {variant:?}; write a plain string and name the words in its description"),
            );
        }
    }
}
