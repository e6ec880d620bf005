//! Who calls: an account behind a bearer token, a name with a password, or a cookie; refused in one of two ways.

mod basic;
mod bearer;
mod cookie;
mod leaving;
mod scheme;
mod site;

use poem::http::header::AUTHORIZATION;
use poem::{Request, RequestBody};
use poem_openapi::registry::Registry;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::address::address;
use super::fault::Fault;
use super::hub;
use crate::secret::Secret;
use crate::store::{Session, User};

pub(crate) use cookie::{clear_cookie, set_cookie};
pub(crate) use leaving::Leaving;
pub(crate) use site::OwnSite;

/// The caller of a route that refuses as the original does there: 403, and 401 only for a token of another type.
pub(crate) struct Member(pub(crate) User, pub(crate) By);

/// The caller of any other route: refused with 401 and a challenge.
pub(crate) struct Caller(pub(crate) User, pub(crate) By);

/// What a caller is known by.
#[derive(Debug)]
pub(crate) enum By {
    /// An access token of this session.
    Token(Session),
    /// The cookie of this session.
    Cookie(Session),
    /// The password whose hash this is.
    Password(Secret),
}

/// Why nobody is known to be calling.
enum Unknown {
    NoToken,
    OtherScheme,
    BadToken,
    OtherType,
    Failed(Fault),
}

impl From<Fault> for Unknown {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

/// The header counts where there is one: what a program says outright is meant, a cookie comes along unasked.
async fn identify(request: &Request) -> Result<(User, By), Unknown> {
    let hub = hub(request)?;
    let known = match request.headers().get(AUTHORIZATION) {
        Some(header) => {
            let (scheme, rest) = header.to_str().unwrap_or_default().trim().split_once(' ').unwrap_or_default();
            let token = rest.trim();
            match scheme.to_ascii_lowercase().as_str() {
                _ if token.is_empty() => return Err(Unknown::NoToken),
                "bearer" => bearer::identify(hub, token).await?,
                "basic" => basic::identify(hub, &address(hub, request)?, header).await?,
                _ => return Err(Unknown::OtherScheme),
            }
        }
        None => cookie::identify(hub, request).await?,
    };
    tracing::Span::current().record("user", tracing::field::display(known.0.uuid));
    Ok(known)
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

macro_rules! extract_caller {
    ($caller:ident) => {
        impl<'a> ApiExtractor<'a> for $caller {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                scheme::register(registry);
            }

            fn security_schemes() -> Vec<&'static str> {
                scheme::names()
            }

            async fn from_request(
                request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<()>,
            ) -> poem::Result<Self> {
                let (user, by) = identify(request).await.map_err(Self::refuse)?;
                Ok(Self(user, by))
            }
        }
    };
}

extract_caller!(Member);
extract_caller!(Caller);
