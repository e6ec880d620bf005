//! Operation of a document: one method of one path, with its parameters, body, replies and extension.

use super::located::Located;
use crate::extension::{EXTENSION, Endpoint, Params, Reply};

/// The keys of a path item that are operations.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/// The media type that is decoded; anything else is bytes or text.
pub const JSON: &str = "application/json";

/// An operation, with references of its parts followed.
pub struct Operation<'a> {
    /// Where it stands.
    pub at: Located<'a>,
    /// `group_verb`.
    pub id: &'a str,
    /// Its one tag; empty where there is not exactly one.
    pub group: &'a str,
    /// The part of its id after the group; empty where it does not begin with that.
    pub verb: &'a str,
    /// In lower case, as the document has it.
    pub method: &'a str,
    /// Path template.
    pub path: &'a str,
    /// Those of the path first.
    pub parameters: Vec<Parameter<'a>>,
    /// The request body.
    pub body: Option<Located<'a>>,
    /// The responses by status word.
    pub responses: Vec<(&'a str, Located<'a>)>,
    /// What it means, with the document's defaults filled in.
    pub extension: Endpoint,
}

/// A parameter of path, query or header.
#[derive(Clone)]
pub struct Parameter<'a> {
    /// Where the operation lists it.
    pub listed: Located<'a>,
    /// Where it is written, behind a reference.
    pub at: Located<'a>,
    /// Name on the wire.
    pub name: &'a str,
    /// `path`, `query` or `header`.
    pub location: &'a str,
}

/// A media type and what stands under it.
pub struct Content<'a> {
    /// Such as `application/json`.
    pub media: &'a str,
    /// Its schema, encoding and the like.
    pub at: Located<'a>,
}

/// How the one success of an operation is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReplyForm {
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

/// The operations of a path item.
pub(super) fn of_path<'a>(path: &'a str, item: &Located<'a>, defaults: &Endpoint) -> Vec<Operation<'a>> {
    let methods = item.entries().into_iter().filter(|(method, _)| METHODS.contains(method));
    let operation = |(method, at): (&'a str, Located<'a>)| {
        let group = match at.items_of("tags").as_slice() {
            [one] => one.value.as_str().unwrap_or_default(),
            _ => "",
        };
        let id = at.text("operationId").unwrap_or_default();
        let responses = at.entries_of("responses").into_iter();
        Operation {
            id,
            group,
            verb: id.strip_prefix(group).and_then(|rest| rest.strip_prefix('_')).unwrap_or_default(),
            method,
            path,
            parameters: [item, &at].into_iter().flat_map(parameters).collect(),
            body: at.get("requestBody").map(|body| body.resolve()),
            responses: responses.map(|(status, response)| (status, response.resolve())).collect(),
            extension: at.get(EXTENSION).and_then(|at| at.read::<Endpoint>()).unwrap_or_default().over(defaults),
            at,
        }
    };
    methods.map(operation).collect()
}

fn parameters<'a>(holder: &Located<'a>) -> Vec<Parameter<'a>> {
    let listed = holder.items_of("parameters").into_iter();
    let parameter = |listed: Located<'a>| {
        let at = listed.resolve();
        let text = |key| at.text(key).unwrap_or_default();
        Parameter { name: text("name"), location: text("in"), listed, at }
    };
    listed.map(parameter).collect()
}

impl<'a> Operation<'a> {
    /// The parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter<'a>> {
        self.parameters.iter().find(|p| p.name == name)
    }

    /// What the accessor takes as arguments: the parameters of the path, then those that the document names.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Parameter<'a>> {
        let named = self.extension.arguments.iter().flatten();
        let named = named.filter_map(|name| self.parameters.iter().find(|p| p.location == "query" && p.name == *name));
        self.parameters.iter().filter(|p| p.location == "path").chain(named)
    }

    /// Whether the parameter travels in path and body alike, so that one setter sets both.
    pub(crate) fn is_twin(&self, param: &Parameter<'_>) -> bool {
        param.location == "query" && self.parameters.iter().any(|p| p.location == "path" && p.name == param.name)
    }

    /// Media type and schema of what is sent.
    #[must_use]
    pub fn request(&self) -> Option<Content<'a>> {
        contents(self.body.as_ref()).into_iter().next()
    }

    /// The one success response.
    #[must_use]
    pub fn success(&self) -> Option<&Located<'a>> {
        let found = self.responses.iter().find(|(status, _)| *status == "2XX");
        found.map(|(_, at)| at)
    }

    /// Media type and schema of what a success brings.
    #[must_use]
    pub fn reply(&self) -> Option<Content<'a>> {
        contents(self.success()).into_iter().next()
    }

    /// The schema of the JSON that a success brings.
    pub(crate) fn reply_schema(&self) -> Option<Located<'a>> {
        self.success()?.path(&["content", JSON, "schema"])
    }

    /// How a success is read: by the extension, else by its media type.
    pub(crate) fn reply_form(&self) -> ReplyForm {
        let media = self.reply().map(|content| content.media);
        match (media, self.extension.reply) {
            (None, Some(Reply::Exists)) => ReplyForm::Exists,
            (None, _) => ReplyForm::Empty,
            (Some(JSON), Some(Reply::Lenient)) => ReplyForm::Lenient,
            (Some(JSON), _) => ReplyForm::Json,
            (Some(_), Some(Reply::Text)) => ReplyForm::Text,
            (Some(media), None) if media.starts_with("text/plain") => ReplyForm::Text,
            (Some(_), _) => ReplyForm::Stream,
        }
    }

    /// Whether its query parameters travel in a JSON body.
    pub(crate) fn is_lowered(&self) -> bool {
        self.extension.params == Some(Params::Body)
    }

    /// Documentation: its summary as a sentence.
    pub(crate) fn doc(&self) -> String {
        sentence(self.at.trimmed("summary"), self.id)
    }
}

impl<'a> Parameter<'a> {
    /// Whether a call without it is refused.
    #[must_use]
    pub fn required(&self) -> bool {
        self.at.is("required")
    }

    /// Its schema, as written.
    #[must_use]
    pub fn schema(&self) -> Option<Located<'a>> {
        self.at.get("schema")
    }

    /// Documentation: its description as a sentence.
    pub(crate) fn doc(&self) -> String {
        sentence(self.at.trimmed("description"), "A parameter")
    }
}

impl<'a> Content<'a> {
    /// Its schema, as written.
    #[must_use]
    pub fn schema(&self) -> Option<Located<'a>> {
        self.at.get("schema")
    }
}

/// The media types of a body or response.
pub(crate) fn contents<'a>(of: Option<&Located<'a>>) -> Vec<Content<'a>> {
    let listed = of.map_or_else(Vec::new, |at| at.entries_of("content"));
    listed.into_iter().map(|(media, at)| Content { media, at }).collect()
}

/// Text for documentation: what a document says, as a sentence.
pub(super) fn sentence(text: &str, otherwise: &str) -> String {
    let text = if text.is_empty() { otherwise } else { text };
    match text.ends_with(['.', '!', '?', ':']) {
        true => text.to_owned(),
        false => format!("{text}."),
    }
}
