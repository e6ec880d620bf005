//! Form body, read so that whatever is wrong with it comes back as a list of errors.

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::error::{ApiError, ValidationError};
use super::json_body::read_bytes;
use crate::study::Scalar;

/// Maximum length of a form, in bytes.
const MAX_BODY: usize = 1 << 20;
const FORM: &str = "application/x-www-form-urlencoded";

/// A value made from the pairs of a form.
pub(crate) trait FromForm: Sized {
    fn from_form(form: &mut FormFields) -> Option<Self>;
}

/// A form of the documented shape `T`.
pub(crate) struct Form<T>(pub(crate) T);

impl<'a, T: Type + FromForm> ApiExtractor<'a> for Form<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType { content_type: FORM, schema: T::schema_ref() }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let bytes = read_bytes(request, body, MAX_BODY).await?;
        // As in the original, a body of another kind is a form without fields.
        let is_form = request.content_type().is_some_and(|kind| kind.to_ascii_lowercase().starts_with(FORM));
        let pairs = if is_form { serde_urlencoded::from_bytes(&bytes).unwrap_or_default() } else { Vec::new() };
        let mut form = FormFields { pairs, errors: Vec::new() };
        match T::from_form(&mut form) {
            Some(value) if form.errors.is_empty() => Ok(Self(value)),
            _ => Err(ApiError::validation(form.errors).into()),
        }
    }
}

/// The fields of a form and what was found wrong with them.
pub(crate) struct FormFields {
    pairs: Vec<(String, String)>,
    errors: Vec<ValidationError>,
}

impl FormFields {
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn required(&mut self, name: &str) -> Option<String> {
        let value = self.optional(name).map(str::to_owned);
        if value.is_none() {
            self.errors.push(ValidationError::missing(["body", name]));
        }
        value
    }

    pub(crate) fn note(&mut self, error: ValidationError) {
        self.errors.push(error);
    }

    /// The location of the field `name`.
    pub(crate) fn location(name: &str) -> Vec<Scalar> {
        vec!["body".into(), name.into()]
    }
}
