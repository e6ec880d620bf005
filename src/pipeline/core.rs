//! What a client and all its clones share, and what each may have its own.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::auth::AuthSlot;
use super::budget::Budget;
use super::draft::Draft;
use super::node::{Cooldown, Node, Pool, RoundRobin, Sniffer};
use super::options::Options;
use super::reply::Reply;
use super::run::Run;
use super::transport::Transport;
use super::usual::ClientDefaults;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::op::Op;

/// Carries every request of a client: options, credential, nodes, retries.
///
/// A clone costs three reference counts and shares nodes, connections,
/// credential and the budget for repetitions.
#[derive(Clone)]
pub struct Pipeline {
    core: Arc<Core>,
    options: Arc<Options>,
    auth: AuthSlot,
    /// The node that calls go to whatever the options say. Apart from them, so that roads to one node are alike.
    pin: Option<Arc<str>>,
}

/// What all clones share.
pub(crate) struct Core {
    pub(crate) nodes: Pool,
    /// Servers of services with an address of their own, by the names that documents have for them.
    services: BTreeMap<String, Pool>,
    pub(crate) sniffer: Option<Sniffer>,
    /// What the client was built with; its clones may have others.
    defaults: Arc<Options>,
    pub(crate) transport: Arc<dyn Transport>,
    /// Builds the requests of generated code.
    pub(crate) requests: reqwest::Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: Budget,
    /// What calls have that name no value of their own.
    pub(crate) usual: ClientDefaults,
    /// What the platform's own part learns about its server.
    memory: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// What the builder hands over.
pub(crate) struct Settings {
    pub(crate) nodes: Pool,
    pub(crate) services: BTreeMap<String, Pool>,
    pub(crate) sniffer: Option<Sniffer>,
    pub(crate) transport: Arc<dyn Transport>,
    /// Builds the requests of generated code.
    pub(crate) requests: reqwest::Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    /// What the platform's own part knows from the start.
    pub(crate) memory: Option<Arc<dyn Any + Send + Sync>>,
}

impl Core {
    /// The servers that serve an operation.
    pub(crate) fn pool(&self, op: &Op) -> Result<&Pool, Error> {
        let Some(service) = op.wire.and_then(|wire| wire.service) else {
            return Ok(&self.nodes);
        };
        self.services.get(service).ok_or_else(|| {
            let detail = format!(
                "it is served by the {service:?} service, whose address the client was not given; give it to the builder"
            );
            Error::new(ErrorKind::Config, detail)
        })
    }
}

impl Pipeline {
    pub(crate) fn new(settings: Settings, auth: AuthSlot) -> Self {
        let options = Arc::new(settings.options);
        Pipeline {
            core: Arc::new(Core {
                nodes: settings.nodes,
                services: settings.services,
                sniffer: settings.sniffer,
                defaults: Arc::clone(&options),
                transport: settings.transport,
                requests: settings.requests,
                clock: settings.clock,
                budget: Budget::default(),
                usual: ClientDefaults::default(),
                memory: settings.memory.map_or_else(OnceLock::new, OnceLock::from),
            }),
            options,
            auth,
            pin: None,
        }
    }

    /// The same road with other options.
    pub fn with(&self, change: impl FnOnce(Options) -> Options) -> Self {
        let mut options = Options::clone(&self.options);
        options.pin = self.pin().map(str::to_owned);
        Pipeline { options: Arc::new(change(options)), pin: None, ..self.clone() }
    }

    /// The same road to one node alone, or to any.
    pub(crate) fn to(&self, node: Option<&str>) -> Self {
        let free = match self.options.pin {
            Some(_) => self.with(|options| Options { pin: None, ..options }),
            None => self.clone(),
        };
        Pipeline { pin: node.map(Arc::from), ..free }
    }

    /// The same road for calls about what a call has made: that one's further parameters were its own.
    pub(crate) fn onward(&self) -> Self {
        match self.options.extra.is_empty() {
            true => self.clone(),
            false => self.with(|options| Options { extra: Vec::new(), ..options }),
        }
    }

    /// The one node that calls go to, as whoever pinned them has named it.
    pub(crate) fn pin(&self) -> Option<&str> {
        self.pin.as_deref().or(self.options.pin.as_deref())
    }

    /// The same as [`Node::base`] has it, without a credential.
    pub(crate) fn pinned_node(&self) -> Option<String> {
        Some(Node::parse(self.pin()?).ok()?.base().to_owned())
    }

    /// The same road with an empty place for the credential. What fetches a
    /// token for a client goes over this: it neither waits for the token that
    /// it is about to fetch nor keeps the client alive.
    pub fn without_auth(&self) -> Self {
        Pipeline { auth: AuthSlot::default(), ..self.clone() }
    }

    /// The road to another server, such as the one that gives tokens: the same
    /// connections, clock and limits. Credential, headers and memory of this
    /// road are for its own server and stay behind.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for what is no address.
    pub fn elsewhere(&self, url: &str) -> Result<Self, Error> {
        let core = &self.core;
        let options = self.options.for_another_server();
        let settings = Settings {
            nodes: Pool::new(
                vec![Node::parse(url)?],
                Box::new(RoundRobin::starting_at(0)),
                Cooldown::default(),
                false,
            )?,
            services: BTreeMap::new(),
            sniffer: None,
            transport: Arc::clone(&core.transport),
            requests: core.requests.clone(),
            clock: Arc::clone(&core.clock),
            options,
            memory: None,
        };
        Ok(Pipeline::new(settings, AuthSlot::default()))
    }

    /// The place of the credential, shared by all clones.
    pub fn auth(&self) -> &AuthSlot {
        &self.auth
    }

    /// What the platform's own part keeps for a client and all its clones.
    /// A client has one such type; another one starts empty each time.
    pub fn memory<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let memory = self.core.memory.get_or_init(|| Arc::new(T::default()));
        Arc::clone(memory).downcast().unwrap_or_default()
    }

    /// The value that the calls of this client and all its clones have where
    /// they name none, by the document's name for it.
    pub fn client_default(&self, name: &str) -> Option<String> {
        self.core.usual.get(name)
    }

    /// Gives them another, or none.
    pub fn set_client_default(&self, name: &'static str, value: Option<String>) {
        self.core.usual.set(name, value);
    }

    /// The servers that the client knows of at this moment.
    pub fn nodes(&self) -> Vec<Node> {
        self.core.nodes.nodes()
    }

    /// The same, those first that are most likely to answer.
    pub(crate) fn likely_nodes(&self) -> Vec<Node> {
        self.core.nodes.likely_first(self.core.clock.now())
    }

    /// Asks for the servers now, and gives all that the client then knows of.
    ///
    /// Fails where calls go on: when no server tells, and when the builder was
    /// not told how to ask.
    pub async fn sniff(&self) -> Result<Vec<Node>, Error> {
        let Some(sniffer) = &self.core.sniffer else {
            let detail = "there is no way to ask for the servers; give the builder one by `discover`";
            return Err(Error::new(ErrorKind::Config, detail));
        };
        sniffer.on_demand(self).await?;
        Ok(self.nodes())
    }

    /// The road to one server, to ask it for the servers.
    pub(crate) fn probe(&self, node: &Node, time: Duration) -> Self {
        let mut options = Options::clone(&self.core.defaults).no_retry().timeout(time).deadline(time);
        options.probe = true;
        Pipeline { options: Arc::new(options), pin: Some(Arc::from(node.base())), ..self.clone() }
    }

    /// Where time comes from.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.core.clock
    }

    /// Whether a call over the other road would be the same call.
    pub(crate) fn is(&self, other: &Pipeline) -> bool {
        Arc::ptr_eq(&self.core, &other.core) && Arc::ptr_eq(&self.options, &other.options) && self.pin == other.pin
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Sends a call; the reply's body is left open where `stream` says so or
    /// the document does.
    pub(crate) async fn send(&self, draft: Draft, op: &'static Op, stream: bool) -> Result<Reply, Error> {
        Run::new(self, draft, op, stream).call().await
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("nodes", &self.core.nodes)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
