//! Connection settings: timeouts, TLS, proxy, HTTP versions, connection limit, keep-alive; plain data, checked when a transport is made of them.

use std::time::Duration;

use super::proxy::{Proxy, ProxyChoice};
use super::proxy_env::ProxyEnv;
#[cfg(feature = "rustls")]
use super::tls::Tls;

/// Time to establish a connection, TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Idle connections that are kept for each server: as many as a burst of calls
/// from one program usually has; more would hold sockets of the server.
pub const MAX_IDLE_CONNECTIONS: usize = 32;
/// How long an idle connection is kept: less than the 60 s after which usual
/// load balancers drop one without a word.
pub const IDLE_CONNECTION: Duration = Duration::from_secs(55);
/// Silence after which the system asks whether the other side is still there:
/// twice within the 60 s of usual load balancers.
pub const TCP_KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Which versions of HTTP a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpVersions {
    /// HTTP/1.1 alone.
    #[cfg_attr(not(feature = "http2"), default)]
    Http1,
    /// Over TLS what the server prefers, HTTP/1.1 otherwise.
    #[cfg(feature = "http2")]
    #[default]
    Negotiated,
    /// HTTP/2 from the first byte, also without TLS: for servers that are known to speak it.
    #[cfg(feature = "http2")]
    Http2,
}

#[cfg(feature = "rustls")]
impl HttpVersions {
    /// What is offered within TLS, the favourite first.
    pub(super) fn alpn(self) -> Vec<Vec<u8>> {
        let names: &[&str] = match self {
            HttpVersions::Http1 => &["http/1.1"],
            #[cfg(feature = "http2")]
            HttpVersions::Negotiated => &["h2", "http/1.1"],
            #[cfg(feature = "http2")]
            HttpVersions::Http2 => &["h2"],
        };
        names.iter().map(|name| name.as_bytes().to_vec()).collect()
    }
}

/// Connection settings.
///
/// A mistake is reported when a transport is made of the settings.
#[derive(Clone, Debug)]
#[must_use]
pub struct HttpSettings {
    pub(super) connect_timeout: Duration,
    #[cfg(feature = "rustls")]
    pub(super) tls: Tls,
    pub(super) proxy: ProxyChoice,
    pub(super) versions: HttpVersions,
    pub(super) max_connections: Option<usize>,
    pub(super) max_idle: usize,
    pub(super) idle_for: Duration,
    pub(super) keep_alive: Option<Duration>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        HttpSettings {
            connect_timeout: CONNECT_TIMEOUT,
            #[cfg(feature = "rustls")]
            tls: Tls::default(),
            proxy: ProxyChoice::default(),
            versions: HttpVersions::default(),
            max_connections: None,
            max_idle: MAX_IDLE_CONNECTIONS,
            idle_for: IDLE_CONNECTION,
            keep_alive: Some(TCP_KEEP_ALIVE),
        }
    }
}

impl HttpSettings {
    /// Time to establish a connection, TLS included. Default: 5 s.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// Whom to trust and how to prove who this is. Default: the system's
    /// authorities, no client certificate.
    #[cfg(feature = "rustls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Changes what [`tls`](Self::tls) has set.
    #[cfg(feature = "rustls")]
    pub(crate) fn with_tls(mut self, change: impl FnOnce(Tls) -> Tls) -> Self {
        self.tls = change(self.tls);
        self
    }

    /// Whether somebody has said how TLS is to be spoken, and not to a proxy alone.
    pub(crate) fn asks_for_tls(&self) -> bool {
        #[cfg(feature = "rustls")]
        let asks = (self.tls.has_settings() || self.tls.ready.is_some())
            && !matches!(&self.proxy, ProxyChoice::Given(proxy) if proxy.is_secure());
        #[cfg(not(feature = "rustls"))]
        let asks = false;
        asks
    }

    /// Sends everything through that proxy. Default: what `HTTP_PROXY`,
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say, see
    /// [`proxy_from`](Self::proxy_from).
    pub fn proxy(mut self, proxy: impl Into<Proxy>) -> Self {
        self.proxy = ProxyChoice::Given(proxy.into());
        self
    }

    /// Uses the proxies that these variables name, by that function in place of
    /// the process's environment: `HTTP_PROXY` for `http://`, `HTTPS_PROXY` for
    /// `https://`, `ALL_PROXY` where one of them is not set, and none for the
    /// hosts in `NO_PROXY`, which is written as for [`Proxy::except`]. A name in
    /// capitals goes before the same in small letters; an empty value counts as
    /// none. Within a program that a web server has started (`REQUEST_METHOD`
    /// is set) none of them counts, because its callers can set them.
    pub fn proxy_from(mut self, lookup: impl Fn(&str) -> Option<String>) -> Self {
        self.proxy = ProxyChoice::Variables(ProxyEnv::read(lookup));
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::None;
        self
    }

    /// Which versions of HTTP to speak. Default: HTTP/1.1; with the feature
    /// `http2`, over TLS what the server prefers.
    pub fn versions(mut self, versions: HttpVersions) -> Self {
        self.versions = versions;
        self
    }

    /// At most that many connections to each server at any time, idle ones
    /// included; a call that finds all in use waits for its turn, within its
    /// time limit. Over HTTP/2, where calls share a connection, it bounds the
    /// calls under way as well. Default: no limit.
    pub fn max_connections(mut self, count: usize) -> Self {
        self.max_connections = Some(count);
        self
    }

    /// At most that many idle connections are kept for each server. Default: 32.
    pub fn max_idle(mut self, count: usize) -> Self {
        self.max_idle = count;
        self
    }

    /// How long an idle connection is kept. Default: 55 s.
    pub fn idle_for(mut self, time: Duration) -> Self {
        self.idle_for = time;
        self
    }

    /// A new connection for each request.
    pub fn no_reuse(self) -> Self {
        self.max_idle(0)
    }

    /// Silence after which the system asks whether the other side is still
    /// there; never, for `None`. Default: 30 s.
    pub fn keep_alive(mut self, silence: Option<Duration>) -> Self {
        self.keep_alive = silence;
        self
    }
}
