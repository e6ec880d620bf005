//! The documented path behind each pattern of the routing, which knows parameters by their position alone.

use std::collections::HashMap;

use poem::{PathPattern, Response};
use poem_openapi::OpenApi;

/// A path as the document has it.
#[derive(Default)]
pub(super) struct Template {
    /// With names where identifiers stand.
    pub(super) path: String,
    /// The verbs that it takes, as the header Allow lists them.
    pub(super) allow: String,
}

/// Every path that is served, by its pattern.
pub(super) struct Templates(HashMap<String, Template>);

impl Templates {
    /// Those of the documented operations and the `pages`, which are only looked at.
    pub(super) fn of<T: OpenApi>(pages: &[&str]) -> Self {
        let mut templates: HashMap<String, Template> = HashMap::new();
        let mut add = |path: &str, verbs: &[String]| {
            let template = templates.entry(pattern(path)).or_default();
            path.clone_into(&mut template.path);
            for verb in verbs {
                let separator = if template.allow.is_empty() { "" } else { ", " };
                template.allow += &format!("{separator}{verb}");
            }
        };
        // What can be read can be asked after as well (RFC 9110 section 9.3.2).
        let verbs = |method: &str| match method {
            "GET" => vec!["GET".to_owned(), "HEAD".to_owned()],
            other => vec![other.to_owned()],
        };
        for path in T::meta().into_iter().flat_map(|api| api.paths) {
            for operation in &path.operations {
                add(&path.path, &verbs(operation.method.as_str()));
            }
        }
        for page in pages {
            add(page, &verbs("GET"));
        }
        Self(templates)
    }

    /// The template of the path that the reply is from, unless the hub serves none there.
    pub(super) fn of_reply(&self, reply: &Response) -> Option<&Template> {
        self.0.get(&*reply.data::<PathPattern>()?.0)
    }
}

/// `/trials/{trial_id}/tell` as the routing has it: `/trials/:param0/tell`.
fn pattern(path: &str) -> String {
    let mut position = 0;
    let segments = path.split('/').map(|segment| {
        if !segment.starts_with('{') {
            return segment.to_owned();
        }
        position += 1;
        format!(":param{}", position - 1)
    });
    segments.collect::<Vec<_>>().join("/")
}
