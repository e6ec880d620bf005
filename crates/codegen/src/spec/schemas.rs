//! Schemas of a document: each once, wherever it stands, with what it is used for.

use std::collections::{BTreeMap, BTreeSet};

use super::located::Located;
use super::operation::{Operation, contents};

/// A schema, with all its uses joined.
pub struct Schema<'a> {
    /// Where it stands.
    pub at: Located<'a>,
    /// A request body holds it.
    pub body: bool,
    /// Something that is received holds it.
    pub reply: bool,
    /// It lists the only words that some reply may hold.
    pub closed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Body,
    Reply,
    /// A parameter, or a component that nothing names and that is compiled all the same.
    Other,
}

/// What stands around a schema, as far as it decides whether an unknown word fails there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Around {
    Plain,
    /// One of several forms, another of which takes any text.
    OpenForm,
    /// One of several forms that are told apart by a field of one word.
    Form,
    /// A field of such a form.
    FormField,
}

pub(super) fn all<'a>(root: &Located<'a>, operations: &[Operation<'a>]) -> Vec<Schema<'a>> {
    let mut walk = Walk { found: BTreeMap::new(), seen: BTreeSet::new() };
    for operation in operations {
        for parameter in &operation.parameters {
            walk.start(parameter.schema(), Use::Other);
        }
        for content in contents(operation.body.as_ref()) {
            walk.start(content.schema(), Use::Body);
        }
        for (_, response) in &operation.responses {
            for content in contents(Some(response)) {
                walk.start(content.schema(), Use::Reply);
            }
        }
    }
    for (_, component) in root.components("schemas") {
        walk.start(Some(component), Use::Other);
    }
    walk.found.into_values().collect()
}

struct Walk<'a> {
    found: BTreeMap<String, Schema<'a>>,
    seen: BTreeSet<(String, Use, Around)>,
}

impl<'a> Walk<'a> {
    fn start(&mut self, at: Option<Located<'a>>, usage: Use) {
        let mut todo: Vec<(Located<'a>, Around)> = at.map(|at| (at, Around::Plain)).into_iter().collect();
        while let Some((at, around)) = todo.pop() {
            if !at.value.is_object() || !self.seen.insert((at.pointer.clone(), usage, around)) {
                continue;
            }
            self.note(&at, usage, around);
            if let Some(reference) = at.text("$ref") {
                // A reference to anything but a schema breaks a rule of its own.
                let schema = reference.starts_with("#/components/schemas/");
                let target = at.target(reference).filter(|_| schema);
                todo.extend(target.map(|target| (target, around)));
                continue;
            }
            Self::children(&at, around, &mut todo);
        }
    }

    fn note(&mut self, at: &Located<'a>, usage: Use, around: Around) {
        let words = at.get("enum").map_or(0, |words| words.items().len());
        let told_apart = match around {
            Around::OpenForm => true,
            Around::FormField => words == 1,
            Around::Plain | Around::Form => false,
        };
        let schema = self.found.entry(at.pointer.clone()).or_insert(Schema {
            at: at.clone(),
            body: false,
            reply: false,
            closed: false,
        });
        schema.body |= usage == Use::Body;
        schema.reply |= usage == Use::Reply;
        schema.closed |= usage == Use::Reply && words > 0 && !told_apart;
    }

    fn children(at: &Located<'a>, around: Around, todo: &mut Vec<(Located<'a>, Around)>) {
        let field = if around == Around::Form { Around::FormField } else { Around::Plain };
        let mut push = |children: Vec<Located<'a>>, around| {
            todo.extend(children.into_iter().map(|child| (child, around)));
        };
        for (_, property) in at.entries_of("properties") {
            push(vec![property], field);
        }
        for key in ["items", "additionalProperties", "not"] {
            push(at.get(key).into_iter().collect(), Around::Plain);
        }
        push(at.items_of("allOf"), around);
        push(at.items_of("anyOf"), Around::Form);
        let forms = at.items_of("oneOf");
        let open = forms.iter().any(|form| {
            let form = form.resolve();
            form.text("type") == Some("string") && !form.has("enum")
        });
        push(forms, if open { Around::OpenForm } else { Around::Form });
    }
}
