//! Name clash rules: types, fields and words of enums that Rust could not tell apart.

use std::collections::BTreeMap;

use super::rule::{Report, Rule, RuleGroup};
use crate::identifier;
use crate::spec::{Located, Operation, Spec, contents};

const COMPONENT_NAME: Rule = Rule { name: "component-name", why: "a name that references cannot spell is never found" };
const TYPE_CLASH: Rule = Rule { name: "type-clash", why: "schemas and titles all become types of one module" };
const PROPERTY_CLASH: Rule = Rule { name: "property-clash", why: "two fields of one name do not compile" };
const ENUM_CLASH: Rule = Rule { name: "enum-clash", why: "the generator panics on two words that give one variant" };

pub(super) const GROUP: RuleGroup =
    RuleGroup { rules: &[COMPONENT_NAME, TYPE_CLASH, PROPERTY_CLASH, ENUM_CLASH], check };

/// Forms within forms; deeper than any sound document.
const MAX_NESTING: usize = 8;

fn check(spec: &Spec<'_>, report: &mut Report) {
    let mut types = Types { owners: BTreeMap::new(), report };
    for (name, at) in spec.root.components("schemas") {
        if !identifier::is_component_name(name) {
            types.report.add(
                &at,
                COMPONENT_NAME,
                format!("the name is {name:?}; write letters, digits, \".\", \"_\" and \"-\" only"),
            );
        }
        types.claim(name, &at);
    }
    for (name, at) in spec.root.components("schemas") {
        types.inside(name, &at, MAX_NESTING);
    }
    for operation in &spec.operations {
        types.of_operation(operation);
    }
    for schema in &spec.schemas {
        properties(&schema.at, report);
        words(&schema.at, report);
    }
}

/// Which schema a type's name belongs to.
struct Types<'r, 'a> {
    owners: BTreeMap<String, Located<'a>>,
    report: &'r mut Report,
}

impl<'a> Types<'_, 'a> {
    fn claim(&mut self, name: &str, at: &Located<'a>) {
        let owner = self.owners.entry(identifier::pascal_case(name)).or_insert_with(|| at.clone());
        // The same schema twice gives the same type twice, which is one type.
        if owner.pointer != at.pointer && owner.value != at.value {
            let message = format!(
                "it gives the type name {:?}, which is that of {}; rename one, or move this under components/schemas",
                identifier::pascal_case(name),
                owner.pointer
            );
            self.report.add(at, TYPE_CLASH, message);
        }
    }

    /// Schemas without a name get one from where they are first needed.
    fn of_operation(&mut self, operation: &Operation<'a>) {
        for parameter in &operation.parameters {
            self.needed(&format!("{}-{}", operation.id, parameter.name), parameter.schema());
        }
        for content in contents(operation.body.as_ref()) {
            self.needed(&format!("{}-body", operation.id), content.schema());
        }
        for content in contents(operation.success()) {
            self.needed(&format!("{}-response", operation.id), content.schema());
        }
    }

    fn needed(&mut self, name: &str, at: Option<Located<'a>>) {
        if let Some(at) = at {
            self.nested(name, &at, MAX_NESTING);
        }
    }

    fn nested(&mut self, name: &str, at: &Located<'a>, nesting: usize) {
        let name = at.text("title").unwrap_or(name);
        if ["properties", "enum", "oneOf"].iter().any(|key| at.has(key)) {
            self.claim(name, at);
        }
        self.inside(name, at, nesting);
    }

    fn inside(&mut self, name: &str, at: &Located<'a>, nesting: usize) {
        let Some(nesting) = nesting.checked_sub(1) else { return };
        for (field, property) in at.entries_of("properties") {
            self.nested(&format!("{name}_{field}"), &property, nesting);
        }
        if let Some(items) = at.get("items") {
            self.nested(&format!("{name}_item"), &items, nesting);
        }
        if let Some(value) = at.get("additionalProperties") {
            let key = if at.has("properties") { "extra" } else { "value" };
            self.nested(&format!("{name}_{key}"), &value, nesting);
        }
        for (index, form) in at.items_of("oneOf").iter().enumerate() {
            self.nested(&format!("{name}_variant{index}"), form, nesting);
        }
    }
}

fn properties(schema: &Located<'_>, report: &mut Report) {
    let mut fields: BTreeMap<String, &str> = BTreeMap::new();
    if schema.object("additionalProperties").is_some() {
        // The generator's name for the map of further keys.
        fields.insert("extra".to_owned(), "additionalProperties");
    }
    for (name, at) in schema.entries_of("properties") {
        let field = identifier::snake_case(name);
        if let Some(other) = fields.insert(field.clone(), name) {
            report.add(
                &at,
                PROPERTY_CLASH,
                format!("{other:?} and {name:?} both become the field {field}; leave one out, it stays reachable as a further key"),
            );
        }
    }
}

fn words(schema: &Located<'_>, report: &mut Report) {
    let mut variants: BTreeMap<String, &str> = BTreeMap::new();
    for word in schema.items_of("enum") {
        let Some(text) = word.value.as_str() else { continue };
        let variant = identifier::pascal_case(text);
        if let Some(other) = variants.insert(variant.clone(), text) {
            report.add(
                &word,
                ENUM_CLASH,
                format!("{other:?} and {text:?} both become the variant {variant:?}; write a plain string and name the words in its description"),
            );
        }
    }
}
