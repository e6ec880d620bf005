//! JSON response with its status as part of its type, so that the document cannot name another one.

use poem::http::StatusCode;
use poem::http::header::CACHE_CONTROL;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use serde::Serialize;

use super::error::ApiError;

/// The result of an operation.
pub(crate) type JsonResult<const STATUS: u16, T> = Result<JsonResponse<STATUS, T>, ApiError>;

/// The result of an operation that gives something secret, which nothing on the way may keep.
pub(crate) type NoStoreResult<const STATUS: u16, T> = Result<payload::Response<JsonResponse<STATUS, T>>, ApiError>;

/// A response with `body` and the header that RFC 6749 section 5.1 asks for where there are tokens.
pub(crate) fn no_store<const STATUS: u16, T>(body: T) -> payload::Response<JsonResponse<STATUS, T>> {
    payload::Response::new(JsonResponse(body)).header(CACHE_CONTROL, "no-store")
}

/// A response of `STATUS` whose body is `T`, written by serde so that maps keep their order.
pub(crate) struct JsonResponse<const STATUS: u16, T>(pub(crate) T);

impl<const STATUS: u16, T: Serialize + Send> IntoResponse for JsonResponse<STATUS, T> {
    fn into_response(self) -> Response {
        let Ok(status) = StatusCode::from_u16(STATUS) else {
            return ApiError::internal(format_args!("{STATUS} is not a status")).into_response();
        };
        match serde_json::to_vec(&self.0) {
            Ok(body) => Response::builder().status(status).content_type("application/json").body(body),
            Err(error) => ApiError::internal(error).into_response(),
        }
    }
}

impl<const STATUS: u16, T: Serialize + Type> ApiResponse for JsonResponse<STATUS, T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Done.",
                status: Some(STATUS),
                status_range: None,
                content: vec![MetaMediaType { content_type: "application/json", schema: T::schema_ref() }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}
