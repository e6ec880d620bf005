//! The application: all routes, one shape for whatever goes wrong, one log line for each request.

use std::sync::Arc;

use poem::endpoint::{make, make_sync};
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::StatusCode;
use poem::http::header::{ALLOW, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use poem::middleware::{CatchPanic, SetHeader};
use poem::{Endpoint, EndpointExt, IntoResponse, PathPattern, Response, Route, get};
use poem_openapi::error::{ParseParamError, ParsePathError};
use poem_openapi::{OpenApiService, OperationId};

use super::docs;
use super::fault::Fault;
use super::metrics;
use super::places::Places;
use super::request_log;
use super::templates::Templates;
use crate::hub::Hub;
use crate::routes::{self, Routes};

/// What a browser may do for the pages of the hub: show their own style, and nothing else from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The OpenAPI document of the hub: the same text for the same version of this program.
pub(crate) fn document() -> String {
    let mut document = service().spec();
    document.push('\n');
    document
}

fn service() -> OpenApiService<Routes, ()> {
    OpenApiService::new(routes::all(), "mlhub tuning hub", env!("CARGO_PKG_VERSION")).description(
        "Ask and tell Bayesian optimisation. The routes of AutoTune keep its formats; those under /v1 are plain.",
    )
}

/// Everything that the hub serves.
pub(crate) fn app(hub: Arc<Hub>) -> impl Endpoint<Output = Response> {
    let places = Arc::new(Places::of::<Routes>());
    let templates = Arc::new(Templates::of::<Routes>(&[routes::PAGE, routes::DOCUMENT, routes::METRICS]));
    let document = document();
    let clock = hub.clock.clone();
    let fixed = |kind: &'static str, text: String| {
        get(make_sync(move |_| {
            let page = Response::builder().content_type(kind);
            page.header(CONTENT_SECURITY_POLICY, POLICY).header(REFERRER_POLICY, "no-referrer").body(text.clone())
        }))
    };
    let figures = {
        let hub = hub.clone();
        get(make(move |_| {
            let hub = hub.clone();
            async move { metrics::show(&hub).await.map_err(poem::Error::from) }
        }))
    };
    let (counted, by_pattern) = (hub.clone(), templates.clone());
    Route::new()
        .at(routes::PAGE, fixed("text/html; charset=utf-8", docs::page(&document)))
        .at(routes::DOCUMENT, fixed("application/json", document))
        .at(routes::METRICS, figures)
        .nest("/", service())
        .data(hub)
        .with(CatchPanic::new().with_handler(|_| Fault::internal("a panic").into_response()))
        .catch_all_error(move |error| {
            let (places, templates) = (places.clone(), templates.clone());
            async move { refused(&places, &templates, error) }
        })
        .with(SetHeader::new().overriding(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .around(move |endpoint, request| metrics::observe(counted.clone(), by_pattern.clone(), endpoint, request))
        .around(move |endpoint, request| request_log::log(clock.clone(), endpoint, request))
}

/// A refusal that knows which path it is from, as every reply does.
fn refused(places: &Places, templates: &Templates, error: poem::Error) -> Response {
    let matched = error.data::<PathPattern>().cloned();
    let mut reply = refusal(places, error);
    if let Some(matched) = matched {
        reply.set_data(matched);
    }
    if reply.status() == StatusCode::METHOD_NOT_ALLOWED
        && let Some(template) = templates.of_reply(&reply)
        && let Ok(allow) = HeaderValue::from_str(&template.allow)
    {
        reply.headers_mut().insert(ALLOW, allow);
    }
    reply
}

/// Whatever a route or the routing refused, as `{"detail": ..}`.
fn refusal(places: &Places, error: poem::Error) -> Response {
    let operation = error.data::<OperationId>().map(|id| id.0);
    if error.is_from_response() {
        return error.into_response();
    }
    let fault = if let Some(error) = error.downcast_ref::<ParseParamError>() {
        places.parameter(operation, error)
    } else if let Some(error) = error.downcast_ref::<ParsePathError>() {
        places.path(operation, error)
    } else if error.is::<NotFoundError>() {
        Fault::not_found("Not Found")
    } else if error.is::<MethodNotAllowedError>() {
        Fault::text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    } else if error.status().is_client_error() {
        Fault::text(error.status(), error.to_string())
    } else {
        Fault::internal(&error)
    };
    fault.into_response()
}
