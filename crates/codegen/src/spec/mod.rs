//! OpenAPI reader: a document as the lint, the generation and the comparison of documents see it. Nothing is refused
//! here: what is missing or malformed is left out, and the rules of the dialect say so.

pub(crate) mod field_path;
mod located;
mod operation;
mod schemas;

pub use located::Located;
pub(crate) use operation::contents;
pub use operation::{Content, JSON, Operation, Parameter, ReplyForm};
pub use schemas::Schema;
use serde_json::Value;

use crate::extension::{EXTENSION, Platform};

/// An OpenAPI document: its operations with their parts resolved, and every schema once.
pub struct Spec<'a> {
    /// What messages call it.
    pub name: &'a str,
    /// All of it.
    pub root: Located<'a>,
    /// The extension at its top, without what does not read as such.
    pub platform: Platform,
    /// In the order of paths and methods.
    pub operations: Vec<Operation<'a>>,
    /// In the order of their places.
    pub schemas: Vec<Schema<'a>>,
}

impl<'a> Spec<'a> {
    /// Reads any JSON.
    #[must_use]
    pub fn new(name: &'a str, document: &'a Value) -> Self {
        let root = Located::root(document);
        let platform: Platform = root.get(EXTENSION).and_then(|at| at.read()).unwrap_or_default();
        let paths = root.entries_of("paths").into_iter();
        let operations: Vec<_> =
            paths.flat_map(|(path, item)| operation::of_path(path, &item, &platform.defaults)).collect();
        let schemas = schemas::all(&root, &operations);
        Self { name, root, platform, operations, schemas }
    }

    /// The operation of that id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Operation<'a>> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// Documentation of a group: what the document says of its tag, as a sentence.
    pub(crate) fn group_doc(&self, group: &str) -> String {
        let tag = self.root.items_of("tags").into_iter().find(|tag| tag.text("name") == Some(group));
        let said = tag.and_then(|tag| tag.text("description")).unwrap_or_default();
        operation::sentence(said, &format!("Calls about `{group}`"))
    }
}
