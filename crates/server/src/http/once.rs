//! The header Idempotency-Key: a request with it takes effect once, however often it arrives.

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaParamIn, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::fault::{Fault, Problem};
use crate::store::Once;

/// The longest key, in characters. The draft of the header suggests UUIDs, which have 36.
const MAX_KEY: usize = 255;

/// The key, where the request carries one. A key that cannot be read is refused and never passed over: the caller
/// counts on it.
pub(crate) struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// What the key and the meaning of the request make together; `None` without a key.
    pub(crate) fn once(self, fingerprint: String) -> Option<Once> {
        self.0.map(|key| Once { key, fingerprint })
    }
}

impl<'a> ApiExtractor<'a> for IdempotencyKey {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(<String as poem_openapi::types::Type>::schema_ref())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        options: ExtractParamOptions<String>,
    ) -> poem::Result<Self> {
        let mut keys = request.headers().get_all(options.name).iter();
        let Some(first) = keys.next() else { return Ok(Self(None)) };
        match first.to_str() {
            Ok(key) if is_key(key) && keys.next().is_none() => Ok(Self(Some(key.to_owned()))),
            _ => {
                let msg = format!("an idempotency key is one header of 1 to {MAX_KEY} visible ASCII characters");
                Err(Fault::problems(vec![Problem::new(["header", options.name], msg, "value_error")]).into())
            }
        }
    }
}

fn is_key(text: &str) -> bool {
    (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
