//! Node: the address of one server, and the credential that stands in it.

use std::fmt;
use std::sync::Arc;

use reqwest::Url;

use crate::error::{Error, ErrorKind};
use crate::pipeline::auth::Credential;
use crate::pipeline::transport::UnixSocket;
use crate::secret::Secret;

/// A node is one server: scheme, host, port and the prefix that stands before each path.
///
/// A clone is the same node and costs one reference count.
#[derive(Clone)]
pub struct Node(Arc<Address>);

struct Address {
    base: String,
    prefix: usize,
    host: String,
    port: Option<u16>,
    credential: Option<Credential>,
}

impl Node {
    /// Reads an address such as `https://hub.example.org/hq`. A user and a
    /// password in it become a basic credential for this node.
    pub(crate) fn parse(address: &str) -> Result<Self, Error> {
        Address::parse(address).map(|address| Node(Arc::new(address)))
    }

    /// The server of that host and port, reached as this one is: by its scheme,
    /// below its prefix, with its credential, and at its port if none is named.
    pub(crate) fn sibling(&self, address: &str) -> Option<Node> {
        let authority = address.trim().rsplit("://").next().unwrap_or_default().split('/').next().unwrap_or_default();
        let authority: http::uri::Authority = authority.parse().ok().filter(|_| !authority.contains('@'))?;
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => self.port(),
            _ => authority.port_u16(),
        }?;
        let (scheme, _) = self.origin().split_once("://")?;
        let mut sibling = Address::parse(&format!("{scheme}://{}:{port}{}", authority.host(), self.prefix())).ok()?;
        sibling.credential = self.0.credential.clone();
        Some(Node(Arc::new(sibling)))
    }

    /// `scheme://host:port`, without prefix and credentials.
    pub fn origin(&self) -> &str {
        &self.0.base[..self.0.prefix]
    }

    /// The origin with the prefix, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.0.base
    }

    /// What stands before each path; empty, or begins with a slash.
    pub fn prefix(&self) -> &str {
        &self.0.base[self.0.prefix..]
    }

    /// The host: a name or an address.
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// The port, also where it is the usual one of the scheme.
    pub fn port(&self) -> Option<u16> {
        self.0.port
    }

    pub(crate) fn credential(&self) -> Option<&Credential> {
        self.0.credential.as_ref()
    }

    /// Whether both are the same node, and not only of the same address.
    pub(super) fn is(&self, other: &Node) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Address {
    fn parse(address: &str) -> Result<Self, Error> {
        let bad = |why: &str| Error::new(ErrorKind::Config, format!("the server's address {why}"));
        let socket = UnixSocket::address(address.trim());
        let mut url = Url::parse(socket.as_deref().unwrap_or(address.trim()))
            .map_err(|cause| bad("is not a URL; write it like http://127.0.0.1:8008").with_source(cause))?;
        if !matches!(url.scheme(), "http" | "https") && !UnixSocket::is_scheme(url.scheme()) {
            return Err(bad("has to begin with http:// or https://, or with unix: for a socket"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(bad("may not have a query or a fragment"));
        }
        if url.path().contains('@') {
            // What looks like a path is the rest of a password, and would be printed.
            return Err(bad("has an @ behind the server's name; write a /, ?, # or \\ in a password percent-encoded"));
        }
        let credential = match url.username() {
            "" => None,
            user => {
                let password = Secret::new(decode(url.password().unwrap_or_default()));
                Some(Credential::basic(&decode(user), &password)?)
            }
        };
        let (host, port) = match url.host_str() {
            Some(host) => (host.to_owned(), url.port_or_known_default()),
            None => return Err(bad("has no host")),
        };
        // Cannot fail for a URL with a host.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        let base = url.as_str().trim_end_matches('/').to_owned();
        let prefix = base.len() - url.path().trim_end_matches('/').len();
        Ok(Address { base, prefix, host, port, credential })
    }
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base())
    }
}
