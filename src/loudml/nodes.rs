//! Addresses of servers in every form that the Python client takes; how a client finds more, and its classic cooldowns.

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Client;
use crate::builder::Builder;
use crate::error::Error;
use crate::pipeline::{Cooldown, Discover, Pipeline};
use crate::platform::Platform as _;
use crate::secret::Secret;

/// The port of a server where none is named.
const PORT: u16 = 8077;
/// The port over TLS where none is named.
const TLS_PORT: u16 = 443;

/// How every client of Loud ML begins: addresses may be short, and the servers
/// can be asked for others.
pub(super) fn begin(builder: Builder<Client>) -> Builder<Client> {
    builder.addresses(|text| Host::from(text).address(&Shared::default())).discover(NodeListing)
}

/// Host of a server: a name, and what goes with it alone.
///
/// A text is `host`, `host:port`, `[::1]:8077`, or an address as RFC 1738 has
/// it, `https://user:secret@host:443/prefix`, with `%40` for an `@` in the
/// password. What a host says of itself counts over what all share.
#[derive(Clone, Default)]
#[must_use]
pub struct Host {
    scheme: Option<String>,
    login: Option<Secret>,
    name: String,
    port: Option<u16>,
    prefix: String,
}

impl Host {
    /// A server by its name or number alone.
    pub fn new(name: impl Into<String>) -> Self {
        Host { name: name.into(), ..Host::default() }
    }

    /// Default: 8077, and 443 over TLS.
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// `http` or `https`. Default: `http`.
    pub fn scheme(mut self, scheme: &str) -> Self {
        self.scheme = Some(scheme.to_owned());
        self
    }

    /// What stands before each path.
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.prefix = prefix.trim_matches('/').to_owned();
        self
    }

    /// User and password for this server.
    pub fn basic(mut self, user: &str, password: impl Into<Secret>) -> Self {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let login = format!("{}:{}@", encoded(user), encoded(password.into().expose()));
        self.login = Some(Secret::new(login));
        self
    }

    fn address(&self, shared: &Shared) -> String {
        let scheme = self.scheme.as_deref().or(shared.scheme.as_deref()).unwrap_or("http");
        let default = if scheme.eq_ignore_ascii_case("https") { TLS_PORT } else { PORT };
        let port = self.port.or(shared.port).unwrap_or(default);
        let login = self.login.as_ref().map(Secret::expose).unwrap_or_default();
        let prefix = if self.prefix.is_empty() { String::new() } else { format!("/{}", self.prefix) };
        match self.name.contains(':') && !self.name.starts_with('[') {
            true => format!("{scheme}://{login}[{}]:{port}{prefix}", self.name),
            false => format!("{scheme}://{login}{}:{port}{prefix}", self.name),
        }
    }
}

/// What was read wrongly may be a part of a password, so no text is printed.
impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("port", &self.port).finish_non_exhaustive()
    }
}

impl From<&str> for Host {
    fn from(text: &str) -> Self {
        let (scheme, rest) = match text.trim().split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_owned()), rest),
            None => (None, text.trim()),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, prefix) = rest.split_at(end);
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(Secret::new(format!("{login}@"))), place),
            None => (None, authority),
        };
        // Colons without brackets are the name's own where there are several.
        let (name, port) = match place.rsplit_once(':') {
            Some((name, port)) if name.ends_with(']') || !name.contains(':') => match port.parse() {
                Ok(port) => (name, Some(port)),
                // Left as it stands, for the address to be refused.
                Err(_) => (place, None),
            },
            _ => (place, None),
        };
        Host { scheme, login, name: name.to_owned(), port, prefix: prefix.trim_matches('/').to_owned() }
    }
}

impl From<String> for Host {
    fn from(text: String) -> Self {
        Host::from(text.as_str())
    }
}

impl From<(&str, u16)> for Host {
    fn from((name, port): (&str, u16)) -> Self {
        Host::new(name).port(port)
    }
}

#[derive(Clone, Debug, Default)]
struct Shared {
    scheme: Option<String>,
    port: Option<u16>,
}

/// Several servers, and what they share.
///
/// ```
/// use mlhub::loudml::{Host, Hosts};
///
/// # fn main() -> Result<(), mlhub::Error> {
/// // One on this machine, at port 8077.
/// let local = Hosts::local().builder().build()?;
/// // Several that share scheme, port, user and password.
/// let behind_tls = Hosts::new(["10.0.0.1", "10.0.0.2"]).scheme("https").port(443).builder();
/// let behind_tls = behind_tls.basic("user", "secret").build()?;
/// // Each with its own.
/// let mixed = Hosts::new([Host::new("::1").prefix("loud"), Host::from("https://user:p%40ss@example.org")]);
/// # let _ = (local, behind_tls, mixed.builder().build()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Hosts {
    hosts: Vec<Host>,
    shared: Shared,
}

impl Hosts {
    /// These servers. A list of none is refused when the client is built.
    pub fn new(hosts: impl IntoIterator<Item = impl Into<Host>>) -> Self {
        Hosts { hosts: hosts.into_iter().map(Into::into).collect(), shared: Shared::default() }
    }

    /// The one on this machine.
    pub fn local() -> Self {
        Hosts::new(["localhost"])
    }

    /// The scheme of those that name none.
    pub fn scheme(mut self, scheme: &str) -> Self {
        self.shared.scheme = Some(scheme.to_owned());
        self
    }

    /// The port of those that name none.
    pub fn port(mut self, port: u16) -> Self {
        self.shared.port = Some(port);
        self
    }

    /// Begins a client of these servers.
    pub fn builder(self) -> Builder<Client> {
        let mut addresses = self.hosts.iter().map(|host| host.address(&self.shared));
        let first = Client::builder(addresses.next().unwrap_or_default());
        addresses.fold(first, |builder, address| builder.node(address))
    }
}

/// Cooldowns as the Python client has them, for [`Builder::cooldown`](crate::Builder::cooldown):
/// a minute after the first failure in a row, doubling to 32 minutes. Ours are
/// a second, doubling to half a minute.
pub fn classic() -> Cooldown {
    Cooldown::default().base(Duration::from_secs(60)).cap(Duration::from_secs(1920))
}

/// Asks a server for all that it knows of.
#[derive(Debug)]
struct NodeListing;

impl Discover for NodeListing {
    fn nodes(&self, pipeline: Pipeline) -> BoxFuture<'static, Result<Vec<String>, Error>> {
        let client = Client::over(pipeline);
        Box::pin(async move {
            let listed = client.nodes().list().send().await?;
            let works = |roles: &[String]| roles != ["master"];
            // As in the Python client: one that only leads takes no requests.
            let nodes = listed.nodes.into_values().filter(|node| node.roles.as_deref().is_none_or(works));
            Ok(nodes.filter_map(|node| node.http?.publish_address).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_as_the_python_client_reads_it() {
        for (text, address) in [
            ("localhost", "http://localhost:8077"),
            ("localhost:8077", "http://localhost:8077"),
            ("10.0.0.1:80", "http://10.0.0.1:80"),
            ("http://host", "http://host:8077"),
            ("http://host:80/", "http://host:80"),
            ("https://host", "https://host:443"),
            ("https://user:p%40ss@host:9443/a/b/", "https://user:p%40ss@host:9443/a/b"),
            ("https://user@host", "https://user@host:443"),
            ("[::1]:8077", "http://[::1]:8077"),
            ("[::1]", "http://[::1]:8077"),
            ("::1", "http://[::1]:8077"),
            ("http://[fe80::1]:1", "http://[fe80::1]:1"),
            // For the address to be refused, not guessed at.
            ("host:port", "http://[host:port]:8077"),
            ("//host/path", "http://:8077/host/path"),
        ] {
            assert_eq!(Host::from(text).address(&Shared::default()), address, "{text}");
        }
    }

    #[test]
    fn what_a_host_says_counts_over_what_all_share() -> Result<(), crate::Error> {
        let shared = Shared { scheme: Some("https".to_owned()), port: Some(9443) };
        assert_eq!(Host::from("a").address(&shared), "https://a:9443");
        assert_eq!(Host::from("http://b:1").address(&shared), "http://b:1");
        assert_eq!(Host::from(("c", 2)).scheme("http").prefix("/x/").address(&shared), "http://c:2/x");
        let host = Host::new("d").basic("me@x", "p:/w");
        assert_eq!(host.address(&shared), "https://me%40x:p%3A%2Fw@d:9443");
        assert!(!format!("{host:?}").contains("p%3A"), "{host:?}");
        Hosts::new([host]).builder().build().map(drop)
    }

    #[test]
    fn a_list_of_none_and_an_address_that_is_none_are_refused() {
        assert!(Hosts::new([""; 0]).builder().build().is_err());
        for text in ["", "host:port", "//host/path", "ftp://host", "http://"] {
            assert!(Client::builder(text).build().is_err(), "{text}");
        }
        assert!(Client::builder("10.0.0.1").node("10.0.0.2:9").build().is_ok());
    }
}
