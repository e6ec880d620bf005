//! Arguments of a task, encrypted for each organization where the collaboration asks for it, as text or through the
//! server's store.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::participants::Participants;
use crate::error::{Error, ErrorKind};
use crate::vantage6::crypto::{PublicKey, encode};
use crate::vantage6::{Client, types};

/// As many organizations are encrypted for, and uploaded for, at once.
const AT_ONCE: usize = 8;
/// What is longer is encrypted on a thread for such work: it takes a millisecond or so.
const LONG: usize = 256 * 1024;

/// The arguments as the server takes them, in the order in which they are given.
pub(in crate::vantage6) async fn encrypted_arguments(
    client: &Client,
    participants: Participants,
    arguments: Vec<(i64, Bytes)>,
) -> Result<Vec<types::TaskOrganization>, Error> {
    let keys = match participants.is_encrypted(client).await? {
        true => Some(public_keys(client, participants).await?),
        false => None,
    };
    let store = client.has_blob_store().await?;
    let encrypted = arguments.into_iter().map(|(organization, plain)| {
        let key = match &keys {
            None => Ok(None),
            Some(keys) => keys.get(&organization).cloned().unwrap_or_else(|| Err(outside(organization))).map(Some),
        };
        async move {
            let arguments = match encrypted(key?, plain, store).await? {
                Encrypted::Text(text) => text,
                Encrypted::Blob(bytes) => client.blob().upload().body(bytes).send().await?.uuid,
            };
            let made = types::TaskOrganization::builder().id(organization).arguments(arguments);
            types::TaskOrganization::try_from(made).map_err(|why| crate::__private::invalid(&why))
        }
    });
    stream::iter(encrypted).buffered(AT_ONCE).try_collect().await
}

type PublicKeys = BTreeMap<i64, Result<PublicKey, Error>>;

/// The public keys of the organizations; for one that has none, why nothing can be encrypted for it.
async fn public_keys(client: &Client, participants: Participants) -> Result<PublicKeys, Error> {
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
    Ok(participants.organizations(client).await?.into_iter().map(key).collect())
}

enum Encrypted {
    Text(String),
    Blob(Vec<u8>),
}

async fn encrypted(key: Option<PublicKey>, plain: Bytes, store: bool) -> Result<Encrypted, Error> {
    let Some(key) = key else {
        let text = encode(&plain);
        return Ok(if store { Encrypted::Blob(text.into_bytes()) } else { Encrypted::Text(text) });
    };
    let short = plain.len() < LONG;
    let encrypt = move || match store {
        true => key.encrypt_blob(&plain).map(Encrypted::Blob),
        false => key.encrypt(&plain).map(Encrypted::Text),
    };
    if short {
        return encrypt();
    }
    let ended = tokio::task::spawn_blocking(encrypt).await;
    ended.map_err(|cause| Error::new(ErrorKind::Request, "the arguments could not be encrypted").with_source(cause))?
}

fn outside(organization: i64) -> Error {
    let detail = format!("organization {organization} is not in the collaboration or study of the task");
    Error::new(ErrorKind::Request, detail)
}
