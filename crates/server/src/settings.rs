//! What a hub is told before it starts.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::model::{GaussianProcess, Model};
use crate::secret::Secret;

/// How long an access token lives where nothing else is set.
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long a login can be kept up without the password: the life of a refresh token, which each use replaces by one that
/// lives as long again, and of a session cookie.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The shortest key taken to sign tokens with: RFC 7518 section 3.2 asks for as many bytes as the hash has.
pub const MIN_KEY_BYTES: usize = 32;

/// What a hub is told before it starts. Only an address and a database are needed; a key is, outside of development.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) database: String,
    pub(crate) keys: Vec<Secret>,
    pub(crate) development: bool,
    pub(crate) token_lifetime: Duration,
    pub(crate) fits: usize,
    pub(crate) front: Front,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) model: Arc<dyn Model>,
}

/// How callers reach the hub.
#[derive(Debug, Clone, Default)]
pub(crate) struct Front {
    /// Whether cookies are for HTTPS alone.
    pub(crate) secure_cookies: bool,
    /// The proxies whose word counts for where a caller is.
    pub(crate) trusted_proxies: Vec<IpAddr>,
}

impl Settings {
    /// A hub that listens on `listen` (port 0 takes a free one) and keeps everything in `database`, `sqlite://FILE`.
    pub fn new(listen: SocketAddr, database: impl Into<String>) -> Self {
        Self {
            listen,
            database: database.into(),
            keys: Vec::new(),
            development: false,
            token_lifetime: TOKEN_LIFETIME,
            fits: std::thread::available_parallelism().map_or(1, usize::from),
            front: Front::default(),
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

    /// How long an access token lives; [`TOKEN_LIFETIME`] where this is not called.
    pub fn with_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Lets browsers send the cookie of a login over HTTPS alone. For a hub behind a proxy that speaks HTTPS to the world.
    pub fn with_secure_cookies(mut self, secure: bool) -> Self {
        self.front.secure_cookies = secure;
        self
    }

    /// Adds proxies whose header X-Forwarded-For is believed. It says where a caller is, and wrong passwords are counted by
    /// that: without it all callers behind a proxy count as one, and with it the proxy has to write the header itself.
    pub fn with_trusted_proxies(mut self, proxies: impl IntoIterator<Item = IpAddr>) -> Self {
        self.front.trusted_proxies.extend(proxies);
        self
    }

    /// How many models are fitted at once; the number of cores where this is not called, and at least one.
    pub fn with_fits(mut self, fits: usize) -> Self {
        self.fits = fits.max(1);
        self
    }

    /// Another source of time.
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Another way of choosing points.
    pub fn with_model(mut self, model: impl Model) -> Self {
        self.model = Arc::new(model);
        self
    }
}
