//! Every operation of the document, called once at least, each reply held
//! against the document.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use mlhub::vantage6::{Client, NewDataframe, ops, types};
use serde_json::{Value, json};

use super::replies::Replies;
use super::{Checked, beside, failure, signed, stranger};
use crate::federation::{Federation, PASSWORD};
use crate::hq::{self, ADMIN};
use crate::stores;

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_answered_and_loses_nothing_on_the_way() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let replies = Replies::default();
    let client = stranger(hq, &replies)?;
    client.login(mlhub::vantage6::Login::password(ADMIN, ADMIN)).await?;
    client.util().get_hq_health().send().await?;
    assert!(!client.has_blob_store().await?);
    assert!(client.store().list().items().try_collect::<Vec<_>>().await?.is_empty());

    let organization = organizations(&client).await?;
    let collaboration = collaborations(&client, organization).await?;
    studies(&client, collaboration, organization).await?;
    nodes(&client, collaboration, organization).await?;
    people(&client, organization).await?;
    let federation = Federation::new(hq, "resources", 1, false);
    let user = stranger(hq, &replies)?;
    user.login(mlhub::vantage6::Login::password(&federation.user, PASSWORD)).await?;
    tasks(&user, &federation).await?;
    super::places::store(&user, hq, &federation).await?;
    super::places::node(&user, hq, &federation).await?;
    stored(&replies).await?;
    client.collaboration().delete(collaboration).delete_dependents(true).send().await?;
    client.organization().delete(organization).delete_dependents(true).send().await?;

    let answered: BTreeSet<_> = replies.answered().into_keys().collect();
    let missing: Vec<_> = ops::OPS.iter().map(|op| op.id).filter(|id| !answered.contains(id)).collect();
    assert!(missing.is_empty(), "never answered: {missing:?}");
    super::recorded::keep(&replies)?;
    Ok(())
}

/// A value into the store and out of it, at the hub that has one.
async fn stored(replies: &Replies) -> Checked {
    let hq = stores::with_store().ok_or("it is there as the other is")?;
    let federation = Federation::new(hq, "resources-stored", 1, false);
    let client = stranger(hq, replies)?;
    client.login(mlhub::vantage6::Login::password(&federation.user, PASSWORD)).await?;
    let task = client.create_task(super::results::echo(&federation, json!({"n": 1}))).await?;
    beside(federation.work(&federation.members, 1, json!({"task": task.id}))).await?;
    assert_eq!(client.results(task.id).await?.json::<Value>()?[0]["echo"], json!({"n": 1}));
    Ok(())
}

async fn organizations(client: &Client) -> Result<i64, Box<dyn std::error::Error>> {
    let body = types::OrganizationBody::builder().name("resources-one".to_owned()).country("NL".to_owned());
    let made = client.organization().create().body(body).send().await?;
    let change = types::OrganizationChange::builder().address1("Dam 1".to_owned());
    client.organization().update(made.id).body(change).send().await?;
    assert_eq!(client.organization().get(made.id).send().await?.address1.as_deref(), Some("Dam 1"));
    let found: Vec<_> = client.organization().list().country("NL").items().try_collect().await?;
    assert!(found.iter().any(|organization| organization.id == made.id));
    Ok(made.id)
}

async fn collaborations(client: &Client, organization: i64) -> Result<i64, Box<dyn std::error::Error>> {
    let own = client.organization().own().await?.id;
    let body =
        types::CollaborationBody::builder().name("resources-all".to_owned()).organization_ids([own]).encrypted(false);
    let made = client.collaboration().create().body(body).send().await?;
    let change = types::CollaborationChange::builder().name("resources-both".to_owned());
    client.collaboration().update(made.id).body(change).send().await?;
    let only = |id| types::OnlyId::builder().id(id);
    let all = client.collaboration().add_organization(made.id).body(only(organization)).send().await?;
    assert_eq!(all.len(), 2);
    let whole = client.collaboration().get(made.id).include(vec!["organizations".to_owned()]).send().await?;
    assert!(matches!(whole.organizations, Some(types::Organizations::Embedded(all)) if all.len() == 2));
    client.collaboration().list().include(vec!["organizations".to_owned()]).items().try_collect::<Vec<_>>().await?;
    let left = client.collaboration().remove_organization(made.id).body(only(organization)).send().await?;
    assert_eq!(left.len(), 1);
    client.collaboration().add_organization(made.id).body(only(organization)).send().await?;
    Ok(made.id)
}

async fn studies(client: &Client, collaboration: i64, organization: i64) -> Checked {
    let own = client.organization().own().await?.id;
    let body = types::StudyBody::builder().name("resources-study".to_owned());
    let body = body.collaboration_id(collaboration).organization_ids([own]);
    let made = client.study().create().body(body).send().await?;
    let change = types::StudyChange::builder().name("resources-trial".to_owned());
    client.study().update(made.id).body(change).send().await?;
    let only = || types::OnlyId::builder().id(organization);
    assert_eq!(client.study().add_organization(made.id).body(only()).send().await?.len(), 2);
    assert_eq!(client.study().remove_organization(made.id).body(only()).send().await?.len(), 1);
    client.study().get(made.id).include(vec!["organizations".to_owned()]).send().await?;
    assert_eq!(client.study().list().name("resources-trial").items().try_collect::<Vec<_>>().await?.len(), 1);
    client.study().delete(made.id).send().await?;
    Ok(())
}

async fn nodes(client: &Client, collaboration: i64, organization: i64) -> Checked {
    let body = types::NodeBody::builder().collaboration_id(collaboration).organization_id(organization);
    let made = client.node().create().body(body.name("resources-node".to_owned())).send().await?;
    assert!(
        made.api_key.is_some() && !format!("{made:?}").contains(made.api_key.as_ref().map_or("", |key| key.expose()))
    );
    let change = types::NodeChange::builder().name("resources-renamed".to_owned());
    client.node().update(made.id).body(change).send().await?;
    assert_eq!(client.node().get(made.id).send().await?.name, "resources-renamed");
    let found: Vec<_> = client.node().list().collaboration_id(collaboration).items().try_collect().await?;
    assert_eq!(found.len(), 1);
    let only = || types::OnlyId::builder().id(made.id);
    client.node().reset_api_key().body(only()).send().await?;
    client.collaboration().remove_node(collaboration).body(only()).send().await?;
    assert_eq!(client.collaboration().add_node(collaboration).body(only()).send().await?.len(), 1);
    failure(client.node().kill_tasks().body(only()).send().await)?;
    client.node().delete(made.id).send().await?;
    Ok(())
}

async fn people(client: &Client, organization: i64) -> Checked {
    let rules: Vec<_> = client.rule().list().name("task").operation("view").items().try_collect().await?;
    let rule = rules.first().ok_or("a rule")?.id;
    client.rule().get(rule).send().await?;
    let body = types::RoleBody::builder().name("resources-reader".to_owned()).description("reads".to_owned());
    let role = client.role().create().body(body.rules([rule]).organization_id(organization)).send().await?;
    client.role().update(role.id).body(types::RoleChange::builder().description("looks".to_owned())).send().await?;
    assert_eq!(client.role().get(role.id).send().await?.description.as_deref(), Some("looks"));
    assert_eq!(client.role().list().name("resources-reader").items().try_collect::<Vec<_>>().await?.len(), 1);
    let body =
        types::UserBody::builder().username("resources-alice".to_owned()).password(mlhub::Secret::new("Passw0rd!"));
    let user = client.user().create().body(body.organization_id(organization).roles(vec![role.id])).send().await?;
    let id = user.id.ok_or("an id")?;
    client.user().update(id).body(types::UserChange::builder().rules(vec![rule])).send().await?;
    client.user().get(id).send().await?;
    let may = client.user().get(id).include_permissions(true).send().await?.permissions;
    assert_eq!(may.and_then(|may| may.roles), Some(vec![role.id]));
    assert_eq!(client.user().list().username("resources-al%").items().try_collect::<Vec<_>>().await?.len(), 1);
    client.user().delete(id).send().await?;
    client.role().delete(role.id).send().await?;
    Ok(())
}

async fn tasks(client: &Client, federation: &Federation) -> Checked {
    let scope = types::SessionScope::Known(types::SessionScopeKnown::Collaboration);
    let body = types::SessionBody::builder().collaboration_id(signed(federation.collaboration)).scope(scope);
    let session = client.session().create().body(body).send().await?;
    client
        .session()
        .update(session.id)
        .body(types::SessionChange::builder().name("resources-renamed".to_owned()))
        .send()
        .await?;
    client.session().get(session.id).send().await?;
    assert!(!client.session().list().items().try_collect::<Vec<_>>().await?.is_empty());
    let frame = NewDataframe::new("db", "registry.test/average", "read_csv").arguments(json!({}));
    let frame = client.create_dataframe(session.id, frame).await?;
    client.dataframe().get(frame.id).send().await?;
    assert_eq!(client.session().dataframes(session.id).items().try_collect::<Vec<_>>().await?.len(), 1);
    let extraction = frame.last_session_task.as_ref().ok_or("a task")?.id;
    let columns = json!([{"name": "age", "dtype": "int64"}]);
    let how = json!({"task": extraction, "columns": columns, "dataframe": frame.id});
    beside(federation.work(&federation.members, 1, how)).await?;
    client.preprocess(frame.id, mlhub::vantage6::NewStep::new("registry.test/average", "step")).await?;

    let task = client.create_task(super::results::echo(federation, json!({}))).await?;
    client.task().status(task.id).send().await?;
    beside(federation.work(&federation.members, 1, json!({"task": task.id}))).await?;
    let both = || vec!["runs".to_owned(), "results".to_owned()];
    let whole = client.task().get(task.id).include(both()).send().await?;
    assert!(matches!(whole.results, Some(types::Results::Embedded(all)) if all.len() == 1));
    client
        .task()
        .list()
        .include(both())
        .job_id(task.job_id.unwrap_or_default())
        .items()
        .try_collect::<Vec<_>>()
        .await?;
    let runs: Vec<_> =
        client.run().list().task_id(task.id).include(vec!["task".to_owned()]).items().try_collect().await?;
    let run = runs.first().ok_or("a run")?.id;
    client.run().get(run).include(vec!["task".to_owned()]).send().await?;
    client.run().get(run).send().await?;
    client.result().get(run).send().await?;
    client.result().list().task_id(task.id).items().try_collect::<Vec<_>>().await?;

    let another = client.create_task(super::results::echo(federation, json!({}))).await?;
    client.kill_task(another.id).await?;
    client.task().delete(another.id).send().await?;
    client.dataframe().delete(frame.id).send().await?;
    // `false` would be true to HQ: it is not sent, and what hangs on the session stays.
    client.session().delete(session.id).delete_dependents(true).send().await?;
    Ok(())
}
