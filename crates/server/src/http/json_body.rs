//! JSON request body, read so that whatever is wrong with it comes back as a list of errors.

use std::sync::Arc;

use poem::error::ReadBodyError;
use poem::http::StatusCode;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::json;
use serde_json::value::RawValue;

use super::error::{ApiError, ValidationError};
use super::fields::{Field, Fields, FromFields, RawObject};
use crate::connection::Connection;
use crate::study::Scalar;

/// A request body of the documented shape `T`.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<'a, T: Type + FromFields> ApiExtractor<'a> for JsonBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType { content_type: "application/json", schema: T::schema_ref() }],
            required: T::REQUIRED,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let bytes = read_bytes(request, body, T::MAX_BODY).await?;
        if !bytes.is_empty() && !is_json(request) {
            return Err(ApiError::text(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body has to be JSON, sent with the header `Content-Type: application/json`.",
            )
            .into());
        }
        Ok(Self(parse(&bytes)?))
    }
}

/// The bytes of a body, unless there are more than `most` or they take too long.
pub(crate) async fn read_bytes(request: &Request, body: &mut RequestBody, most: usize) -> Result<Vec<u8>, ApiError> {
    let unread = |error: ReadBodyError| match error {
        ReadBodyError::PayloadTooLarge => ApiError::text(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The body is longer than the {most} bytes that are taken."),
        ),
        other => ApiError::text(StatusCode::BAD_REQUEST, format!("The body could not be read: {other}.")),
    };
    let read = body.take().map_err(unread)?.into_bytes_limit(most);
    let bytes = match request.extensions().get::<Arc<Connection>>() {
        Some(connection) => connection.receive(read).await.map_err(|limit| {
            let detail = format!("The body did not arrive within {} s.", limit.as_secs_f32());
            ApiError::text(StatusCode::REQUEST_TIMEOUT, detail)
        })?,
        None => read.await,
    };
    Ok(bytes.map_err(unread)?.to_vec())
}

/// Only JSON is read as JSON: a page elsewhere can make a browser post text, but not JSON, without asking first.
fn is_json(request: &Request) -> bool {
    let kind = request.content_type().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.strip_prefix("application/").is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

fn parse<T: FromFields>(bytes: &[u8]) -> Result<T, ApiError> {
    let raw = if bytes.is_empty() { RawObject::new() } else { object(bytes)? };
    Fields::read_body(raw).map_err(ApiError::validation)
}

fn object(bytes: &[u8]) -> Result<RawObject, ApiError> {
    let text: &RawValue = serde_json::from_slice(bytes).map_err(|error| not_json(bytes, &error))?;
    serde_json::from_str(text.get())
        .map_err(|_| ApiError::validation(vec![ValidationError::new(["body"], RawObject::EXPECTED, RawObject::KIND)]))
}

/// Says where the JSON breaks. The body itself is not sent back: it may hold a password.
fn not_json(bytes: &[u8], error: &serde_json::Error) -> ApiError {
    let before: usize =
        bytes.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let position = (before + error.column()).saturating_sub(1);
    let msg = error.to_string();
    let ctx = json!({"msg": msg, "pos": position, "lineno": error.line(), "colno": error.column()});
    let location = [Scalar::from("body"), Scalar::Int(i64::try_from(position).unwrap_or(i64::MAX))];
    ApiError::validation(vec![ValidationError::new(location, msg, "value_error.jsondecode").with_ctx(ctx)])
}
