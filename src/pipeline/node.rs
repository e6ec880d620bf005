//! The servers of a platform: where an attempt may go, and which one is next.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Url;

use super::auth::Credential;
use crate::error::{Attempt, Error, ErrorKind};
use crate::secret::Secret;

/// One server: scheme, host, port and the prefix that stands before each path.
pub struct Node {
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
        let bad = |why: &str| Error::new(ErrorKind::Config, format!("the server's address {why}"));
        let mut url = Url::parse(address.trim())
            .map_err(|cause| bad("is not a URL; write it like http://127.0.0.1:8008").with_source(cause))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("has to begin with http:// or https://"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(bad("may not have a query or a fragment"));
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
        Ok(Node { base, prefix, host, port, credential })
    }

    /// `scheme://host:port`, without prefix and credentials.
    pub fn origin(&self) -> &str {
        &self.base[..self.prefix]
    }

    /// The origin with the prefix, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What stands before each path; empty, or begins with a slash.
    pub fn prefix(&self) -> &str {
        &self.base[self.prefix..]
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }

    pub(crate) fn credential(&self) -> Option<&Credential> {
        self.credential.as_ref()
    }
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

/// Chooses the node of each attempt.
///
/// ```
/// use mlhub::Attempt;
/// use mlhub::pipeline::{Node, Selector};
///
/// /// The first node as long as it answers, the others in their order after it.
/// #[derive(Debug)]
/// struct InOrder;
///
/// impl Selector for InOrder {
///     fn select(&self, _: &[Node], attempts: &[Attempt]) -> usize {
///         attempts.len()
///     }
/// }
/// ```
pub trait Selector: fmt::Debug + Send + Sync {
    /// An index into `nodes`, which are never none; what is beyond counts from
    /// the start again. `attempts` is what the call has tried so far.
    fn select(&self, nodes: &[Node], attempts: &[Attempt]) -> usize;
}

/// One node after the other, from a random start that all clones of a client
/// share, so that many clients do not all begin with the first node.
#[derive(Debug)]
pub struct Rotation(AtomicUsize);

impl Rotation {
    /// Begins with that node.
    pub fn starting_at(node: usize) -> Self {
        Rotation(AtomicUsize::new(node))
    }
}

impl Selector for Rotation {
    fn select(&self, _: &[Node], _: &[Attempt]) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// All nodes of a client.
#[derive(Debug)]
pub(crate) struct Nodes {
    list: Vec<Node>,
    selector: Box<dyn Selector>,
}

impl Nodes {
    /// Fails without a node.
    pub(crate) fn new(list: Vec<Node>, selector: Box<dyn Selector>) -> Result<Self, Error> {
        if list.is_empty() {
            return Err(Error::new(ErrorKind::Config, "the client has no server"));
        }
        Ok(Nodes { list, selector })
    }

    /// The node of the next attempt; a pinned call goes to its own.
    pub(crate) fn choose(&self, pin: Option<&str>, attempts: &[Attempt]) -> Result<&Node, Error> {
        if let Some(pin) = pin {
            let pin = pin.trim_end_matches('/');
            return self.list.iter().find(|node| node.base() == pin || node.origin() == pin).ok_or_else(|| {
                let detail = format!("the call is pinned to {pin:?}, which is none of the client's servers");
                Error::new(ErrorKind::Request, detail)
            });
        }
        let index = match self.list.len() {
            1 => 0,
            count => self.selector.select(&self.list, attempts) % count,
        };
        self.list.get(index).ok_or_else(|| Error::new(ErrorKind::Config, "the client has no server"))
    }
}
