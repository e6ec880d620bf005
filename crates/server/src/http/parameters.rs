//! Parameters of requests: the page of a list, and where each one stands, so that an error can say it.

use std::collections::HashMap;
use std::sync::Arc;

use poem::{PathPattern, Request};
use poem_openapi::error::{ParseParamError, ParsePathError};
use poem_openapi::param::Query;
use poem_openapi::registry::{MetaApi, MetaParamIn, MetaSchemaRef};

use super::error::{ApiError, ValidationError};
use super::observe::pattern;
use crate::store::Page;

/// Default length of a page.
const DEFAULT_LIMIT: u32 = 100;
/// Maximum length of a page.
const MAX_LIMIT: u32 = 1000;

/// The page that `limit` and `offset` ask for, as every list under `/v1` has them.
pub(crate) fn page(limit: Query<Option<u32>>, offset: Query<Option<u64>>) -> Result<Page, ApiError> {
    let limit = limit.0.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 || limit > MAX_LIMIT {
        let msg = format!("a page has between 1 and {MAX_LIMIT} items");
        return Err(ApiError::validation(vec![ValidationError::new(["query", "limit"], msg, "value_error.number")]));
    }
    Ok(Page { limit, offset: offset.0.unwrap_or_default() })
}

struct Parameter {
    name: String,
    location: &'static str,
    /// What a value of it is called in an error.
    kind: &'static str,
}

/// The parameters of every documented operation.
pub(crate) struct ParameterLocations(HashMap<&'static str, Vec<Parameter>>);

impl ParameterLocations {
    pub(crate) fn of(apis: Vec<MetaApi>) -> Self {
        let operations = apis.into_iter().flat_map(|api| api.paths).flat_map(|path| path.operations);
        let named = operations.filter_map(|operation| {
            let parameters = operation.params.into_iter().map(|param| Parameter {
                kind: type_name(&param.schema),
                location: match param.in_type {
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

    /// The error for a query or header parameter that could not be read.
    pub(crate) fn parameter(&self, operation: Option<&str>, error: &ParseParamError) -> ApiError {
        let mut parameters = self.parameters(operation).iter();
        unreadable(parameters.find(|parameter| parameter.name == error.name), error.name, &error.reason)
    }

    /// The error for a path parameter that could not be read. Routing knows these by position: `param0`, `param1`.
    pub(crate) fn path(&self, operation: Option<&str>, error: &ParsePathError) -> ApiError {
        let position = error.name.strip_prefix("param").and_then(|position| position.parse().ok()).unwrap_or_default();
        let mut parameters = self.parameters(operation).iter().filter(|parameter| parameter.location == "path");
        unreadable(parameters.nth(position), "path", &error.reason)
    }

    fn parameters(&self, operation: Option<&str>) -> &[Parameter] {
        operation.and_then(|id| self.0.get(id)).map_or(&[], Vec::as_slice)
    }
}

/// The parameters that the query of each operation under `/v1` takes.
pub(crate) struct QueryNames(HashMap<(String, String), Vec<String>>);

impl QueryNames {
    pub(crate) fn of(apis: Vec<MetaApi>) -> Self {
        let paths = apis.into_iter().flat_map(|api| api.paths).filter(|path| path.path.starts_with("/v1/"));
        let operations = paths.flat_map(|path| {
            let pattern = pattern(&path.path);
            path.operations.into_iter().map(move |operation| {
                let query = operation.params.into_iter().filter(|param| param.in_type == MetaParamIn::Query);
                ((pattern.clone(), operation.method.to_string()), query.map(|param| param.name).collect())
            })
        });
        Self(operations.collect())
    }
}

/// Refuses a parameter that the operation does not have: it was meant to do something.
pub(crate) fn check_query(request: &Request) -> Result<(), ApiError> {
    let (Some(query), Some(PathPattern(path))) = (request.uri().query(), request.data::<PathPattern>()) else {
        return Ok(());
    };
    let operation = (path.to_string(), request.method().to_string());
    let known = request.extensions().get::<Arc<QueryNames>>().and_then(|names| names.0.get(&operation));
    let (Some(known), Ok(pairs)) = (known, serde_urlencoded::from_str::<Vec<(String, String)>>(query)) else {
        return Ok(());
    };
    let problems: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| !known.contains(name))
        .map(|(name, _)| {
            let msg = match known.join(", ") {
                known if known.is_empty() => "this operation has no parameters of a query".to_owned(),
                known => format!("there is no such parameter here; they are {known}"),
            };
            ValidationError::new(["query", name], msg, "value_error.extra")
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(ApiError::validation(problems)) }
}

fn unreadable(parameter: Option<&Parameter>, name: &str, reason: &str) -> ApiError {
    let error = match parameter {
        Some(parameter) if reason.ends_with("expects an input value.") => {
            ValidationError::missing([parameter.location, &parameter.name])
        }
        Some(parameter) => {
            let msg = format!("value is not a valid {}", parameter.kind);
            ValidationError::new([parameter.location, &parameter.name], msg, &format!("type_error.{}", parameter.kind))
        }
        None => ValidationError::new([name], reason, "type_error"),
    };
    ApiError::validation(vec![error])
}

fn type_name(schema: &MetaSchemaRef) -> &'static str {
    match schema {
        MetaSchemaRef::Inline(schema) => schema.format.filter(|format| *format == "uuid").unwrap_or(schema.ty),
        MetaSchemaRef::Reference(_) => "value",
    }
}
