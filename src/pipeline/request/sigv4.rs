//! AWS Signature Version 4, for services behind Amazon's gateways: the feature `sigv4`.

use std::fmt::{self, Write as _};
use std::time::SystemTime;

use aws_lc_rs::{digest, hmac};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Uri, header};
use jiff::Timestamp;
use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::path::SEGMENT;
use super::sign::Sign;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// AWS Signature Version 4: credentials of one service in one region.
///
/// ```
/// use mlhub::pipeline::{Pipeline, SigV4};
/// # fn main() -> Result<(), mlhub::Error> {
/// let signature = SigV4::new("AKIDEXAMPLE", "secret", "eu-central-1", "execute-api");
/// let pipeline = mlhub::Builder::new("https://hub.example.org", |pipeline: Pipeline| pipeline).with(|o| o.sign(signature)).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct SigV4 {
    key_id: String,
    key: Secret,
    token: Option<Secret>,
    region: String,
    service: String,
    path_as_sent: bool,
}

impl SigV4 {
    /// Key id and secret key, and what they are used for.
    pub fn new(
        key_id: impl Into<String>,
        key: impl Into<Secret>,
        region: impl Into<String>,
        service: impl Into<String>,
    ) -> Self {
        let (region, service) = (region.into(), service.into());
        SigV4 { key_id: key_id.into(), key: key.into(), token: None, region, service, path_as_sent: false }
    }

    /// The token that comes with temporary credentials.
    pub fn session_token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Signs the path as it is sent. All services but S3 and its like encode it
    /// once more for the signature, which is the default.
    pub fn path_as_sent(mut self) -> Self {
        self.path_as_sent = true;
        self
    }

    /// What is signed of a request: method, path, query, headers, body.
    fn canonical(&self, request: &Parts, signed: &[(String, String)], names: &str, body: &[u8]) -> String {
        let path = request.uri.path();
        let path = match self.path_as_sent {
            true => path.to_owned(),
            // A slash stays, everything else that is not plain is encoded again.
            false => path.split('/').map(encode).collect::<Vec<_>>().join("/"),
        };
        let mut out = format!("{}\n{path}\n{}\n", request.method, canonical_query(&request.uri));
        for (name, value) in signed {
            // Writing to a text cannot fail.
            let _ = writeln!(out, "{name}:{value}");
        }
        let _ = write!(out, "\n{names}\n{}", hex(digest::digest(&digest::SHA256, body).as_ref()));
        out
    }

    /// The key of one day, region and service.
    fn signature(&self, date: &str, text: &str) -> String {
        let start = Secret::new(format!("AWS4{}", self.key.expose()));
        let mut key = start.expose().as_bytes().to_vec();
        for part in [date, &self.region, &self.service, "aws4_request"] {
            key = mac(&key, part.as_bytes());
        }
        hex(&mac(&key, text.as_bytes()))
    }
}

impl Sign for SigV4 {
    fn sign(&self, request: &mut Parts, body: Option<&Bytes>, now: SystemTime) -> Result<(), Error> {
        let bad = |what: &str| Error::new(ErrorKind::Request, format!("the request cannot be signed: {what}"));
        let body = body.ok_or_else(|| bad("its body is a stream"))?;
        let now = Timestamp::try_from(now).map_err(|cause| bad("there is no such date").with_source(cause))?;
        let (date, time) = (now.strftime("%Y%m%d").to_string(), now.strftime("%Y%m%dT%H%M%SZ").to_string());
        let header = |text: &str| HeaderValue::try_from(text).map_err(|_| bad("a value of it fits no header"));
        spaces_by_percent(&mut request.uri);
        request.headers.insert(DATE, header(&time)?);
        if let Some(token) = &self.token {
            let mut value = header(token.expose())?;
            value.set_sensitive(true);
            request.headers.insert(TOKEN, value);
        }
        let signed = signed_headers(request);
        let names = signed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
        let scope = format!("{date}/{}/{}/aws4_request", self.region, self.service);
        let canonical = self.canonical(request, &signed, &names, body);
        let digest = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
        let signature = self.signature(&date, &format!("{ALGORITHM}\n{time}\n{scope}\n{digest}"));
        let text =
            format!("{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", self.key_id);
        let mut value = header(&text)?;
        value.set_sensitive(true);
        request.headers.insert(header::AUTHORIZATION, value);
        Ok(())
    }
}

/// The headers that a signature covers, by name: those that mean something to
/// the service. Proxies may change the others on the way.
fn signed_headers(request: &Parts) -> Vec<(String, String)> {
    let mut signed = vec![("host".to_owned(), host(&request.uri))];
    for name in request.headers.keys() {
        let counts = name == header::CONTENT_TYPE || name.as_str().starts_with("x-amz-");
        if counts {
            let values = request.headers.get_all(name).iter();
            let values = values.map(|value| {
                let text = String::from_utf8_lossy(value.as_bytes());
                text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
            });
            signed.push((name.as_str().to_owned(), values.collect::<Vec<_>>().join(",")));
        }
    }
    signed.sort();
    signed
}

/// The `host` header as it will be sent: the port only where it is not the usual one.
fn host(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(80), Some("http")) | (Some(443), Some("https")) => host.to_owned(),
        (Some(port), _) => format!("{host}:{port}"),
    }
}

/// Writes spaces in the query as `%20`: a plus sign means itself to a verifier.
fn spaces_by_percent(uri: &mut Uri) {
    if let Some(query) = uri.query().filter(|query| query.contains('+')) {
        let path_and_query = format!("{}?{}", uri.path(), query.replace('+', "%20"));
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = path_and_query.parse().ok();
        if let Ok(changed) = Uri::from_parts(parts) {
            *uri = changed;
        }
    }
}

fn canonical_query(uri: &Uri) -> String {
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<_> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let again = |text: &str| encode(&percent_decode_str(text).decode_utf8_lossy());
            (again(name), again(value))
        })
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

impl fmt::Debug for SigV4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigV4")
            .field("key_id", &self.key_id)
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}
