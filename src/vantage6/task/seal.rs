//! Arguments on their way to the organizations: encrypted for each where the
//! collaboration asks for it, as text or through the server's store.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::circle::Circle;
use crate::error::{Error, ErrorKind};
use crate::vantage6::crypto::{PublicKey, encode};
use crate::vantage6::{Client, types};

/// As many organizations are sealed for, and uploaded for, at once.
const AT_ONCE: usize = 8;
/// What is longer is sealed on a thread for such work: it takes a millisecond or so.
const LONG: usize = 256 * 1024;

impl Client {
    /// The arguments as the server takes them, in the order in which they are given.
    pub(super) async fn seal(
        &self,
        circle: &Circle,
        arguments: Vec<(i64, Bytes)>,
    ) -> Result<Vec<types::TaskOrganization>, Error> {
        let keys = match self.is_encrypted(circle).await? {
            true => Some(self.keys(circle).await?),
            false => None,
        };
        let store = self.has_blob_store().await?;
        let sealed = arguments.into_iter().map(|(organization, plain)| {
            let key = match &keys {
                None => Ok(None),
                Some(keys) => keys.get(&organization).cloned().unwrap_or_else(|| Err(outside(organization))).map(Some),
            };
            async move {
                let sealed = sealed(key?, plain, store).await?;
                let arguments = match sealed {
                    Sealed::Text(text) => text,
                    Sealed::Blob(bytes) => self.blob().upload().body(bytes).send().await?.uuid,
                };
                let made = types::TaskOrganization::builder().id(organization).arguments(arguments);
                types::TaskOrganization::try_from(made).map_err(|why| crate::__private::invalid(&why))
            }
        });
        stream::iter(sealed).buffered(AT_ONCE).try_collect().await
    }

    /// Whether HQ keeps large values in a store; asked of it once.
    ///
    /// # Errors
    ///
    /// A server that cannot be reached.
    pub async fn has_blob_store(&self) -> Result<bool, Error> {
        let memory = self.memory();
        if let Some(known) = memory.store.get() {
            return Ok(*known);
        }
        let status = self.blob().status().send().await?;
        Ok(*memory.store.get_or_init(|| status.blob_store_enabled))
    }

    /// The public keys of the organizations; for one that has none, why nothing can be sealed for it.
    async fn keys(&self, circle: &Circle) -> Result<BTreeMap<i64, Result<PublicKey, Error>>, Error> {
        let key = |organization: types::Organization| {
            let text = organization.public_key.unwrap_or_default();
            let key = match text.trim().is_empty() {
                true => Err(Error::new(ErrorKind::Config, "it has none")),
                false => PublicKey::from_api(&text),
            };
            let named = |error: Error| {
                let (id, name) = (organization.id, &organization.name);
                let detail = format!(
                    "nothing can be encrypted for organization {id} ({name}), for want of a public key: {}",
                    error.detail()
                );
                error.with_detail(detail)
            };
            (organization.id, key.map_err(named))
        };
        Ok(self.organizations_in(circle).await?.into_iter().map(key).collect())
    }
}

enum Sealed {
    Text(String),
    Blob(Vec<u8>),
}

async fn sealed(key: Option<PublicKey>, plain: Bytes, store: bool) -> Result<Sealed, Error> {
    let Some(key) = key else {
        let text = encode(&plain);
        return Ok(if store { Sealed::Blob(text.into_bytes()) } else { Sealed::Text(text) });
    };
    let short = plain.len() < LONG;
    let seal = move || match store {
        true => key.seal_blob(&plain).map(Sealed::Blob),
        false => key.seal(&plain).map(Sealed::Text),
    };
    if short {
        return seal();
    }
    let ended = tokio::task::spawn_blocking(seal).await;
    ended.map_err(|cause| Error::new(ErrorKind::Request, "the arguments could not be encrypted").with_source(cause))?
}

fn outside(organization: i64) -> Error {
    let detail = format!("organization {organization} is not in the collaboration or study of the task");
    Error::new(ErrorKind::Request, detail)
}
