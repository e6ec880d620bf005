//! A document as those who call it see it.

use std::collections::BTreeMap;

use mlhub_codegen::meta::EXTENSION;
use serde_json::{Map, Value};

/// More hops than a sound document needs.
const MAX_HOPS: usize = 16;

pub(super) struct Api<'a> {
    document: &'a Value,
    /// By operation id.
    pub(super) operations: BTreeMap<&'a str, Operation<'a>>,
}

pub(super) struct Operation<'a> {
    /// Method and path, as in a request line.
    pub(super) line: String,
    /// By name.
    pub(super) parameters: BTreeMap<&'a str, Parameter<'a>>,
    /// Media type and schema of what is sent.
    pub(super) body: Option<Content<'a>>,
    /// Media type and schema of what is received.
    pub(super) reply: Option<Content<'a>>,
    /// What it means, with the document's defaults.
    pub(super) meaning: Map<String, Value>,
}

pub(super) struct Parameter<'a> {
    pub(super) place: &'a str,
    pub(super) required: bool,
    pub(super) schema: &'a Value,
}

#[derive(Clone, Copy)]
pub(super) struct Content<'a> {
    pub(super) media: &'a str,
    pub(super) schema: &'a Value,
}

/// What stands in place of a schema that is not there: anything.
const ANYTHING: &Value = &Value::Null;

impl<'a> Api<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        let mut api = Self { document, operations: BTreeMap::new() };
        let defaults = document[EXTENSION]["defaults"].as_object().cloned().unwrap_or_default();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if let Some(id) = operation["operationId"].as_str() {
                    let read = api.operation(path, method, item, operation, &defaults);
                    api.operations.insert(id, read);
                }
            }
        }
        api
    }

    fn operation(
        &self,
        path: &str,
        method: &str,
        item: &'a Value,
        operation: &'a Value,
        defaults: &Map<String, Value>,
    ) -> Operation<'a> {
        let listed = [&item["parameters"], &operation["parameters"]];
        let listed = listed.into_iter().flat_map(|list| list.as_array().into_iter().flatten());
        let parameters = listed.filter_map(|parameter| {
            let parameter = self.resolve(parameter);
            let place = parameter["in"].as_str()?;
            let required = parameter["required"] == true;
            let schema = parameter.get("schema").unwrap_or(ANYTHING);
            Some((parameter["name"].as_str()?, Parameter { place, required, schema }))
        });
        let mut meaning = defaults.clone();
        meaning.extend(operation[EXTENSION].as_object().cloned().unwrap_or_default());
        Operation {
            line: format!("{} {path}", method.to_uppercase()),
            parameters: parameters.collect(),
            body: self.content(&operation["requestBody"]),
            reply: self.content(&operation["responses"]["2XX"]),
            meaning,
        }
    }

    fn content(&self, part: &'a Value) -> Option<Content<'a>> {
        let (media, content) = self.resolve(part)["content"].as_object()?.iter().next()?;
        Some(Content { media, schema: content.get("schema").unwrap_or(ANYTHING) })
    }

    /// Follows references to what they name.
    pub(super) fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut here = value;
        for _ in 0..MAX_HOPS {
            let target = here["$ref"].as_str().and_then(|text| text.strip_prefix('#'));
            match target.and_then(|pointer| self.document.pointer(pointer)) {
                Some(next) => here = next,
                None => break,
            }
        }
        here
    }
}
