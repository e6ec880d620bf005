//! Who calls: an account behind a bearer token, refused in one of two ways.

use std::sync::Arc;

use poem::http::header::AUTHORIZATION;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::fault::Fault;
use crate::auth::Refused;
use crate::hub::Hub;
use crate::store::User;

const SCHEME: &str = "bearer";

/// The caller of a route that refuses as the original does there: 403, and 401 only for a token of another type.
pub(crate) struct Member(pub(crate) User);

/// The caller of any other route: refused with 401 and a challenge.
pub(crate) struct Caller(pub(crate) User);

/// Why nobody is known to be calling.
enum Unknown {
    NoToken,
    OtherScheme,
    BadToken,
    OtherType,
    Failed(Fault),
}

async fn identify(request: &Request) -> Result<User, Unknown> {
    let failed = |why: &str| Unknown::Failed(Fault::internal(why));
    let hub = request.extensions().get::<Arc<Hub>>().ok_or_else(|| failed("the request carries no hub"))?;
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = header.trim().split_once(' ').unwrap_or_default();
    if token.trim().is_empty() {
        return Err(Unknown::NoToken);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Unknown::OtherScheme);
    }
    let uuid = hub.tokens.read(token.trim(), hub.clock.now()).map_err(|refused| match refused {
        Refused::Invalid => Unknown::BadToken,
        Refused::WrongType => Unknown::OtherType,
    })?;
    let user = hub.store.user(uuid).await.map_err(|error| Unknown::Failed(error.into()))?;
    let user = user.filter(|user| user.active).ok_or(Unknown::BadToken)?;
    tracing::Span::current().record("user", tracing::field::display(user.uuid));
    Ok(user)
}

const NOT_AUTHENTICATED: &str = "Not authenticated";
const NOT_VALIDATED: &str = "Could not validate credentials";

impl Member {
    fn refuse(unknown: Unknown) -> Fault {
        match unknown {
            Unknown::NoToken => Fault::forbidden(NOT_AUTHENTICATED),
            Unknown::OtherScheme => Fault::forbidden("Invalid authentication credentials"),
            Unknown::BadToken => Fault::forbidden(NOT_VALIDATED),
            Unknown::OtherType => Fault::unauthorized("Invalid token"),
            Unknown::Failed(fault) => fault,
        }
    }
}

impl Caller {
    fn refuse(unknown: Unknown) -> Fault {
        match unknown {
            Unknown::NoToken | Unknown::OtherScheme => Fault::challenge(NOT_AUTHENTICATED),
            Unknown::BadToken | Unknown::OtherType => Fault::challenge(NOT_VALIDATED),
            Unknown::Failed(fault) => fault,
        }
    }
}

macro_rules! extract_by_bearer_token {
    ($caller:ident) => {
        impl<'a> ApiExtractor<'a> for $caller {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                register(registry);
            }

            fn security_schemes() -> Vec<&'static str> {
                vec![SCHEME]
            }

            async fn from_request(
                request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<()>,
            ) -> poem::Result<Self> {
                Ok(Self(identify(request).await.map_err(Self::refuse)?))
            }
        }
    };
}

extract_by_bearer_token!(Member);
extract_by_bearer_token!(Caller);

fn register(registry: &mut Registry) {
    let scheme = MetaSecurityScheme {
        ty: "http",
        description: Some("The access token that a login gives."),
        name: None,
        key_in: None,
        scheme: Some("bearer"),
        bearer_format: Some("JWT"),
        flows: None,
        openid_connect_url: None,
    };
    registry.create_security_scheme(SCHEME, scheme);
}
