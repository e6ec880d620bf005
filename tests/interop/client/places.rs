//! Algorithm stores, which are stand-ins, and nodes that are connected.

use futures::TryStreamExt;
use mlhub::vantage6::{Client, types};
use mlhub::{ErrorKind, vantage6};
use serde_json::{Value, json};

use super::{Checked, beside, failure, signed};
use crate::federation::Federation;
use crate::hq::Hq;
use crate::ready::until;

/// From its registration over a task to its end.
pub(super) async fn store(client: &Client, hq: &Hq, federation: &Federation) -> Checked {
    let collaboration = signed(federation.collaboration);
    let (_running, address) = hq.algorithms();
    let body = |address: &str| {
        let body = types::StoreBody::builder().name("places-store".to_owned()).collaboration_id(collaboration);
        body.algorithm_store_url(address.to_owned())
    };
    // HQ asks a store for its version first: nothing listens at that port.
    let nobody = failure(client.store().create().body(body("http://127.0.0.1:9")).send().await)?;
    assert_eq!(nobody.kind(), ErrorKind::Invalid);
    assert!(nobody.message().is_some_and(|words| words.contains("online")), "{nobody}");
    let made = client.store().create().body(body(&address)).send().await?;
    assert_eq!((made.url.as_deref(), made.api_path.as_deref()), (Some(address.as_str()), Some("/api")));
    assert_eq!(failure(client.store().create().body(body(&address)).send().await)?.kind(), ErrorKind::Invalid);

    let change = types::StoreChange::builder().name("places-renamed".to_owned());
    client.store().update(made.id).body(change).send().await?;
    assert_eq!(client.store().get(made.id).send().await?.name.as_deref(), Some("places-renamed"));
    let found: Vec<_> = client.store().list().collaboration_id(collaboration).items().try_collect().await?;
    assert_eq!(found.iter().map(|store| store.id).collect::<Vec<_>>(), [made.id]);
    let having: Vec<_> = client.collaboration().list().algorithm_store_id(made.id).items().try_collect().await?;
    assert_eq!(having.iter().map(|one| one.id).collect::<Vec<_>>(), [collaboration]);

    // Such a task needs no action: the store knows what kind of step its functions are.
    let task = vantage6::NewTask::new("registry.test/average", "partial_average").store(made.id);
    let task = task.collaboration(collaboration).session(signed(federation.session));
    let task = client.create_task(task.organizations(super::organizations(federation))).await?;
    assert_eq!(task.algorithm_store.map(|link| link.id), Some(made.id));
    assert_eq!(serde_json::to_value(&task.action)?, "federated_compute");
    assert!(task.image.is_some_and(|image| image.contains("@sha256:")));
    client.task().delete(task.id).send().await?;

    client.store().delete(made.id).send().await?;
    assert_eq!(failure(client.store().get(made.id).send().await)?.kind(), ErrorKind::NotFound);
    Ok(())
}

/// A node that is told to kill what it runs, which only one can that is connected.
pub(super) async fn node(client: &Client, hq: &'static Hq, federation: &Federation) -> Checked {
    let member = &federation.members[0];
    let of = || client.node().list().organization_id(signed(member.organization));
    let [node] = &of().items().try_collect::<Vec<_>>().await?[..] else { return Err("one node".into()) };
    let kill = || client.node().kill_tasks().body(types::OnlyId::builder().id(node.id)).send();
    let away = failure(kill().await)?;
    assert_eq!(away.kind(), ErrorKind::Invalid);
    assert!(away.message().is_some_and(|words| words.contains("not online")), "{away}");

    let connected = beside(hq.connected(member));
    let id = node.id;
    let online = move || hq.ask("GET", &format!("/node/{id}"), Value::Null)["status"] == "online";
    tokio::task::spawn_blocking(move || until("a node that is connected", online)).await?;
    assert_eq!(of().status("online").items().try_collect::<Vec<_>>().await?.len(), 1);
    kill().await?;
    assert_eq!(connected.await?, json!({"node_id": id, "collaboration_id": federation.collaboration}));
    Ok(())
}
