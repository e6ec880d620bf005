//! Client builder: settings of a client, checked when it is built.

use std::any::Any;
use std::collections::BTreeMap;
#[cfg(feature = "rustls")]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind};
#[cfg(feature = "rustls")]
use crate::pipeline::Tls;
use crate::pipeline::{
    AuthSlot, Authenticate, Basic, Bearer, ClientNodes, Cooldown, CoreSettings, Discover, GetBody, HttpSettings,
    HttpTransport, Node, NodePool, Options, Pipeline, Proxy, Retry, RoundRobin, Selector, Sniff, Sniffer, Transport,
    request_builder,
};
use crate::secret::Secret;

/// How much a credential counts that is given by a method of every client.
pub(crate) const RANK: u8 = 1;

/// Settings of a client that is being built.
///
/// A mistake is reported by [`build`](Self::build), so that settings can be
/// chained. Nothing is sent before the first call.
#[must_use]
pub struct Builder<C> {
    make: fn(Pipeline) -> C,
    nodes: Vec<String>,
    services: BTreeMap<String, Vec<String>>,
    addresses: fn(&str) -> String,
    options: Options,
    auth: Option<Result<Arc<dyn Authenticate>, Error>>,
    /// How much the credential counts beside others that are given.
    rank: u8,
    http: HttpSettings,
    user_agent: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    selector: Option<Box<dyn Selector>>,
    cooldown: Cooldown,
    sniff: Option<Sniff>,
    discover: Option<Arc<dyn Discover>>,
    memory: Option<Arc<dyn Any + Send + Sync>>,
}

impl<C> Builder<C> {
    /// A client of the server at that address; `make` puts the client around
    /// the finished pipeline.
    pub fn new(url: impl AsRef<str>, make: fn(Pipeline) -> C) -> Self {
        Builder {
            make,
            nodes: vec![url.as_ref().to_owned()],
            services: BTreeMap::new(),
            addresses: str::to_owned,
            options: Options::default(),
            auth: None,
            rank: RANK,
            http: HttpSettings::default(),
            user_agent: None,
            transport: None,
            clock: None,
            selector: None,
            cooldown: Cooldown::default(),
            sniff: None,
            discover: None,
            memory: None,
        }
    }

    /// One more server that serves the same. Calls go round; a server that
    /// fails gets no calls during its cooldown, and is probed by one call after it.
    pub fn node(mut self, url: impl AsRef<str>) -> Self {
        self.nodes.push(url.as_ref().to_owned());
        self
    }

    /// The address of a service that has one of its own, by the name that the
    /// document has for it. Given again, it is one more server of that service;
    /// an empty address counts as none.
    pub fn service(mut self, name: &str, url: impl AsRef<str>) -> Self {
        if !url.as_ref().is_empty() {
            self.services.entry(name.to_owned()).or_default().push(url.as_ref().to_owned());
        }
        self
    }

    /// How an address is completed before it is read, for a platform whose
    /// servers have a usual port.
    pub fn addresses(mut self, complete: fn(&str) -> String) -> Self {
        self.addresses = complete;
        self
    }

    /// Time of one attempt. Default: 30 s.
    pub fn timeout(self, time: Duration) -> Self {
        self.with(|options| options.timeout(time))
    }

    /// Time of a call: all attempts, pauses and the refresh of a token.
    /// Default: 120 s.
    pub fn deadline(self, time: Duration) -> Self {
        self.with(|options| options.deadline(time))
    }

    /// Longest silence of a streamed reply, however long the whole of it takes.
    /// Default: 60 s.
    pub fn idle_timeout(self, time: Duration) -> Self {
        self.with(|options| options.idle_timeout(time))
    }

    /// When to try again.
    pub fn retry(self, retry: Retry) -> Self {
        self.with(|options| options.retry(retry))
    }

    /// A header of each request.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|options| options.header(name, value))
    }

    /// How GET requests carry a body. Default: as a body.
    pub fn get_body(self, style: GetBody) -> Self {
        self.with(|options| options.get_body(style))
    }

    /// Logs each request as a curl command; see [`Options::curl_trace`].
    pub fn curl_trace(self, yes: bool) -> Self {
        self.with(|options| options.curl_trace(yes))
    }

    /// Any option of a call, for all calls of the client.
    pub fn with(mut self, change: impl FnOnce(Options) -> Options) -> Self {
        self.options = change(self.options);
        self
    }

    /// What the client calls itself. Default: `mlhub/` and its version.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// A token that is never replaced.
    pub fn token(self, token: impl Into<Secret>) -> Self {
        self.ranked(RANK, Bearer::fixed(token).map(|bearer| Arc::new(bearer) as _))
    }

    /// User and password with each request, except to servers whose addresses
    /// have their own.
    pub fn basic(self, user: &str, password: impl Into<Secret>) -> Self {
        self.ranked(RANK, Basic::new(user, password).map(|basic| Arc::new(basic) as _))
    }

    /// Credentials of any other kind.
    pub fn authenticate(self, auth: impl Authenticate + 'static) -> Self {
        self.ranked(RANK, Ok(Arc::new(auth)))
    }

    /// A credential, unless there is one that counts more; of two that count
    /// alike the last is taken.
    pub(crate) fn ranked(mut self, rank: u8, auth: Result<Arc<dyn Authenticate>, Error>) -> Self {
        if self.auth.is_none() || rank >= self.rank {
            (self.auth, self.rank) = (Some(auth), rank);
        }
        self
    }

    /// What connections look like: certificates, proxy, versions, limits.
    pub fn http(mut self, change: impl FnOnce(HttpSettings) -> HttpSettings) -> Self {
        self.http = change(self.http);
        self
    }

    /// Time to establish a connection, TLS included. Default: 5 s.
    pub fn connect_timeout(self, time: Duration) -> Self {
        self.http(|http| http.connect_timeout(time))
    }

    /// Whom to trust and how to prove who this is; replaces what was set before.
    #[cfg(feature = "rustls")]
    pub fn tls(self, tls: Tls) -> Self {
        self.http(|http| http.tls(tls))
    }

    /// Trusts the certificate authorities in that PEM text, beside the system's.
    #[cfg(feature = "rustls")]
    pub fn ca_pem(self, pem: impl Into<Vec<u8>>) -> Self {
        self.http(|http| http.with_tls(|tls| tls.root_bytes(pem)))
    }

    /// Trusts the certificate authorities in that file, beside the system's.
    #[cfg(feature = "rustls")]
    pub fn ca_file(self, path: impl Into<PathBuf>) -> Self {
        self.http(|http| http.with_tls(|tls| tls.root_file(path)))
    }

    /// Trusts the certificate authorities in the files of that folder, beside
    /// the system's.
    #[cfg(feature = "rustls")]
    pub fn ca_folder(self, path: impl Into<PathBuf>) -> Self {
        self.http(|http| http.with_tls(|tls| tls.root_folder(path)))
    }

    /// Proves itself with the certificate in one PEM file and the key in another.
    #[cfg(feature = "rustls")]
    pub fn client_certificate(self, chain: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.http(|http| http.with_tls(|tls| tls.identity_files(chain, key)))
    }

    /// Sends everything through that proxy. Default: what `HTTP_PROXY`,
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    pub fn proxy(self, proxy: impl Into<Proxy>) -> Self {
        self.http(|http| http.proxy(proxy))
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(self) -> Self {
        self.http(HttpSettings::no_proxy)
    }

    /// At most that many connections to each server at any time; a call that
    /// finds all in use waits for a permit. Default: no limit.
    pub fn max_connections(self, count: usize) -> Self {
        self.http(|http| http.max_connections(count))
    }

    /// Sends requests by other means; certificates and proxy are then its own.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Takes time and chance from elsewhere, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// How long a server that fails is left alone while others serve.
    /// Default: 1 s doubling to 30 s.
    pub fn cooldown(mut self, cooldown: Cooldown) -> Self {
        self.cooldown = cooldown;
        self
    }

    /// Asks the servers for others. Default: never.
    pub fn sniff(mut self, sniff: Sniff) -> Self {
        self.sniff = Some(sniff);
        self
    }

    /// How to ask a server for others, for [`sniff`](Self::sniff).
    pub fn discover(mut self, discover: impl Discover + 'static) -> Self {
        self.discover = Some(Arc::new(discover));
        self
    }

    /// Chooses among the servers that live. Default: one after the other.
    pub fn selector(mut self, selector: impl Selector + 'static) -> Self {
        self.selector = Some(Box::new(selector));
        self
    }

    /// What the platform's own part knows before the first call; see
    /// [`Pipeline::memory`].
    #[doc(hidden)]
    pub fn memory(mut self, memory: impl Any + Send + Sync) -> Self {
        self.memory = Some(Arc::new(memory));
        self
    }

    /// The client, or the first mistake in its settings.
    pub fn build(self) -> Result<C, Error> {
        let mut options = self.options;
        if let Some(name) = self.user_agent {
            options = options.header("user-agent", &name);
            if let Some(value) = options.headers.get_mut(http::header::USER_AGENT) {
                value.set_sensitive(false);
            }
        }
        if let Some(error) = options.error.clone() {
            return Err(error);
        }
        if options.timeout.is_zero() || options.deadline.is_zero() {
            let detail = "a time limit of zero leaves no time for any call";
            return Err(Error::new(ErrorKind::Config, detail));
        }
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let asks_for_tls = self.transport.is_none() && self.http.asks_for_tls();
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(self.http)?),
        };
        let requests = request_builder()?;
        let list = self.nodes.iter().map(|url| Node::parse(&(self.addresses)(url))).collect::<Result<Vec<_>, _>>()?;
        if asks_for_tls && list.iter().all(|node| node.origin().starts_with("http://")) {
            // Whoever names an authority or a certificate does not expect to be read by everybody.
            let detail = "TLS is set up, and no server's address begins with https://";
            return Err(Error::new(ErrorKind::Config, detail));
        }
        let round_robin = || -> Box<dyn Selector> {
            // Any start serves, so losing the upper bits does no harm.
            Box::new(RoundRobin::starting_at((clock.random() >> 33) as usize))
        };
        let selector = self.selector.unwrap_or_else(round_robin);
        let auth = AuthSlot::default();
        if let Some(given) = self.auth {
            auth.set(given?);
        }
        let sniffer = match (self.sniff, self.discover) {
            (sniff, Some(discover)) => Some((Sniffer::new(sniff.unwrap_or_default(), clock.now()), discover)),
            (Some(_), None) => {
                let detail = "the servers are to be asked for others, and nothing says how; give `discover` as well";
                return Err(Error::new(ErrorKind::Config, detail));
            }
            (None, None) => None,
        };
        let nodes = NodePool::new(list, selector, self.cooldown, sniffer.is_some())?;
        let mut services = BTreeMap::new();
        for (name, urls) in self.services {
            let list = urls.iter().map(|url| Node::parse(url)).collect::<Result<Vec<_>, _>>()?;
            services.insert(name, NodePool::new(list, round_robin(), self.cooldown, false)?);
        }
        let nodes = ClientNodes::new(nodes, services);
        let settings = CoreSettings { nodes, sniffer, transport, requests, clock, options, memory: self.memory };
        Ok((self.make)(Pipeline::new(settings, auth)))
    }
}

/// Addresses may carry passwords, so none is printed.
impl<C> std::fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("nodes", &self.nodes.len())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
