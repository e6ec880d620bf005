//! Pipeline: what every request of a client goes through, whichever the platform.
//!
//! A call is prepared once, then attempted until it succeeds or the retry policy says to stop: `call` is the whole
//! loop. Nothing here knows a platform by name: what differs is data in [`Op`](crate::Op) and [`Options`].
//!
//! The retry policy is a value, and what follows from it is a table:
//!
//! ```
//! use http::StatusCode;
//! use mlhub::op::RetryClass;
//! use mlhub::{Outcome, Retry};
//!
//! let retry = Retry::default().max_attempts(4).on_timeout(true);
//! assert!(retry.repeats(RetryClass::Safe, Outcome::Status(StatusCode::SERVICE_UNAVAILABLE)));
//! assert!(retry.repeats(RetryClass::Safe, Outcome::TimedOut));
//! assert!(!retry.repeats(RetryClass::Never, Outcome::TimedOut), "it may have been applied");
//! println!("{}", retry.table());
//! ```

mod auth;
mod call;
mod client;
mod client_defaults;
mod context;
#[cfg(feature = "testing")]
pub(crate) mod fuzzed;
mod node;
mod options;
mod redact;
mod request;
mod response;
mod retry;
mod transport;

pub use auth::{ApiKey, AuthSlot, Authenticate, Basic, Bearer, Credential, REFRESH_AHEAD, Token, TokenSource};
pub use client::{Discover, Pipeline};
pub use node::{BASE_COOLDOWN, Cooldown, MAX_COOLDOWN, Node, RoundRobin, SNIFF_TIMEOUT, Selector, Sniff};
pub use options::{ATTEMPT_TIMEOUT, CALL_DEADLINE, GetBody, IDLE_TIMEOUT, MAX_REPLY, Options};
#[doc(hidden)]
pub use request::PLACEHOLDER;
#[cfg(feature = "sigv4")]
pub use request::SigV4;
pub use request::{GZIP_THRESHOLD, Sign};
#[doc(hidden)]
pub use response::Response;
pub use retry::{BASE_DELAY, FailureClass, MAX_ATTEMPTS, MAX_DELAY, Retry, RetryDecision, RetryRow, RetryTable};
pub use transport::{
    Body, CONNECT_TIMEOUT, HttpSettings, HttpTransport, HttpVersions, IDLE_CONNECTION, MAX_IDLE_CONNECTIONS, Proxy,
    Serializer, SerializerError, TCP_KEEP_ALIVE, Transport, TransportError, TransportErrorKind,
};
#[cfg(feature = "rustls")]
pub use transport::{Tls, TlsVersion};

pub(crate) use client::CoreSettings;
pub(crate) use node::{ClientNodes, NodePool, Sniffer};
pub(crate) use request::{Query, RequestTemplate, request_builder, segment};
pub(crate) use response::lenient_json;
