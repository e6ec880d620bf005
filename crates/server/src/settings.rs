//! Settings of a hub: what it is told before it starts.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::connection::ConnectionLimits;
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
    pub(crate) accounts: AccountPolicy,
    pub(crate) connections: ConnectionLimits,
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

/// Policy of signups: who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signup {
    /// Whoever reaches the hub.
    #[default]
    Open,
    /// Whoever has an invitation, see [`Server::invitation`](crate::Server::invitation).
    Invite,
    /// Nobody.
    Closed,
}

/// Default number of accounts that may be made from one address within an hour.
const SIGNUPS_PER_HOUR: u32 = 30;
/// Default floor of new passwords: beyond a thousand guesses, which is what withstands guessing that is slowed down.
const PASSWORD_FLOOR: u8 = 1;

/// Policy of accounts: who may make one, how many, and with which password.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccountPolicy {
    pub(crate) signup: Signup,
    pub(crate) signups_per_hour: u32,
    /// The least score of zxcvbn that a new password has to have.
    pub(crate) password_floor: u8,
}

impl Default for AccountPolicy {
    fn default() -> Self {
        Self { signup: Signup::default(), signups_per_hour: SIGNUPS_PER_HOUR, password_floor: PASSWORD_FLOOR }
    }
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
            accounts: AccountPolicy::default(),
            connections: ConnectionLimits::default(),
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

    /// Who may make an account; anybody where this is not called.
    pub fn with_signup(mut self, signup: Signup) -> Self {
        self.accounts.signup = signup;
        self
    }

    /// Number of accounts that may be made from one address within an hour; 30 where this is not called.
    pub fn with_signups_per_hour(mut self, signups: u32) -> Self {
        self.accounts.signups_per_hour = signups;
        self
    }

    /// The least strength of a new password, as zxcvbn scores it from 0 (any) to 4; 1, which is beyond a thousand guesses,
    /// where this is not called.
    pub fn with_password_floor(mut self, score: u8) -> Self {
        self.accounts.password_floor = score.min(4);
        self
    }

    /// Number of connections at once; as many as there may be descriptors, less some, where this is not called. Beyond it
    /// those that keep the hub waiting are closed.
    pub fn with_max_connections(mut self, connections: usize) -> Self {
        self.connections.connections = connections.max(1);
        self
    }

    /// How long the head of a request may take; 15 s where this is not called.
    pub fn with_header_timeout(mut self, timeout: Duration) -> Self {
        self.connections.head = timeout;
        self
    }

    /// How long the body of a request may take; 30 s where this is not called.
    pub fn with_body_timeout(mut self, timeout: Duration) -> Self {
        self.connections.body = timeout;
        self
    }

    /// How long a connection is kept between two requests; 75 s where this is not called.
    pub fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.connections.idle = timeout;
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
