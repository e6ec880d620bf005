//! Counts and times each request under the path that the document has for it, and shows the figures.

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, IntoResponse, Request, Response};

use super::fault::Fault;
use super::templates::Templates;
use crate::hub::Hub;
use crate::metrics::{Held, Operation};

/// The route of whatever the hub does not serve.
const NO_ROUTE: &str = "none";

/// What the format is called, in the words of the OpenMetrics specification, section "Overall structure".
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

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
    let route = templates.of_reply(&reply).map_or(NO_ROUTE, |template| &template.path).to_owned();
    let operation = Operation { method, route };
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
