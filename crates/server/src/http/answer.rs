//! A successful JSON reply with its status as part of its type, so that the document cannot name another one.

use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use serde::Serialize;

use super::fault::Fault;

/// What every operation returns.
pub(crate) type Outcome<const STATUS: u16, T> = Result<Answer<STATUS, T>, Fault>;

/// A reply of `STATUS` whose body is `T`, written by serde so that maps keep their order.
pub(crate) struct Answer<const STATUS: u16, T>(pub(crate) T);

impl<const STATUS: u16, T: Serialize + Send> IntoResponse for Answer<STATUS, T> {
    fn into_response(self) -> Response {
        let Ok(status) = StatusCode::from_u16(STATUS) else {
            return Fault::internal(format_args!("{STATUS} is not a status")).into_response();
        };
        match serde_json::to_vec(&self.0) {
            Ok(body) => Response::builder().status(status).content_type("application/json").body(body),
            Err(error) => Fault::internal(error).into_response(),
        }
    }
}

impl<const STATUS: u16, T: Serialize + Type> ApiResponse for Answer<STATUS, T> {
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
