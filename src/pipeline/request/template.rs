//! Request template: a request before it has a node and a credential, the same for all attempts of a call.

use std::sync::OnceLock;

use bytes::Bytes;
use futures::stream::StreamExt;
use http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use zeroize::Zeroizing;

use super::json_field::with_field;
use super::query::Query;
use crate::error::{Error, ErrorKind};
use crate::op::{AuthKind, BodyKind, Op};
use crate::pipeline::auth::{Credential, CredentialPlace};
use crate::pipeline::node::Node;
use crate::pipeline::transport::{Body, TransportError, UnixSocket};

/// The field of a JSON body that carries the token under [`AuthKind::Body`].
const TOKEN_FIELD: &str = "token";

/// Where generated code believes to send its requests; each attempt replaces it by a node.
pub const PLACEHOLDER: &str = "http://mlhub.invalid";

/// A client that only builds the requests of generated code: a transport sends them.
///
/// One for the whole program. It trusts nobody, because it speaks to nobody: else making it would read every certificate
/// of the system, and fail where there is none.
pub(crate) fn request_builder() -> Result<reqwest::Client, Error> {
    static ONE: OnceLock<reqwest::Client> = OnceLock::new();
    if let Some(made) = ONE.get() {
        return Ok(made.clone());
    }
    let builder = reqwest::Client::builder().no_proxy();
    #[cfg(feature = "rustls")]
    let builder = builder.tls_certs_only([]);
    let made = builder
        .build()
        .map_err(|cause| Error::new(ErrorKind::Config, "requests cannot be built").with_source(cause.without_url()))?;
    Ok(ONE.get_or_init(|| made).clone())
}

/// Method, path, query, headers and body of a call.
#[derive(Debug)]
pub(crate) struct RequestTemplate {
    pub(crate) method: Method,
    /// Encoded, begins with a slash.
    pub(crate) path: String,
    /// Encoded, without the question mark.
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) prefix: PrefixRule,
    /// Whether what belongs into the body as a field goes into the query instead.
    pub(crate) params_in_query: bool,
}

/// What becomes of a node's prefix before the path of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PrefixRule {
    /// It is put there.
    Add,
    /// It is put there unless the path begins with it: links come in both forms.
    AddIfMissing,
    /// The path stands for itself.
    Leave,
}

impl RequestTemplate {
    pub(crate) fn new(method: Method, path: String) -> Self {
        RequestTemplate {
            method,
            path,
            query: None,
            headers: HeaderMap::new(),
            body: Body::empty(),
            prefix: PrefixRule::Add,
            params_in_query: false,
        }
    }

    /// The same once more, unless its body is a stream.
    pub(crate) fn again(&self) -> Option<Self> {
        Some(RequestTemplate {
            query: self.query.clone(),
            headers: self.headers.clone(),
            body: self.body.try_clone()?,
            prefix: self.prefix,
            params_in_query: self.params_in_query,
            ..RequestTemplate::new(self.method.clone(), self.path.clone())
        })
    }

    /// The template of a request that generated code has built.
    pub(crate) fn from_reqwest(mut request: reqwest::Request) -> Self {
        // Only a response gives out its body as a stream, so a body that is not in memory takes the way over one.
        let body = request.body_mut().take().map(|body| match body.as_bytes() {
            Some(bytes) => Body::from(Bytes::copy_from_slice(bytes)),
            None => Body::stream(
                reqwest::Response::from(http::Response::new(body))
                    .bytes_stream()
                    .map(|chunk| chunk.map_err(|cause| TransportError::other(cause.without_url()))),
            ),
        });
        RequestTemplate {
            query: request.url().query().map(str::to_owned),
            headers: std::mem::take(request.headers_mut()),
            body: body.unwrap_or_default(),
            ..RequestTemplate::new(request.method().clone(), request.url().path().to_owned())
        }
    }

    /// Adds a pair to the query.
    pub(crate) fn push_query(&mut self, name: &str, value: &str) {
        let mut query = Query::after(self.query.take());
        query.push(name, value);
        self.query = query.finish();
    }

    /// Adds a JSON value as query pairs: scalars plain, lists repeated, objects as JSON.
    pub(crate) fn push_value(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::Array(items) => items.iter().for_each(|item| self.push_value(name, item)),
            Value::String(text) => self.push_query(name, text),
            other => self.push_query(name, &other.to_string()),
        }
    }

    /// Whether the query has a pair of that name.
    pub(crate) fn has_query(&self, name: &str) -> bool {
        let pairs = self.query.as_deref().unwrap_or_default().split('&');
        pairs.map(|pair| pair.split('=').next().unwrap_or_default()).any(|known| match known.contains(['%', '+']) {
            false => known == name,
            true => percent_decode_str(&known.replace('+', " ")).decode_utf8_lossy() == name,
        })
    }

    /// Adds a field, its value as JSON, to the JSON object that the body is, and makes the object
    /// where there is no body. The other fields keep their bytes.
    pub(crate) fn push_field(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let Some(bytes) = self.body.as_bytes() else {
            let detail = format!("{name:?} cannot be added to a body that is a stream");
            return Err(Error::new(ErrorKind::Request, detail));
        };
        let bytes = with_field(bytes, name, value)?;
        self.set_json(bytes);
        Ok(())
    }

    pub(crate) fn set_json(&mut self, bytes: Bytes) {
        self.headers.entry(header::CONTENT_TYPE).or_insert(http::HeaderValue::from_static("application/json"));
        self.body = bytes.into();
    }

    /// The address on that node.
    pub(crate) fn address(&self, node: &Node) -> String {
        let begins_with =
            || self.path.strip_prefix(node.prefix()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let before = match self.prefix {
            PrefixRule::Leave => node.origin(),
            PrefixRule::AddIfMissing if begins_with() => node.origin(),
            PrefixRule::Add | PrefixRule::AddIfMissing => node.base(),
        };
        match &self.query {
            Some(query) => format!("{before}{}?{query}", self.path),
            None => format!("{before}{}", self.path),
        }
    }

    /// The request of an attempt with its credential; takes the body out where that is a stream.
    pub(crate) fn request(
        &mut self,
        mut address: Bytes,
        credential: Option<&Credential>,
        op: &Op,
    ) -> Result<http::Request<Body>, Error> {
        let mut headers = self.headers.clone();
        let mut body = match self.body.try_clone() {
            Some(body) => body,
            None => std::mem::take(&mut self.body),
        };
        if let Some(credential) = credential {
            let field = match credential.place() {
                CredentialPlace::Authorization if op.auth == AuthKind::Body => Some(TOKEN_FIELD),
                CredentialPlace::Field(name) => Some(&**name),
                _ => None,
            };
            match (field, credential.place()) {
                (Some(name), _) if self.params_in_query => {
                    address = self.with_pair(&address, name, credential);
                }
                (Some(name), _) if body.as_bytes().is_some() => {
                    let value = Zeroizing::new(Value::from(credential.secret().expose()).to_string());
                    let bytes = body.as_bytes().cloned().unwrap_or_default();
                    body = with_field(&bytes, name, &value)?.into();
                    headers.entry(header::CONTENT_TYPE).or_insert(http::HeaderValue::from_static("application/json"));
                    headers.remove(header::CONTENT_LENGTH);
                }
                (_, place) => match place {
                    CredentialPlace::Authorization if headers.contains_key(header::AUTHORIZATION) => {}
                    CredentialPlace::Authorization => {
                        headers.insert(header::AUTHORIZATION, credential.header().clone());
                    }
                    CredentialPlace::Header(name) => {
                        headers.entry(name).or_insert(credential.header().clone());
                    }
                    CredentialPlace::Query(name) => address = self.with_pair(&address, name, credential),
                    CredentialPlace::Field(name) => {
                        let detail = format!("the token belongs into the body as {name:?}, and the body is a stream");
                        return Err(Error::new(ErrorKind::Request, detail));
                    }
                },
            }
        }
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        let address = UnixSocket::wire(&address).unwrap_or(address);
        *request.uri_mut() = http::Uri::from_maybe_shared(address).map_err(|cause| {
            Error::new(ErrorKind::Request, "the address of the call is not a URL").with_source(cause)
        })?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// The address with the credential as one more pair of its query.
    fn with_pair(&self, address: &Bytes, name: &str, credential: &Credential) -> Bytes {
        let mut query = Query::after(self.query.clone());
        query.push(name, credential.secret().expose());
        let path = address.split(|byte| *byte == b'?').next().unwrap_or_default();
        let query = query.finish().unwrap_or_default();
        [path, b"?", query.as_bytes()].concat().into()
    }
}

/// Whether parameters of that operation travel in a JSON object.
pub(crate) fn in_json(op: &Op) -> bool {
    matches!(op.body, BodyKind::Json | BodyKind::Params)
}
