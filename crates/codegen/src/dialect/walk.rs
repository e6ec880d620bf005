//! Finds every schema of a document and what it is used for.

use std::collections::{BTreeMap, BTreeSet};

use super::at::At;
use super::view::View;

/// A schema, with all its uses joined.
pub(super) struct Schema<'a> {
    pub(super) at: At<'a>,
    /// A request body holds it.
    pub(super) body: bool,
    /// Something that is received holds it.
    pub(super) reply: bool,
    /// It lists the only words that some reply may hold.
    pub(super) closed: bool,
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

pub(super) fn schemas<'a>(view: &View<'a>) -> Vec<Schema<'a>> {
    let mut walk = Walk { view, found: BTreeMap::new(), seen: BTreeSet::new() };
    for operation in &view.operations {
        for parameter in &operation.parameters {
            walk.start(parameter.at.get("schema"), Use::Other);
        }
        for (_, media) in contents(operation.body.as_ref()) {
            walk.start(media.get("schema"), Use::Body);
        }
        for (_, response) in &operation.responses {
            for (_, media) in contents(Some(response)) {
                walk.start(media.get("schema"), Use::Reply);
            }
        }
    }
    for (_, component) in components(view, "schemas") {
        walk.start(Some(component), Use::Other);
    }
    walk.found.into_values().collect()
}

/// The media types of a body or response.
pub(super) fn contents<'a>(of: Option<&At<'a>>) -> Vec<(&'a str, At<'a>)> {
    of.map_or_else(Vec::new, |at| at.entries_of("content"))
}

/// The named parts of one section.
pub(super) fn components<'a>(view: &View<'a>, section: &str) -> Vec<(&'a str, At<'a>)> {
    let section = view.root.path(&["components", section]);
    section.map_or_else(Vec::new, |at| at.entries())
}

struct Walk<'v, 'a> {
    view: &'v View<'a>,
    found: BTreeMap<String, Schema<'a>>,
    seen: BTreeSet<(String, Use, Around)>,
}

impl<'a> Walk<'_, 'a> {
    fn start(&mut self, at: Option<At<'a>>, usage: Use) {
        let mut todo: Vec<(At<'a>, Around)> = at.map(|at| (at, Around::Plain)).into_iter().collect();
        while let Some((at, around)) = todo.pop() {
            if !at.value.is_object() || !self.seen.insert((at.pointer.clone(), usage, around)) {
                continue;
            }
            self.note(&at, usage, around);
            if let Some(reference) = at.text("$ref") {
                // A reference to anything but a schema is a fault of its own.
                let schema = reference.starts_with("#/components/schemas/");
                let target = self.view.target(reference).filter(|_| schema);
                todo.extend(target.map(|target| (target, around)));
                continue;
            }
            self.children(&at, around, &mut todo);
        }
    }

    fn note(&mut self, at: &At<'a>, usage: Use, around: Around) {
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

    fn children(&self, at: &At<'a>, around: Around, todo: &mut Vec<(At<'a>, Around)>) {
        let field = if around == Around::Form { Around::FormField } else { Around::Plain };
        let mut push = |children: Vec<At<'a>>, around| {
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
            let form = self.view.resolve(form);
            form.text("type") == Some("string") && !form.has("enum")
        });
        push(forms, if open { Around::OpenForm } else { Around::Form });
    }
}
