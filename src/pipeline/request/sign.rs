//! Request signing: the seam for what happens to a request last.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http::request::Parts;

use crate::error::Error;

/// A request signer: signs each request as it is sent.
///
/// It is called last, when method, address, headers and body (compressed
/// already, if it is) are as they travel, once for each attempt. What it adds
/// should be marked as sensitive ([`http::HeaderValue::set_sensitive`]), so that
/// it prints nowhere. The curl trace shows the request without it.
///
/// ```
/// use std::time::SystemTime;
///
/// use bytes::Bytes;
/// use http::{HeaderValue, request::Parts};
/// use mlhub::pipeline::Sign;
/// use mlhub::{Error, ErrorKind};
///
/// /// Says how long the body is and when it was signed.
/// #[derive(Debug)]
/// struct Stamp;
///
/// impl Sign for Stamp {
///     fn sign(&self, request: &mut Parts, body: Option<&Bytes>, now: SystemTime) -> Result<(), Error> {
///         let body = body.ok_or_else(|| Error::new(ErrorKind::Request, "a stream cannot be stamped"))?;
///         let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
///         let stamp = format!("{} {} {seconds}", request.uri.path(), body.len());
///         let mut value = HeaderValue::try_from(stamp)
///             .map_err(|cause| Error::new(ErrorKind::Request, "the stamp fits no header").with_source(cause))?;
///         value.set_sensitive(true);
///         request.headers.insert("x-stamp", value);
///         Ok(())
///     }
/// }
/// # fn main() -> Result<(), mlhub::Error> {
/// let pipeline = mlhub::Builder::new("http://127.0.0.1:8008", |pipeline: mlhub::pipeline::Pipeline| pipeline)
///     .with(|o| o.sign(Stamp))
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub trait Sign: fmt::Debug + Send + Sync {
    /// Adds the signature. `body` is missing where it is a stream; `now` is the
    /// date by the client's clock. An error ends the call.
    fn sign(&self, request: &mut Parts, body: Option<&Bytes>, now: SystemTime) -> Result<(), Error>;
}
