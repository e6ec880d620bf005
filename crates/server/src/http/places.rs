//! Where each parameter of each operation stands, read from the document, so that a refusal can say it.

use std::collections::HashMap;

use poem_openapi::OpenApi;
use poem_openapi::error::{ParseParamError, ParsePathError};
use poem_openapi::registry::{MetaParamIn, MetaSchemaRef};

use super::fault::{Fault, Problem};

struct Parameter {
    name: String,
    place: &'static str,
    /// What a value of it is called in a refusal.
    kind: &'static str,
}

/// The parameters of every documented operation.
pub(super) struct Places(HashMap<&'static str, Vec<Parameter>>);

impl Places {
    pub(super) fn of<T: OpenApi>() -> Self {
        let operations = T::meta().into_iter().flat_map(|api| api.paths).flat_map(|path| path.operations);
        let named = operations.filter_map(|operation| {
            let parameters = operation.params.into_iter().map(|param| Parameter {
                kind: kind(&param.schema),
                place: match param.in_type {
                    MetaParamIn::Path => "path",
                    MetaParamIn::Query => "query",
                    MetaParamIn::Header => "header",
                    _ => "cookie",
                },
                name: param.name,
            });
            Some((operation.operation_id?, parameters.collect()))
        });
        Self(named.collect())
    }

    /// The refusal for a query or header parameter that could not be read.
    pub(super) fn parameter(&self, operation: Option<&str>, error: &ParseParamError) -> Fault {
        let mut parameters = self.parameters(operation).iter();
        refusal(parameters.find(|parameter| parameter.name == error.name), error.name, &error.reason)
    }

    /// The refusal for a path parameter that could not be read. Routing knows these by position: `param0`, `param1`.
    pub(super) fn path(&self, operation: Option<&str>, error: &ParsePathError) -> Fault {
        let position = error.name.strip_prefix("param").and_then(|position| position.parse().ok()).unwrap_or_default();
        let mut parameters = self.parameters(operation).iter().filter(|parameter| parameter.place == "path");
        refusal(parameters.nth(position), "path", &error.reason)
    }

    fn parameters(&self, operation: Option<&str>) -> &[Parameter] {
        operation.and_then(|id| self.0.get(id)).map_or(&[], Vec::as_slice)
    }
}

fn refusal(parameter: Option<&Parameter>, name: &str, reason: &str) -> Fault {
    let problem = match parameter {
        Some(parameter) if reason.ends_with("expects an input value.") => {
            Problem::missing([parameter.place, &parameter.name])
        }
        Some(parameter) => {
            let msg = format!("value is not a valid {}", parameter.kind);
            Problem::new([parameter.place, &parameter.name], msg, &format!("type_error.{}", parameter.kind))
        }
        None => Problem::new([name], reason, "type_error"),
    };
    Fault::problems(vec![problem])
}

fn kind(schema: &MetaSchemaRef) -> &'static str {
    match schema {
        MetaSchemaRef::Inline(schema) => schema.format.filter(|format| *format == "uuid").unwrap_or(schema.ty),
        MetaSchemaRef::Reference(_) => "value",
    }
}
