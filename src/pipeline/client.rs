//! Client core: what a client and all its clones share (nodes, connections, credential, retry budget), and the options of each.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::future::BoxFuture;

use super::auth::AuthSlot;
use super::client_defaults::ClientDefaults;
use super::node::{ClientNodes, Cooldown, Node, NodePool, RoundRobin, Sniffer};
use super::options::Options;
use super::retry::RetryBudget;
use super::transport::Transport;
use crate::clock::Clock;
use crate::error::Error;

/// The pipeline carries every request of a client: options, credential, nodes, retries.
///
/// A clone costs four reference counts and shares nodes, connections,
/// credential and the retry budget.
#[derive(Clone)]
pub struct Pipeline {
    pub(super) core: Arc<Core>,
    pub(super) options: Arc<Options>,
    pub(super) auth: AuthSlot,
    /// The one node that calls go to, as whoever pinned them has named it. Apart from the options, so that pipelines to
    /// one node are alike.
    pub(super) pin: Option<Arc<str>>,
}

/// The core that all clones share.
pub(crate) struct Core {
    pub(crate) nodes: ClientNodes,
    /// When to ask the servers for others, and how.
    pub(crate) sniffer: Option<(Sniffer, Arc<dyn Discover>)>,
    /// What the client was built with; its clones may have others.
    options: Arc<Options>,
    pub(crate) transport: Arc<dyn Transport>,
    /// Builds the requests of generated code.
    pub(crate) requests: reqwest::Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: RetryBudget,
    /// Values of parameters for calls that name none.
    pub(crate) client_defaults: ClientDefaults,
    /// What the platform's own part learns about its server.
    memory: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// The parts of a core, from the builder.
pub(crate) struct CoreSettings {
    pub(crate) nodes: ClientNodes,
    pub(crate) sniffer: Option<(Sniffer, Arc<dyn Discover>)>,
    pub(crate) transport: Arc<dyn Transport>,
    /// Builds the requests of generated code.
    pub(crate) requests: reqwest::Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    /// What the platform's own part knows from the start.
    pub(crate) memory: Option<Arc<dyn Any + Send + Sync>>,
}

impl Pipeline {
    pub(crate) fn new(settings: CoreSettings, auth: AuthSlot) -> Self {
        let options = Arc::new(settings.options);
        Pipeline {
            core: Arc::new(Core {
                nodes: settings.nodes,
                sniffer: settings.sniffer,
                options: Arc::clone(&options),
                transport: settings.transport,
                requests: settings.requests,
                clock: settings.clock,
                budget: RetryBudget::default(),
                client_defaults: ClientDefaults::default(),
                memory: settings.memory.map_or_else(OnceLock::new, OnceLock::from),
            }),
            pin: options.pin.clone(),
            options,
            auth,
        }
    }

    /// The same pipeline with other options.
    pub fn with(&self, change: impl FnOnce(Options) -> Options) -> Self {
        let mut options = Options::clone(&self.options);
        options.pin = self.pin.clone();
        let options = change(options);
        Pipeline { pin: options.pin.clone(), options: Arc::new(options), ..self.clone() }
    }

    /// The same pipeline to one node alone, or to any.
    pub(crate) fn to(&self, node: Option<&str>) -> Self {
        Pipeline { pin: node.map(Arc::from), ..self.clone() }
    }

    /// The same pipeline for calls about what a call has made: that one's further parameters were its own.
    pub(crate) fn onward(&self) -> Self {
        match self.options.extra.is_empty() {
            true => self.clone(),
            false => self.with(|options| Options { extra: Vec::new(), ..options }),
        }
    }

    /// The one node that calls go to, as whoever pinned them has named it.
    pub(crate) fn pin(&self) -> Option<&str> {
        self.pin.as_deref()
    }

    /// The same as [`Node::base`] has it, without a credential.
    pub(crate) fn pinned_node(&self) -> Option<String> {
        Some(Node::parse(self.pin()?).ok()?.base().to_owned())
    }

    /// The same pipeline with an empty slot for the credential. What fetches a
    /// token for a client goes over this: it neither waits for the token that
    /// it is about to fetch nor keeps the client alive.
    pub fn without_auth(&self) -> Self {
        Pipeline { auth: AuthSlot::default(), ..self.clone() }
    }

    /// A pipeline to another server, such as the one that gives tokens: the same
    /// connections, clock and limits. Credential, headers and memory of this
    /// one are for its own server and stay behind.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for what is no address.
    pub fn elsewhere(&self, url: &str) -> Result<Self, Error> {
        let core = &self.core;
        let options = self.options.for_another_server();
        let nodes = vec![Node::parse(url)?];
        let nodes = NodePool::new(nodes, Box::new(RoundRobin::starting_at(0)), Cooldown::default(), false)?;
        let settings = CoreSettings {
            nodes: ClientNodes::new(nodes, BTreeMap::new()),
            sniffer: None,
            transport: Arc::clone(&core.transport),
            requests: core.requests.clone(),
            clock: Arc::clone(&core.clock),
            options,
            memory: None,
        };
        Ok(Pipeline::new(settings, AuthSlot::default()))
    }

    /// The slot of the credential, shared by all clones.
    pub fn auth(&self) -> &AuthSlot {
        &self.auth
    }

    /// What the platform's own part keeps for a client and all its clones.
    /// A client has one such type; another one starts empty each time.
    pub fn memory<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let memory = self.core.memory.get_or_init(|| Arc::new(T::default()));
        Arc::clone(memory).downcast().unwrap_or_default()
    }

    /// The client default of a parameter: the value that the calls of this client and all its clones have where they
    /// name none, by the document's name for it.
    pub fn client_default(&self, name: &str) -> Option<String> {
        self.core.client_defaults.get(name)
    }

    /// Sets another client default, or none.
    pub fn set_client_default(&self, name: &'static str, value: Option<String>) {
        self.core.client_defaults.set(name, value);
    }

    /// The servers that the client knows of at this moment.
    pub fn nodes(&self) -> Vec<Node> {
        self.core.nodes.own.nodes()
    }

    /// The same, those first that are most likely to answer.
    pub(crate) fn likely_nodes(&self) -> Vec<Node> {
        self.core.nodes.own.likely_first(self.core.clock.now())
    }

    /// A pipeline to one server, to ask it for the servers.
    pub(crate) fn probe(&self, node: &Node, time: Duration) -> Self {
        let mut options = Options::clone(&self.core.options).no_retry().timeout(time).deadline(time);
        options.probe = true;
        Pipeline { options: Arc::new(options), pin: Some(Arc::from(node.base())), ..self.clone() }
    }

    /// Where time comes from.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.core.clock
    }

    /// Whether a call over the other pipeline would be the same call.
    pub(crate) fn is(&self, other: &Pipeline) -> bool {
        Arc::ptr_eq(&self.core, &other.core) && Arc::ptr_eq(&self.options, &other.options) && self.pin == other.pin
    }

    /// The client that builds the requests of generated code; it sends none.
    #[doc(hidden)]
    pub fn requests(&self) -> reqwest::Client {
        self.core.requests.clone()
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("nodes", &self.core.nodes.own)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Discovery of nodes: asks a server which servers there are.
///
/// A platform that can tell has one; a hub of your own gets one by
/// [`Builder::discover`](crate::Builder::discover).
///
/// ```
/// use futures::future::BoxFuture;
/// use mlhub::pipeline::{Discover, Pipeline};
/// use mlhub::{Error, Op, RawCall, op::AuthKind};
///
/// static PEERS: Op = Op::raw("workshop", AuthKind::Bearer, "detail");
///
/// /// A hub that answers `GET /peers` with `["10.0.0.1:8008", "10.0.0.2:8008"]`.
/// #[derive(Debug)]
/// struct Peers;
///
/// impl Discover for Peers {
///     fn nodes(&self, pipeline: Pipeline) -> BoxFuture<'static, Result<Vec<String>, Error>> {
///         Box::pin(RawCall::raw(pipeline, &PEERS, http::Method::GET, "/peers").send())
///     }
/// }
/// ```
pub trait Discover: fmt::Debug + Send + Sync {
    /// Host and port of each server, as in `10.0.0.1:8008` or `[::1]:8008`.
    /// Scheme, prefix and credential are taken from the server that was asked,
    /// and so is a port that is missing; what else an address says is ignored,
    /// and one that says nothing of use is left out. The list is trusted: what
    /// it names gets the client's credential.
    ///
    /// The pipeline leads to that one server, without repetitions; it may be dropped
    /// at any moment. An error means that another server is asked.
    fn nodes(&self, pipeline: Pipeline) -> BoxFuture<'static, Result<Vec<String>, Error>>;
}
