//! A document as the rules see it: operations with their parts resolved, and every schema once.

use serde_json::Value;

use super::at::At;
use super::walk::{self, Schema};
use crate::meta::{EXTENSION, Endpoint, Platform};

/// More hops than a sound document needs; a loop of references ends here.
const MAX_HOPS: usize = 16;
/// The keys of a path item that are operations.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

pub(super) struct View<'a> {
    pub(super) root: At<'a>,
    pub(super) operations: Vec<Operation<'a>>,
    pub(super) schemas: Vec<Schema<'a>>,
}

/// One operation. Whatever is missing or malformed is left out; the rules say so.
pub(super) struct Operation<'a> {
    pub(super) at: At<'a>,
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    pub(super) id: &'a str,
    /// The group: its one tag.
    pub(super) tag: Option<&'a str>,
    /// Those of the path first, both with references followed.
    pub(super) parameters: Vec<Parameter<'a>>,
    pub(super) body: Option<At<'a>>,
    /// The responses by status word, with references followed.
    pub(super) responses: Vec<(&'a str, At<'a>)>,
    /// What it means, with the document's defaults filled in.
    pub(super) meaning: Endpoint,
}

pub(super) struct Parameter<'a> {
    /// Where the operation lists it.
    pub(super) listed: At<'a>,
    /// Where it is written, behind a reference.
    pub(super) at: At<'a>,
    pub(super) name: &'a str,
    pub(super) place: &'a str,
}

impl<'a> View<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        let root = At::root(document);
        let platform: Platform = read(root.get(EXTENSION)).unwrap_or_default();
        let mut view = Self { root, operations: Vec::new(), schemas: Vec::new() };
        view.operations = view
            .path_items()
            .into_iter()
            .flat_map(|(path, item)| view.operations_of(path, &item, &platform.defaults))
            .collect();
        view.schemas = walk::schemas(&view);
        view
    }

    pub(super) fn path_items(&self) -> Vec<(&'a str, At<'a>)> {
        self.root.entries_of("paths")
    }

    fn operations_of(&self, path: &'a str, item: &At<'a>, defaults: &Endpoint) -> Vec<Operation<'a>> {
        let mut operations = Vec::new();
        for (method, at) in item.entries() {
            if !METHODS.contains(&method) {
                continue;
            }
            let mut parameters = self.parameters(item);
            parameters.extend(self.parameters(&at));
            let tags = at.items_of("tags");
            operations.push(Operation {
                path,
                method,
                id: at.text("operationId").unwrap_or_default(),
                tag: match tags.as_slice() {
                    [one] => one.value.as_str(),
                    _ => None,
                },
                parameters,
                body: at.get("requestBody").map(|body| self.resolve(&body)),
                responses: at
                    .entries_of("responses")
                    .into_iter()
                    .map(|(status, response)| (status, self.resolve(&response)))
                    .collect(),
                meaning: read::<Endpoint>(at.get(EXTENSION)).unwrap_or_default().over(defaults),
                at,
            });
        }
        operations
    }

    fn parameters(&self, holder: &At<'a>) -> Vec<Parameter<'a>> {
        let listed = holder.items_of("parameters");
        listed
            .into_iter()
            .map(|listed| {
                let at = self.resolve(&listed);
                Parameter {
                    name: at.text("name").unwrap_or_default(),
                    place: at.text("in").unwrap_or_default(),
                    listed,
                    at,
                }
            })
            .collect()
    }

    pub(super) fn operation(&self, id: &str) -> Option<&Operation<'a>> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// Follows references to what they name; a broken one is where it ends.
    pub(super) fn resolve(&self, at: &At<'a>) -> At<'a> {
        let mut here = at.clone();
        for _ in 0..MAX_HOPS {
            match here.text("$ref").and_then(|text| self.target(text)) {
                Some(next) => here = next,
                None => break,
            }
        }
        here
    }

    pub(super) fn target(&self, reference: &str) -> Option<At<'a>> {
        let pointer = reference.strip_prefix('#')?;
        let value = self.root.value.pointer(pointer)?;
        Some(At { pointer: pointer.to_owned(), value })
    }
}

impl<'a> Operation<'a> {
    /// The part of its id after the group.
    pub(super) fn verb(&self) -> Option<&'a str> {
        self.id.strip_prefix(self.tag?)?.strip_prefix('_')
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter<'a>> {
        self.parameters.iter().find(|p| p.name == name)
    }

    /// The one success response.
    pub(super) fn success(&self) -> Option<&At<'a>> {
        let found = self.responses.iter().find(|(status, _)| *status == "2XX");
        found.map(|(_, at)| at)
    }

    /// The schema of the JSON it answers with.
    pub(super) fn reply_schema(&self) -> Option<At<'a>> {
        self.success()?.path(&["content", JSON, "schema"])
    }

    /// Whether its query parameters travel in a JSON body.
    pub(super) fn is_lowered(&self) -> bool {
        self.meaning.params == Some(crate::meta::Params::Body)
    }
}

/// The media type that is decoded; anything else is bytes or text.
pub(super) const JSON: &str = "application/json";

fn read<T: serde::de::DeserializeOwned>(at: Option<At<'_>>) -> Option<T> {
    serde_json::from_value(at?.value.clone()).ok()
}
