//! A document read for what generation needs: its operations with their meaning.

use http::Method;
use serde_json::Value;

use crate::error::Error;
use crate::meta::{self, EXTENSION, Endpoint, Platform, Reply};

/// The keys of a path item that are operations.
const METHODS: [&str; 6] = ["get", "put", "post", "delete", "patch", "head"];

/// A document with its operations in the order of their ids.
pub(crate) struct Document {
    /// What messages call it.
    pub(crate) name: String,
    /// Its JSON.
    pub(crate) json: Value,
    /// The platform it describes.
    pub(crate) platform: Platform,
    /// Its operations, sorted by id.
    pub(crate) operations: Vec<Operation>,
}

/// One operation.
pub(crate) struct Operation {
    /// `group_verb`.
    pub(crate) id: String,
    /// The tag.
    pub(crate) group: String,
    /// What is left of the id without the tag.
    pub(crate) verb: String,
    /// HTTP method.
    pub(crate) method: Method,
    /// Path template.
    pub(crate) path: String,
    /// One line.
    pub(crate) summary: String,
    /// More lines.
    pub(crate) description: String,
    /// Path, query and header parameters as documented.
    pub(crate) params: Vec<Param>,
    /// Media type and schema of the request body.
    pub(crate) body: Option<(String, Value)>,
    /// How a success is read.
    pub(crate) reply: ReplyForm,
    /// Its meaning, over the document's defaults.
    pub(crate) meta: Endpoint,
}

/// One documented parameter.
#[derive(Clone)]
pub(crate) struct Param {
    /// Name on the wire.
    pub(crate) name: String,
    /// `path`, `query` or `header`.
    pub(crate) place: String,
    /// Whether a call without it is refused.
    pub(crate) required: bool,
    /// Its schema, as written.
    pub(crate) schema: Value,
    /// One line.
    pub(crate) description: String,
}

/// How the one success of an operation is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ReplyForm {
    /// JSON.
    Json,
    /// JSON with bare `NaN`.
    Lenient,
    /// Text.
    Text,
    /// Bytes as they arrive.
    Stream,
    /// Nothing.
    Empty,
    /// Nothing, and the status says yes or no.
    Exists,
}

impl Operation {
    /// What the accessor takes as arguments: the parameters of the path, then those that the document names.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Param> {
        let named = self.meta.arguments.iter().flatten();
        let named = named.filter_map(|name| self.params.iter().find(|p| p.place == "query" && p.name == *name));
        self.params.iter().filter(|p| p.place == "path").chain(named)
    }

    /// Whether the parameter travels in path and body alike, so that one setter sets both.
    pub(crate) fn is_twin(&self, param: &Param) -> bool {
        param.place == "query" && self.params.iter().any(|p| p.place == "path" && p.name == param.name)
    }
}

impl Document {
    /// Reads a linted document; what the lint cannot see is reported by operation.
    ///
    /// # Errors
    ///
    /// An `x-mlhub` that does not fit its schema, or a document without one.
    pub(crate) fn read(name: &str, json: Value) -> Result<Self, Error> {
        let platform = match json.get(EXTENSION) {
            Some(meta) => serde_json::from_value::<Platform>(meta.clone())
                .map_err(|e| Error::new(name, EXTENSION, e.to_string()))?,
            None => {
                let hint = r#"missing: write {"platform": NAME, "defaults": {..}} at the top of the document"#;
                return Err(Error::new(name, EXTENSION, hint));
            }
        };
        let mut operations = Vec::new();
        for (path, item) in json["paths"].as_object().into_iter().flatten() {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    operations.push(read_operation(name, &json, &platform, (path, method), item, operation)?);
                }
            }
        }
        operations.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { name: name.to_owned(), json, platform, operations })
    }
}

fn read_operation(
    document: &str,
    json: &Value,
    platform: &Platform,
    (path, method): (&str, &str),
    item: &Value,
    operation: &Value,
) -> Result<Operation, Error> {
    let id = text(operation, "operationId");
    let group = operation["tags"][0].as_str().unwrap_or_default().to_owned();
    let verb = id.strip_prefix(&format!("{group}_")).unwrap_or(&id).to_owned();
    let own = match operation.get(EXTENSION) {
        Some(meta) => serde_json::from_value::<Endpoint>(meta.clone())
            .map_err(|e| Error::new(document, &id, format!("{EXTENSION}: {e}")))?,
        None => Endpoint::default(),
    };
    let meta = own.over(&platform.defaults);
    let method =
        Method::from_bytes(method.to_uppercase().as_bytes()).map_err(|e| Error::new(document, &id, e.to_string()))?;
    let params = [&item["parameters"], &operation["parameters"]]
        .into_iter()
        .flat_map(|list| list.as_array().into_iter().flatten())
        .map(|param| read_param(resolve(json, param)))
        .collect();
    let body = operation.get("requestBody").and_then(|body| {
        let content = resolve(json, body)["content"].as_object()?;
        let (media, value) = content.iter().next()?;
        Some((media.clone(), value["schema"].clone()))
    });
    let reply = reply_form(resolve(json, &operation["responses"]["2XX"]), meta.reply);
    Ok(Operation {
        group,
        verb,
        method,
        path: path.to_owned(),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        params,
        body,
        reply,
        meta,
        id,
    })
}

fn read_param(param: &Value) -> Param {
    Param {
        name: text(param, "name"),
        place: text(param, "in"),
        required: param["required"].as_bool().unwrap_or(false),
        schema: param["schema"].clone(),
        description: text(param, "description"),
    }
}

fn reply_form(response: &Value, said: Option<Reply>) -> ReplyForm {
    let media = response["content"].as_object().and_then(|content| content.keys().next());
    match (media.map(String::as_str), said) {
        (None, Some(Reply::Exists)) => ReplyForm::Exists,
        (None, _) => ReplyForm::Empty,
        (Some("application/json"), Some(meta::Reply::Lenient)) => ReplyForm::Lenient,
        (Some("application/json"), _) => ReplyForm::Json,
        (Some(_), Some(Reply::Text)) => ReplyForm::Text,
        (Some(media), None) if media.starts_with("text/plain") => ReplyForm::Text,
        (Some(_), _) => ReplyForm::Stream,
    }
}

/// Follows a local `$ref`; anything else is returned as it is.
#[must_use]
pub(crate) fn resolve<'a>(json: &'a Value, value: &'a Value) -> &'a Value {
    let mut at = value;
    // A chain longer than this is a loop, which the generator would refuse anyway.
    for _ in 0..16 {
        let Some(target) = at["$ref"].as_str().and_then(|r| json.pointer(r.strip_prefix('#')?)) else {
            break;
        };
        at = target;
    }
    at
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().trim().to_owned()
}
