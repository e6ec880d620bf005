//! Settings of a hub: what it is told before it starts.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::model::{GaussianProcess, Model};
use crate::secret::Secret;

/// Default lifetime of an access token.
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// Lifetime of a session without the password: the life of a refresh token, which each use replaces by one that
/// lives as long again, and of a session cookie.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Minimum length of a key to sign tokens with: RFC 7518 section 3.2 asks for as many bytes as the hash has.
pub const MIN_KEY_BYTES: usize = 32;

/// The settings of a hub. Only an address and a database are needed; a key is, outside of development.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) database: String,
    pub(crate) keys: Vec<Secret>,
    pub(crate) development: bool,
    pub(crate) token_lifetime: Duration,
    pub(crate) fits: usize,
    pub(crate) proxy: ProxySettings,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) model: Arc<dyn Model>,
}

/// Settings of the proxy between callers and the hub.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProxySettings {
    /// Whether cookies are for HTTPS alone.
    pub(crate) secure_cookies: bool,
    /// The proxies whose word counts for where a caller is.
    pub(crate) trusted_proxies: Vec<IpAddr>,
}

impl Settings {
    /// Settings to listen on `listen` (port 0 takes a free one) and keep everything in `database`, `sqlite://FILE`.
    pub fn new(listen: SocketAddr, database: impl Into<String>) -> Self {
        Self {
            listen,
            database: database.into(),
            keys: Vec::new(),
            development: false,
            token_lifetime: TOKEN_LIFETIME,
            fits: std::thread::available_parallelism().map_or(1, usize::from),
            proxy: ProxySettings::default(),
            clock: Arc::new(SystemClock),
            model: Arc::new(GaussianProcess),
        }
    }

    /// Adds a key. The first one signs; tokens signed by any of them are taken, so that a key can be replaced: put the
    /// new one first and drop the old one once its last token has expired.
    pub fn with_key(mut self, key: impl Into<Secret>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// Starts without a key on a loopback address, with a random one that ends with the process.
    pub fn with_development(mut self, development: bool) -> Self {
        self.development = development;
        self
    }

    /// Lifetime of an access token; [`TOKEN_LIFETIME`] where this is not called.
    pub fn with_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Lets browsers send the cookie of a login over HTTPS alone. For a hub behind a proxy that speaks HTTPS to the world.
    pub fn with_secure_cookies(mut self, secure: bool) -> Self {
        self.proxy.secure_cookies = secure;
        self
    }

    /// Adds proxies whose header X-Forwarded-For is believed. It says where a caller is, and wrong passwords are counted by
    /// that: without it all callers behind a proxy count as one, and with it the proxy has to write the header itself.
    pub fn with_trusted_proxies(mut self, proxies: impl IntoIterator<Item = IpAddr>) -> Self {
        self.proxy.trusted_proxies.extend(proxies);
        self
    }

    /// Number of models fitted at once; the number of cores where this is not called, and at least one.
    pub fn with_fits(mut self, fits: usize) -> Self {
        self.fits = fits.max(1);
        self
    }

    /// Clock to use in place of the machine's.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Model to choose points with in place of the hub's own.
    pub fn with_model(mut self, model: impl Model) -> Self {
        self.model = Arc::new(model);
        self
    }
}
