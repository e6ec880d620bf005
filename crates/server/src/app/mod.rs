//! Application: all routes together, their document, and one shape for whatever goes wrong.

mod docs;

use std::sync::Arc;

use poem::endpoint::{make, make_sync};
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::StatusCode;
use poem::http::header::{ALLOW, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use poem::middleware::{CatchPanic, SetHeader};
use poem::{Endpoint, EndpointExt, IntoResponse, PathPattern, Response, Route, get};
use poem_openapi::error::{ParseParamError, ParsePathError};
use poem_openapi::registry::MetaApi;
use poem_openapi::{OpenApi, OpenApiService, OperationId};

use crate::http::error::ApiError;
use crate::http::observe::{self, Observe, PathTemplates};
use crate::http::parameters::{ParameterLocations, QueryNames};
use crate::hub::Hub;
use crate::routes::{self, auth, experiments, info, legacy_experiments, trials, users};

/// Content security policy: a browser may show the style of the hub's pages, and nothing else from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The OpenAPI document of the hub: the same text for the same version of this program.
pub(crate) fn document() -> String {
    let mut document = service().spec();
    document.push('\n');
    document
}

/// All groups of operations.
fn all_routes() -> impl OpenApi {
    (
        info::HubRoutes,
        auth::AuthRoutes,
        users::UserRoutes,
        users::AccountRoutes,
        legacy_experiments::LegacyExperimentRoutes,
        experiments::ExperimentRoutes,
        trials::TrialRoutes,
    )
}

/// The description of all operations.
fn meta<T: OpenApi>(_routes: &T) -> Vec<MetaApi> {
    T::meta()
}

fn service() -> OpenApiService<impl OpenApi, ()> {
    OpenApiService::new(all_routes(), "mlhub tuning hub", env!("CARGO_PKG_VERSION")).description(
        "Ask and tell Bayesian optimisation. The routes of AutoTune keep its formats; those under /v1 are plain.",
    )
}

/// The application: everything that the hub serves.
pub(crate) fn app(hub: Arc<Hub>) -> impl Endpoint<Output = Response> {
    let locations = Arc::new(ParameterLocations::of(meta(&all_routes())));
    let templates =
        Arc::new(PathTemplates::of(meta(&all_routes()), &[routes::PAGE, routes::DOCUMENT, routes::METRICS]));
    let document = document();
    let fixed = |kind: &'static str, text: String| {
        get(make_sync(move |_| {
            let page = Response::builder().content_type(kind);
            page.header(CONTENT_SECURITY_POLICY, POLICY).header(REFERRER_POLICY, "no-referrer").body(text.clone())
        }))
    };
    let metrics = {
        let hub = hub.clone();
        get(make(move |_| {
            let hub = hub.clone();
            async move { observe::metrics(&hub).await.map_err(poem::Error::from) }
        }))
    };
    let observation = Observe { hub: hub.clone(), templates: templates.clone() };
    Route::new()
        .at(routes::PAGE, fixed("text/html; charset=utf-8", docs::page(&document)))
        .at(routes::DOCUMENT, fixed("application/json", document))
        .at(routes::METRICS, metrics)
        .nest("/", service())
        .data(hub)
        .data(Arc::new(QueryNames::of(meta(&all_routes()))))
        .with(CatchPanic::new().with_handler(|_| ApiError::internal("a panic").into_response()))
        .catch_all_error(move |error| {
            let (locations, templates) = (locations.clone(), templates.clone());
            async move { error_reply(&locations, &templates, error) }
        })
        .with(SetHeader::new().overriding(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .with(observation)
}

/// An error reply that knows which path it is from, as every reply does.
fn error_reply(locations: &ParameterLocations, templates: &PathTemplates, error: poem::Error) -> Response {
    let matched = error.data::<PathPattern>().cloned();
    let mut reply = error_response(locations, error);
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

/// The error of a route or of the routing, as `{"detail": ..}`.
fn error_response(locations: &ParameterLocations, error: poem::Error) -> Response {
    let operation = error.data::<OperationId>().map(|id| id.0);
    if error.is_from_response() {
        return error.into_response();
    }
    let error = if let Some(error) = error.downcast_ref::<ParseParamError>() {
        locations.parameter(operation, error)
    } else if let Some(error) = error.downcast_ref::<ParsePathError>() {
        locations.path(operation, error)
    } else if error.is::<NotFoundError>() {
        ApiError::text(StatusCode::NOT_FOUND, "Not Found")
    } else if error.is::<MethodNotAllowedError>() {
        ApiError::text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    } else if error.status().is_client_error() {
        ApiError::text(error.status(), error.to_string())
    } else {
        ApiError::internal(&error)
    };
    error.into_response()
}
