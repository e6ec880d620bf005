//! Request log and metrics: one line and one count for each request, under the path that the document has.

use std::collections::HashMap;
use std::sync::Arc;

use poem::http::{HeaderName, HeaderValue, Method};
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response};
use poem_openapi::registry::MetaApi;
use tracing::Instrument;
use uuid::Uuid;

use super::error::ApiError;
use crate::hub::Hub;
use crate::metrics::{GaugeGuard, RouteLabels};

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id taken from a caller, in characters.
const MAX_ID: usize = 128;

/// The route of whatever the hub does not serve.
const NO_ROUTE: &str = "none";

/// Media type of the metrics, in the words of the OpenMetrics specification, section "Overall structure".
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The middleware that logs and counts each request.
pub(crate) struct Observe {
    pub(crate) hub: Arc<Hub>,
    pub(crate) templates: Arc<PathTemplates>,
}

impl<E: Endpoint> Middleware<E> for Observe {
    type Output = ObservedEndpoint<E>;

    fn transform(&self, endpoint: E) -> Self::Output {
        ObservedEndpoint { endpoint, hub: self.hub.clone(), templates: self.templates.clone() }
    }
}

/// An endpoint whose requests are logged and counted.
pub(crate) struct ObservedEndpoint<E> {
    endpoint: E,
    hub: Arc<Hub>,
    templates: Arc<PathTemplates>,
}

impl<E: Endpoint> Endpoint for ObservedEndpoint<E> {
    type Output = Response;

    /// Runs the request in a span and logs one line: never a header, a query or a body.
    async fn call(&self, request: Request) -> poem::Result<Response> {
        let Hub { metrics, clock, .. } = &*self.hub;
        let id = request_id(&request);
        let span = tracing::info_span!(
            "request",
            id,
            method = %request.method(),
            path = request.uri().path(),
            user = tracing::field::Empty,
        );
        async move {
            let _in_flight = GaugeGuard::new(&metrics.in_flight);
            let method = method_name(request.method());
            let from = clock.monotonic();
            let mut reply = self.endpoint.call(request).await?.into_response();
            let (took, status) = (clock.monotonic().saturating_sub(from), reply.status().as_u16());
            let route = self.templates.of_reply(&reply).map_or(NO_ROUTE, |template| &template.path).to_owned();
            metrics.count_reply(RouteLabels { method, route }, status, took.as_secs_f64());
            tracing::info!(status, micros = took.as_micros() as u64, "answered");
            if let Ok(id) = HeaderValue::from_str(&id) {
                reply.headers_mut().insert(REQUEST_ID.clone(), id);
            }
            Ok(reply)
        }
        .instrument(span)
        .await
    }
}

/// The caller's id, where it is fit to stand in a log; else one of ours.
fn request_id(request: &Request) -> String {
    let given = request.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let fit = |id: &&str| {
        !id.is_empty()
            && id.len() <= MAX_ID
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    given.filter(fit).map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// The verb, where it is one of HTTP: a caller may send any word.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The metrics as they are now.
pub(crate) async fn metrics(hub: &Hub) -> Result<Response, ApiError> {
    // The others are as good without it.
    if let Ok(bytes) = hub.store.size().await {
        hub.metrics.database_bytes.set(bytes);
    }
    let text = hub.metrics.text().map_err(ApiError::internal)?;
    Ok(Response::builder().content_type(OPEN_METRICS).body(text))
}

/// A path template: a path as the document has it.
#[derive(Default)]
pub(crate) struct PathTemplate {
    /// With names where identifiers stand.
    pub(crate) path: String,
    /// The verbs that it takes, as the header Allow lists them.
    pub(crate) allow: String,
}

/// The templates of all paths that are served, by the pattern in the routing, which knows parameters by position.
pub(crate) struct PathTemplates(HashMap<String, PathTemplate>);

impl PathTemplates {
    /// Those of the documented operations and the `pages`, which are only read.
    pub(crate) fn of(apis: Vec<MetaApi>, pages: &[&str]) -> Self {
        let mut templates: HashMap<String, PathTemplate> = HashMap::new();
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
        for path in apis.into_iter().flat_map(|api| api.paths) {
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
    pub(crate) fn of_reply(&self, reply: &Response) -> Option<&PathTemplate> {
        self.0.get(&*reply.data::<PathPattern>()?.0)
    }
}

/// `/trials/{trial_id}/tell` as the routing has it: `/trials/:param0/tell`.
pub(super) fn pattern(path: &str) -> String {
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
