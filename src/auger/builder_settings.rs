//! Builder settings of Auger: tokens by precedence, the optimizers service, retries as the Python client counts them.

use std::sync::Arc;
use std::time::Duration;

use super::Client;
use crate::builder::{Builder, RANK};
use crate::pipeline::ApiKey;
use crate::secret::Secret;

/// The name that the document has for the other service.
const OPTIMIZERS: &str = "optimizers";

/// Of several tokens the one that says most about its context is sent; the
/// token of a person ([`token`](Builder::token)) counts as every client's does.
const PROJECT: u8 = RANK + 2;
const CLUSTER: u8 = RANK + 1;
const SYSTEM: u8 = RANK - 1;

impl Builder<Client> {
    /// The token of a project, which says of itself which project and cluster
    /// are meant. It goes before every other token that is given.
    pub fn project_token(self, token: impl Into<Secret>) -> Self {
        self.field("project_api_token", PROJECT, token)
    }

    /// The token of a cluster. Only the token of a project goes before it.
    pub fn cluster_token(self, token: impl Into<Secret>) -> Self {
        self.field("cluster_api_token", CLUSTER, token)
    }

    /// The token of the system. Every other token goes before it.
    pub fn system_token(self, token: impl Into<Secret>) -> Self {
        self.field("system_token", SYSTEM, token)
    }

    fn field(self, name: &str, rank: u8, token: impl Into<Secret>) -> Self {
        self.ranked(rank, ApiKey::field(name, token).map(|key| Arc::new(key) as _))
    }

    /// The address of the optimizers service. Without it the calls of
    /// `optimizer()` are refused before anything is sent.
    pub fn optimizers_url(self, url: impl AsRef<str>) -> Self {
        self.service(OPTIMIZERS, url)
    }

    /// How often a read is tried again after an answer that may pass, as the
    /// Python client counts: the first attempt is not a repetition. Same as
    /// [`Retry::max_attempts`](crate::Retry::max_attempts) with one more.
    pub fn retries_count(self, count: u32) -> Self {
        self.with(|options| {
            let retry = options.policy().max_attempts(count.saturating_add(1));
            options.retry(retry)
        })
    }

    /// How often a call is tried again that found no connection; nothing was
    /// sent then, so this holds for every call. Same as
    /// [`Retry::max_connects`](crate::Retry::max_connects) with one more.
    pub fn connection_retries_count(self, count: u32) -> Self {
        self.with(|options| {
            let retry = options.policy().max_connects(count.saturating_add(1));
            options.retry(retry)
        })
    }

    /// The longest pause between two attempts. Pauses are drawn evenly from
    /// nought to it, so that many clients do not come back together; what the
    /// service asks for is never undercut.
    pub fn retry_wait_seconds(self, seconds: u64) -> Self {
        self.with(|options| {
            let pause = Duration::from_secs(seconds);
            let retry = options.policy().base(pause).cap(pause);
            options.retry(retry)
        })
    }
}
