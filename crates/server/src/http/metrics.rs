//! Counts and times each request under the path that the document has for it, and shows the figures.

use std::collections::HashMap;
use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, IntoResponse, PathPattern, Request, Response};
use poem_openapi::OpenApi;

use super::fault::Fault;
use crate::hub::Hub;
use crate::metrics::{Held, Operation};

/// The route of whatever the hub does not serve.
const NO_ROUTE: &str = "none";

/// What the format is called, in the words of the OpenMetrics specification, section "Overall structure".
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The documented path behind each pattern of the routing, which knows parameters by their position.
pub(super) struct Templates(HashMap<String, String>);

impl Templates {
    /// Those of the documented operations and the `fixed` paths.
    pub(super) fn of<T: OpenApi>(fixed: &[&str]) -> Self {
        let documented = T::meta().into_iter().flat_map(|api| api.paths).map(|path| path.path);
        let all = documented.chain(fixed.iter().map(|path| (*path).to_owned()));
        Self(all.map(|path| (pattern(&path), path)).collect())
    }

    fn find(&self, reply: &Response) -> &str {
        let matched = reply.data::<PathPattern>().and_then(|matched| self.0.get(&*matched.0));
        matched.map_or(NO_ROUTE, String::as_str)
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

/// Runs the request and counts it.
pub(super) async fn observe<E: Endpoint>(
    hub: Arc<Hub>,
    templates: Arc<Templates>,
    endpoint: Arc<E>,
    request: Request,
) -> poem::Result<Response> {
    let _in_flight = Held::of(&hub.metrics.in_flight);
    let method = known(request.method());
    let from = hub.clock.now();
    let reply = endpoint.call(request).await?.into_response();
    let seconds = from.duration_until(hub.clock.now()).as_secs_f64();
    let operation = Operation { method, route: templates.find(&reply).to_owned() };
    hub.metrics.answered(operation, reply.status().as_u16(), seconds);
    Ok(reply)
}

/// The verb, where it is one of HTTP: a caller may send any word.
fn known(method: &Method) -> &'static str {
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

/// The figures as they are now.
pub(super) async fn show(hub: &Hub) -> Result<Response, Fault> {
    // The other figures are as good without it.
    if let Ok(bytes) = hub.store.size().await {
        hub.metrics.database_bytes.set(bytes);
    }
    let text = hub.metrics.text().map_err(Fault::internal)?;
    Ok(Response::builder().content_type(OPEN_METRICS).body(text))
}
