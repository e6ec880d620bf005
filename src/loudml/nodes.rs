//! What a client does about its servers: how it finds more, how long a failed one rests.

use std::time::Duration;

use futures::future::BoxFuture;

use super::Client;
use crate::error::Error;
use crate::pipeline::{Cooldown, Discover, Pipeline};
use crate::platform::Platform as _;

/// Rests as the Python client has them, for [`Builder::rest`](crate::Builder::rest):
/// a minute after the first failure in a row, doubling to 32 minutes. Ours are
/// a second, doubling to half a minute.
pub fn classic() -> Cooldown {
    Cooldown::default().base(Duration::from_secs(60)).cap(Duration::from_secs(1920))
}

/// Asks a server for all that it knows of.
#[derive(Debug)]
pub(super) struct Listing;

impl Discover for Listing {
    fn nodes(&self, pipeline: Pipeline) -> BoxFuture<'static, Result<Vec<String>, Error>> {
        let client = Client::over(pipeline);
        Box::pin(async move {
            let listed = client.nodes().list().send().await?;
            let works = |roles: &[String]| roles != ["master"];
            // As in the Python client: one that only leads takes no requests.
            let nodes = listed.nodes.into_values().filter(|node| node.roles.as_deref().is_none_or(works));
            Ok(nodes.filter_map(|node| node.http?.publish_address).collect())
        })
    }
}
