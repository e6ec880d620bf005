//! Unix socket: an address on this machine in place of host and port.

use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderValue, Uri};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// How addresses of sockets begin, as other programs write them: the path follows, percent-encoded, in place of a host.
const SCHEME: &str = "http+unix";

/// A Unix socket, by its path.
pub(crate) struct UnixSocket(pub(crate) PathBuf);

impl UnixSocket {
    /// Servers behind a socket are called by no name; this one serves as well as any.
    pub(crate) const HOST: HeaderValue = HeaderValue::from_static("localhost");

    /// The address of a server in the form of other addresses, where it is written as `unix:/run/hub.sock`; what follows
    /// a colon after the path is a prefix of all paths there.
    pub(crate) fn address(text: &str) -> Option<String> {
        let path = text.strip_prefix("unix:")?;
        let path = path.strip_prefix("//").filter(|path| path.starts_with('/')).unwrap_or(path);
        let (path, prefix) = path.split_once(":/").unwrap_or((path, ""));
        let slash = if prefix.is_empty() { "" } else { "/" };
        Some(format!("{SCHEME}://{}{slash}{prefix}", utf8_percent_encode(path, NON_ALPHANUMERIC)))
    }

    /// Whether an address with that scheme is of a socket.
    pub(crate) fn is_scheme(scheme: &str) -> bool {
        scheme == SCHEME
    }

    /// The address in the form that a request can carry, where a host has no percent signs: it is written in hexadecimal
    /// digits.
    pub(crate) fn wire(address: &Bytes) -> Option<Bytes> {
        let rest = std::str::from_utf8(address).ok()?.strip_prefix(SCHEME)?.strip_prefix("://")?;
        let (path, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let host: String = percent_decode_str(path).map(|byte| format!("{byte:02x}")).collect();
        let slash = if rest.starts_with('/') { "" } else { "/" };
        Some(format!("{SCHEME}://{host}{slash}{rest}").into())
    }

    /// The socket that a request in that form goes to.
    pub(crate) fn of(uri: &Uri) -> Option<UnixSocket> {
        let host = uri.host().filter(|_| uri.scheme_str() == Some(SCHEME))?;
        let digits = host.as_bytes().chunks(2).map(std::str::from_utf8);
        let bytes: Option<Vec<u8>> = digits.map(|two| u8::from_str_radix(two.ok()?, 16).ok()).collect();
        Some(UnixSocket(String::from_utf8(bytes?).ok()?.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_comes_through_every_form() -> Result<(), Box<dyn std::error::Error>> {
        for (text, path, rest) in [
            ("unix:/run/hub.sock", "/run/hub.sock", "/things?a=1"),
            ("unix:///run/a b.sock", "/run/a b.sock", "/things?a=1"),
            ("unix:/run/hub.sock:/api/v1", "/run/hub.sock", "/api/v1/things?a=1"),
            ("unix:hub.sock", "hub.sock", "/things?a=1"),
        ] {
            let address = UnixSocket::address(text).ok_or("an address")?;
            let wire = UnixSocket::wire(&format!("{address}/things?a=1").into()).ok_or("a form for requests")?;
            let uri: Uri = Uri::from_maybe_shared(wire)?;
            assert_eq!(UnixSocket::of(&uri).map(|socket| socket.0), Some(path.into()), "{text}");
            assert_eq!(uri.path_and_query().map(|rest| rest.as_str()), Some(rest), "{text}");
        }
        assert!(UnixSocket::address("http://hub.test").is_none());
        assert!(UnixSocket::of(&"http://6875.test/".parse()?).is_none());
        Ok(())
    }
}
