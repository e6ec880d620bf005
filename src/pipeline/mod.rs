//! The one road that every request takes.
//!
//! A call is prepared once (`prepare`), then attempted (`attempt`) until it
//! succeeds or the table in `verdict` says to stop (`run`). Nothing here knows
//! a platform by name: what differs is data in [`Op`](crate::Op) and
//! [`Options`].

mod attempt;
mod auth;
mod body;
mod budget;
mod core;
mod curl;
mod draft;
mod exchange;
mod failed;
#[cfg(feature = "testing")]
pub(crate) mod fuzzed;
mod generated;
mod gzip;
mod http;
pub(crate) mod lenient;
mod node;
mod options;
mod path;
mod placed;
mod prepare;
mod redact;
mod redirect;
mod reply;
mod retry;
pub(crate) mod retry_after;
mod retry_table;
mod run;
mod secrets;
mod serializer;
mod sign;
#[cfg(feature = "sigv4")]
mod sigv4;
mod stage;
mod trace;
mod transport;
mod unpack;
mod usual;
mod verdict;

pub use self::core::Pipeline;
pub use self::http::{
    CONNECT_TIMEOUT, HttpSettings, HttpTransport, HttpVersions, IDLE_CONNECTION, MAX_IDLE_CONNECTIONS, Proxy,
    TCP_KEEP_ALIVE,
};
#[cfg(feature = "rustls")]
pub use self::http::{Tls, TlsVersion};
pub use auth::{ApiKey, AuthSlot, Authenticate, Basic, Bearer, Credential, REFRESH_AHEAD, Token, TokenSource};
pub use body::Body;
pub use gzip::GZIP_THRESHOLD;
pub use node::{BASE_COOLDOWN, Cooldown, Discover, MAX_COOLDOWN, Node, RoundRobin, SNIFF_TIMEOUT, Selector, Sniff};
pub use options::{ATTEMPT_TIMEOUT, CALL_DEADLINE, GetBody, IDLE_TIMEOUT, MAX_REPLY, Options};
pub use retry::{BASE_DELAY, MAX_ATTEMPTS, MAX_DELAY, Retry};
pub use retry_table::{FailureClass, RetryDecision, RetryRow, RetryTable};
pub use serializer::{Serializer, SerializerError};
pub use sign::Sign;
#[cfg(feature = "sigv4")]
pub use sigv4::SigV4;
pub use transport::{Transport, TransportError, TransportErrorKind};

pub(crate) use self::core::Settings;
pub(crate) use draft::{Draft, Query};
pub(crate) use generated::{from_reqwest, request_builder};
pub(crate) use node::{Pool, Sniffer};
pub(crate) use path::{SEGMENT, segment};
pub(crate) use prepare::push_value;
pub(crate) use reply::Reply;
