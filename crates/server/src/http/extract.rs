//! Extractors: what a route takes from the headers of a request, above all who is calling.
//!
//! A caller is an account behind a bearer token, a name with a password, or a cookie; refused in one of two ways.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::http::header::AUTHORIZATION;
use poem::web::RemoteAddr;
use poem::web::headers::authorization::{Basic, Credentials};
use poem::{Addr, FromRequest, Request, RequestBody};
use poem_openapi::registry::{MetaParamIn, MetaSchemaRef, MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::csrf;
use super::error::{ApiError, ValidationError};
use super::parameters::check_query;
use super::session_cookie;
use crate::auth::{ClientAddress, TokenError, TokenHash, TokenSubject};
use crate::hub::{Hub, SessionRef};
use crate::secret::Secret;
use crate::store::{IdempotencyRecord, Session, User};

const BEARER: &str = "bearer";
const BASIC: &str = "basic";
const COOKIE: &str = "cookie";
const NOT_AUTHENTICATED: &str = "Not authenticated";
const NOT_VALIDATED: &str = "Could not validate credentials";
/// The longest idempotency key, in characters. The draft of the header suggests UUIDs, which have 36.
const MAX_KEY: usize = 255;

/// The caller of a route of the original, refused as there: 403, and 401 only for a token of another type.
pub(crate) struct LegacyCaller(pub(crate) User, pub(crate) AuthMethod);

/// The caller of any other route: refused with 401 and a challenge.
pub(crate) struct Caller(pub(crate) User, pub(crate) AuthMethod);

/// The method by which a caller is known.
#[derive(Debug)]
pub(crate) enum AuthMethod {
    /// An access token of this session.
    Token(Session),
    /// The cookie of this session.
    Cookie(Session),
    /// The password whose hash this is.
    Password(Secret),
}

/// An error of authentication: why nobody is known to be calling.
enum AuthError {
    NoToken,
    OtherScheme,
    BadToken,
    OtherType,
    Api(ApiError),
}

impl<E: Into<ApiError>> From<E> for AuthError {
    fn from(error: E) -> Self {
        Self::Api(error.into())
    }
}

/// The header counts where there is one: what a program says outright is meant, a cookie comes along unasked.
async fn authenticate(request: &Request) -> Result<(User, AuthMethod), AuthError> {
    let hub = hub(request)?;
    let known = match request.headers().get(AUTHORIZATION) {
        Some(header) => {
            let (scheme, rest) = header.to_str().unwrap_or_default().trim().split_once(' ').unwrap_or_default();
            let token = rest.trim();
            match scheme.to_ascii_lowercase().as_str() {
                _ if token.is_empty() => return Err(AuthError::NoToken),
                BEARER => by_token(hub, token).await?,
                BASIC => by_password(hub, &client_address(hub, request)?, header).await?,
                _ => return Err(AuthError::OtherScheme),
            }
        }
        None => by_cookie(hub, request).await?,
    };
    tracing::Span::current().record("user", tracing::field::display(known.0.uuid));
    Ok(known)
}

/// Whose access token this is, as long as its session goes on.
async fn by_token(hub: &Hub, token: &str) -> Result<(User, AuthMethod), AuthError> {
    let now = hub.clock.now();
    let TokenSubject { user, session } = hub.accounts.tokens.verify(token, now).map_err(|error| match error {
        TokenError::Invalid => AuthError::BadToken,
        TokenError::WrongType => AuthError::OtherType,
    })?;
    let (user, session) = hub.store.session(session, user, now).await?.ok_or(AuthError::BadToken)?;
    Ok((user, AuthMethod::Token(session)))
}

/// Whose name and password these are, by RFC 7617. What cannot be read as such is a scheme that is not known here.
async fn by_password(
    hub: &Hub,
    address: &ClientAddress,
    header: &HeaderValue,
) -> Result<(User, AuthMethod), AuthError> {
    let credentials = Basic::decode(header).ok_or(AuthError::OtherScheme)?;
    let (name, password) = (credentials.username().to_lowercase(), credentials.password().into());
    let proof = hub.accounts.check_password(address, &name, password).await?;
    Ok((proof.user, AuthMethod::Password(proof.password_hash)))
}

/// Whose cookie this is, as long as its session goes on.
async fn by_cookie(hub: &Hub, request: &Request) -> Result<(User, AuthMethod), AuthError> {
    let cookie = session_cookie::of(request).ok_or(AuthError::NoToken)?;
    // A cookie alone does not show that its owner wants what is asked for; a page elsewhere may have asked.
    if !request.method().is_safe() {
        csrf::refuse_other_origins(request)?;
    } else if csrf::changes_something(request.uri().path()) {
        csrf::refuse_unproven_origins(request)?;
    }
    let found = hub.store.session_by_cookie(TokenHash::of(&cookie), hub.clock.now()).await?;
    let (user, session) = found.ok_or(AuthError::BadToken)?;
    Ok((user, AuthMethod::Cookie(session)))
}

impl LegacyCaller {
    fn refuse(error: AuthError) -> ApiError {
        match error {
            AuthError::NoToken => ApiError::forbidden(NOT_AUTHENTICATED),
            AuthError::OtherScheme => ApiError::forbidden("Invalid authentication credentials"),
            AuthError::BadToken => ApiError::forbidden(NOT_VALIDATED),
            AuthError::OtherType => ApiError::unauthorized("Invalid token"),
            AuthError::Api(error) => error,
        }
    }
}

impl Caller {
    fn refuse(error: AuthError) -> ApiError {
        match error {
            AuthError::NoToken | AuthError::OtherScheme => ApiError::challenge(NOT_AUTHENTICATED),
            AuthError::BadToken | AuthError::OtherType => ApiError::challenge(NOT_VALIDATED),
            AuthError::Api(error) => error,
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
                register_schemes(registry);
            }

            fn security_schemes() -> Vec<&'static str> {
                vec![BEARER, BASIC, COOKIE]
            }

            async fn from_request(
                request: &'a Request,
                _body: &mut RequestBody,
                _options: ExtractParamOptions<()>,
            ) -> poem::Result<Self> {
                let (user, method) = authenticate(request).await.map_err(Self::refuse)?;
                check_query(request)?;
                Ok(Self(user, method))
            }
        }
    };
}

extract_caller!(LegacyCaller);
extract_caller!(Caller);

/// The three schemes, as the document names them. Any one of them will do.
fn register_schemes(registry: &mut Registry) {
    let scheme = |ty, description| MetaSecurityScheme {
        ty,
        description: Some(description),
        name: None,
        key_in: None,
        scheme: None,
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    };
    let bearer = scheme("http", "The access token that a login gives.");
    let bearer = MetaSecurityScheme { scheme: Some("bearer"), bearer_format: Some("JWT"), ..bearer };
    registry.create_security_scheme(BEARER, bearer);
    let basic = scheme("http", "The e-mail address and the password of the account, with each request.");
    registry.create_security_scheme(BASIC, MetaSecurityScheme { scheme: Some("basic"), ..basic });
    let cookie = scheme("apiKey", "The cookie that a login sets, which browsers send by themselves.");
    let cookie = MetaSecurityScheme { key_in: Some("cookie"), name: Some(session_cookie::NAME), ..cookie };
    registry.create_security_scheme(COOKIE, cookie);
}

/// The sessions that the headers of a request show, for whoever wants to log out of them: those of its access token, even
/// an expired one, and its cookie.
pub(crate) struct LogoutTargets(pub(crate) Vec<SessionRef>);

impl<'a> FromRequest<'a> for LogoutTargets {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        let hub = hub(request)?;
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = header.trim().split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case(BEARER));
        let session = token.and_then(|(_, token)| hub.accounts.tokens.session(token.trim()));
        let mut targets: Vec<_> = session.map(SessionRef::Id).into_iter().collect();
        if let Some(cookie) = session_cookie::of(request) {
            csrf::refuse_other_origins(request)?;
            targets.push(SessionRef::Token(TokenHash::of(&cookie)));
        }
        Ok(Self(targets))
    }
}

/// The hub that a request is for.
fn hub(request: &Request) -> Result<&Arc<Hub>, ApiError> {
    request.extensions().get::<Arc<Hub>>().ok_or_else(|| ApiError::internal("the request carries no hub"))
}

/// The client of a request: its peer, or whom a trusted proxy names.
fn client_address(hub: &Hub, request: &Request) -> Result<ClientAddress, ApiError> {
    let RemoteAddr(Addr::SocketAddr(peer)) = request.remote_addr() else {
        return Err(ApiError::internal("the request comes from no internet address"));
    };
    // A value that is no text cannot be read, and so counts as one that names nobody.
    let forwarded = request.headers().get_all("x-forwarded-for").iter();
    let forwarded: Vec<_> = forwarded.map(|value| value.to_str().unwrap_or_default()).collect();
    Ok(ClientAddress::of(peer.ip(), forwarded.into_iter(), &hub.proxy.trusted_proxies))
}

impl<'a> FromRequest<'a> for ClientAddress {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(client_address(hub(request)?, request)?)
    }
}

/// The header Idempotency-Key, where the request carries one. A key that cannot be read is refused and never passed over:
/// the caller counts on it.
pub(crate) struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The record that the key and the meaning of the request make together; `None` without a key.
    pub(crate) fn record(self, fingerprint: impl FnOnce() -> String) -> Option<IdempotencyRecord> {
        self.0.map(|key| IdempotencyRecord { key, fingerprint: fingerprint() })
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
        let is_key =
            |text: &str| (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut keys = request.headers().get_all(options.name).iter();
        let Some(first) = keys.next() else { return Ok(Self(None)) };
        match first.to_str() {
            Ok(key) if is_key(key) && keys.next().is_none() => Ok(Self(Some(key.to_owned()))),
            _ => {
                let msg = format!("an idempotency key is one header of 1 to {MAX_KEY} visible ASCII characters");
                Err(ApiError::validation(vec![ValidationError::new(["header", options.name], msg, "value_error")])
                    .into())
            }
        }
    }
}
