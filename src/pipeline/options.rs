//! Call options: attempt timeout, deadline of a call, retry policy, headers, and what else one call does differently.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::request::Sign;
use super::retry::Retry;
use super::transport::{Serializer, Serializers};
use crate::error::{Error, ErrorKind};
use crate::op::RetryClass;

/// Time of one attempt; for a reply that is not a stream, its body included.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// Time of a call: all attempts, pauses and the refresh of a token.
pub const CALL_DEADLINE: Duration = Duration::from_secs(120);
/// Longest silence of a streamed reply.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// The most bytes of a reply that is held in memory: far beyond the largest of
/// any platform, far below what ends a program. A small compressed reply can
/// become a thousand times as much.
pub const MAX_REPLY: usize = 256 * 1024 * 1024;

/// The style of a GET body: how a request with that method carries its body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GetBody {
    /// As a body, which HTTP allows and most servers read.
    #[default]
    AsBody,
    /// With the method POST in place of GET.
    AsPost,
    /// In the query parameter `source`.
    AsQuery,
}

/// The options of a call; each setter replaces what was set before.
#[derive(Clone)]
#[must_use]
pub struct Options {
    pub(crate) timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) idle: Duration,
    pub(crate) retry: Retry,
    pub(crate) class: Option<RetryClass>,
    pub(crate) headers: HeaderMap,
    pub(crate) extra: Vec<(String, Value)>,
    pub(crate) accept: Vec<StatusCode>,
    pub(crate) follow: Option<String>,
    pub(crate) auth: bool,
    pub(crate) pin: Option<Arc<str>>,
    /// Whether the call asks for the servers: it asks for none itself, and
    /// speaks against no server.
    pub(crate) probe: bool,
    pub(crate) get_body: GetBody,
    pub(crate) params_as_query: bool,
    /// Whether client defaults are sent.
    pub(crate) client_defaults: bool,
    pub(crate) gzip: Option<bool>,
    pub(crate) accept_compressed: bool,
    pub(crate) keep_compressed: bool,
    pub(crate) max_reply: usize,
    pub(crate) sign: Option<Arc<dyn Sign>>,
    pub(crate) serializers: Serializers,
    pub(crate) curl: bool,
    pub(crate) curl_for: Option<String>,
    pub(crate) error: Option<Error>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            timeout: ATTEMPT_TIMEOUT,
            deadline: CALL_DEADLINE,
            idle: IDLE_TIMEOUT,
            retry: Retry::default(),
            class: None,
            headers: HeaderMap::new(),
            extra: Vec::new(),
            accept: Vec::new(),
            follow: None,
            auth: true,
            pin: None,
            probe: false,
            get_body: GetBody::default(),
            params_as_query: false,
            client_defaults: true,
            gzip: None,
            accept_compressed: false,
            keep_compressed: false,
            max_reply: MAX_REPLY,
            sign: None,
            serializers: Serializers::default(),
            curl: false,
            curl_for: None,
            error: None,
        }
    }
}

impl Options {
    /// Limits and retries, and nothing that was meant for one server alone.
    pub(crate) fn for_another_server(&self) -> Self {
        let mut headers = HeaderMap::new();
        if let Some(name) = self.headers.get(http::header::USER_AGENT) {
            headers.insert(http::header::USER_AGENT, name.clone());
        }
        Options {
            timeout: self.timeout,
            deadline: self.deadline,
            idle: self.idle,
            retry: self.retry,
            max_reply: self.max_reply,
            curl: self.curl,
            headers,
            ..Options::default()
        }
    }

    /// Time of one attempt. Default: 30 s.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// Time of the call: all attempts, pauses and the refresh of a token.
    /// Default: 120 s.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.deadline = time;
        self
    }

    /// Longest silence of a streamed reply. Default: 60 s.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.idle = time;
        self
    }

    /// When to try again.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// When the call is tried again, to change it: `retry(options.policy().on_timeout(true))`.
    pub fn policy(&self) -> Retry {
        self.retry
    }

    /// One attempt, whatever happens.
    pub fn no_retry(self) -> Self {
        self.retry(Retry::never())
    }

    /// Repeats the call like a read. For calls whose repetition the caller
    /// knows to be harmless; no document says so.
    pub fn idempotent(mut self) -> Self {
        self.class = Some(RetryClass::Safe);
        self
    }

    /// A header sent along; it replaces one of the same name. Its value prints
    /// nowhere.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.headers.insert(name, value);
            }
            _ => {
                let detail = format!("the header {name:?} has characters that headers cannot carry");
                self.error = Some(Error::new(ErrorKind::Request, detail));
            }
        }
        self
    }

    /// A parameter that the document does not know: a field of the JSON object
    /// where parameters travel in one, else a part of the query.
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    /// Sends none of the client defaults,
    /// such as the collaboration that a vantage6 client was set up for.
    pub fn without_client_defaults(mut self) -> Self {
        self.client_defaults = false;
        self
    }

    /// Statuses that are taken as success, so that their body is decoded.
    pub fn accept_status(mut self, statuses: impl IntoIterator<Item = u16>) -> Self {
        for status in statuses {
            match StatusCode::from_u16(status) {
                Ok(status) => self.accept.push(status),
                Err(_) => {
                    let detail = format!("{status} is not an HTTP status");
                    self.error = Some(Error::new(ErrorKind::Request, detail));
                }
            }
        }
        self
    }

    /// The path and query of that link in place of the operation's own. Its
    /// host is ignored: a reply cannot send the credential elsewhere.
    pub fn follow(mut self, link: impl Into<String>) -> Self {
        self.follow = Some(link.into());
        self
    }

    /// Sends no credential.
    pub fn no_auth(mut self) -> Self {
        self.auth = false;
        self
    }

    /// Sends to that node alone, for what lives on one node: the call goes to
    /// no other, whatever happens, and to that one also during its cooldown. It is
    /// named as [`Node::base`](crate::pipeline::Node::base) or
    /// [`Node::origin`](crate::pipeline::Node::origin) have it.
    pub fn pin(mut self, node: impl Into<String>) -> Self {
        self.pin = Some(Arc::from(node.into()));
        self
    }

    /// How a GET request carries its body. Default: as a body.
    pub fn get_body(mut self, style: GetBody) -> Self {
        self.get_body = style;
        self
    }

    /// Sends parameters that travel in a JSON body as a query string instead, a
    /// token among them too: for proxies that drop the bodies of GET requests.
    /// Servers and proxies write queries into their logs.
    pub fn params_as_query(mut self, yes: bool) -> Self {
        self.params_as_query = yes;
        self
    }

    /// Whether request bodies of 1 KiB and more are compressed. Default: where
    /// the document says that the server reads it.
    pub fn gzip(mut self, yes: bool) -> Self {
        self.gzip = Some(yes);
        self
    }

    /// Asks for compressed replies, as gzip or deflate: for large ones over thin
    /// lines. Default: no, because no platform's server compresses. A reply that
    /// comes compressed is decompressed in any case.
    pub fn compressed_replies(mut self, yes: bool) -> Self {
        self.accept_compressed = yes;
        self
    }

    /// Leaves compressed replies as they come, for who passes them on.
    pub fn keep_compressed(mut self) -> Self {
        self.keep_compressed = true;
        self
    }

    /// The most bytes of a reply, decompressed, that is held in memory; a larger one
    /// is an error. Replies taken as streams are not held. Default: 256 MiB.
    pub fn max_reply(mut self, bytes: usize) -> Self {
        self.max_reply = bytes;
        self
    }

    /// Signs each request, as the last thing before it is sent.
    pub fn sign(mut self, signer: impl Sign + 'static) -> Self {
        self.sign = Some(Arc::new(signer));
        self
    }

    /// Signs nothing.
    pub fn no_signature(mut self) -> Self {
        self.sign = None;
        self
    }

    /// Reads replies of that serializer's media type with it, and says that they
    /// are welcome. Several may be given.
    pub fn read_with(mut self, serializer: impl Serializer + 'static) -> Self {
        self.serializers.read.insert(0, Arc::new(serializer));
        self
    }

    /// Writes JSON bodies with that serializer, and reads replies with it.
    pub fn write_with(mut self, serializer: impl Serializer + 'static) -> Self {
        let serializer: Arc<dyn Serializer> = Arc::new(serializer);
        self.serializers.read.insert(0, Arc::clone(&serializer));
        self.serializers.write = Some(serializer);
        self
    }

    /// Logs each request as a curl command under the target `mlhub::curl` for
    /// every subscriber that takes TRACE of that target; see the crate's
    /// documentation for the way without this option.
    pub fn curl_trace(mut self, yes: bool) -> Self {
        self.curl = yes;
        self
    }

    /// Writes the commands of the curl trace for that server in place of the
    /// one that is called, and JSON over several lines: commands to show to
    /// others, which tell nothing of the servers here. `http://localhost:8077`
    /// is an example. Default: for the server that is called, to the letter.
    pub fn curl_for(mut self, server: impl Into<String>) -> Self {
        self.curl_for = Some(server.into());
        self
    }
}

/// Header values and extra parameters may be secret: only their names print.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let extra: Vec<_> = self.extra.iter().map(|(name, _)| name).collect();
        f.debug_struct("Options")
            .field("timeout", &self.timeout)
            .field("deadline", &self.deadline)
            .field("idle", &self.idle)
            .field("retry", &self.retry)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("extra", &extra)
            .field("accept", &self.accept)
            .field("auth", &self.auth)
            .finish_non_exhaustive()
    }
}
