//! Every method of the Python client 5.0.3, and what it is here: the calls of
//! `docs/vantage6/from-python.md` compile.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use mlhub::testing::Lab;
use mlhub::vantage6::{
    Client, Keycloak, Login, NewDataframe, NewSession, NewStep, NewTask, PrivateKey, groups, ops, types,
};
use mlhub::{Secret, Timestamp};
use serde_json::{Value, json};

use super::provider;
use crate::support::Checked;

/// Its public methods, as its own introspection names them. The groups `store` and `algorithm` speak to another service
/// with most of theirs, which is not a part of HQ; what HQ has of `store` is here.
const METHODS: &[(&str, &str)] = &[
    (
        "",
        "UserClient authenticate initialize_service_account authenticate_service_account obtain_new_token obtain_new_token_interactive \
         setup_encryption setup_collaboration wait_for_results wait_for_task_completion request \
         check_if_blob_store_enabled generate_path_to",
    ),
    ("util", "get_hq_version get_hq_health generate_private_key"),
    ("organization", "list get create update delete"),
    ("collaboration", "list get create update delete add_organization remove_organization"),
    ("study", "list get create update delete add_organization remove_organization"),
    ("node", "list get create update delete kill_tasks"),
    ("user", "list get get_own_user create update delete"),
    ("role", "list get create update delete"),
    ("rule", "list get"),
    ("task", "list get create delete kill"),
    ("run", "list get from_task"),
    ("result", "get from_task"),
    ("session", "list get create update delete dataframes tree task_tree"),
    ("dataframe", "list get create preprocess delete"),
    ("store", "list get set create update delete"),
];

async fn clients(secret: &str, refresh: Secret) -> Checked {
    let keycloak = Keycloak::new("https://auth.example.org").realm("vantage6").client("public_client");
    let c = Client::builder("https://hub.example.org/hq").keycloak(keycloak).build()?;
    c.login(Login::device(|prompt| eprintln!("{}", prompt.url))).await?;
    c.login(Login::service_account("my-username", secret)).await?;
    let _ = c.refresh(&refresh).await?;
    c.set_private_key(PrivateKey::from_pem_file("key.pem")?);
    let _ = c.setup_collaboration(1).await?;
    let _ = c.wait_for_results(7).await?;
    let _ = c.task().get(7).wait().await?;
    let _: Value = c.raw(http::Method::GET, "/task").query("name", "a%").send().await?;
    let _ = c.has_blob_store().await?;
    let _ = c.raw(http::Method::GET, "/task/7");
    let _: Vec<_> = c.organization().list().items().fields(["id", "name"]).try_collect().await?;
    let _ = c.util().get_hq_version();
    let _ = c.util().get_hq_health();
    let _ = c.util().generate_private_key("key.pem")?;
    Ok(())
}

async fn organizations(c: Client) -> Checked {
    let _ = c.organization().list().name("a%").country("NL").collaboration_id(1).study_id(2).items();
    let _ = c.organization().get(7);
    let _ = c.organization().own().await?;
    let body = types::OrganizationBody::builder().name("The_Shire".to_owned());
    let _ = c.organization().create().body(body);
    let change = types::OrganizationChange::builder().country("NL".to_owned());
    let _ = c.organization().update(7).body(change);
    let _ = c.organization().delete(7).delete_dependents(true);
    let own = c.identity().await?.organization_id;
    let _ = c.collaboration().list().name("a%").encrypted(true).organization_id(own).algorithm_store_id(3).items();
    let _ = c.collaboration().get(1);
    let body =
        types::CollaborationBody::builder().name("fictional".to_owned()).organization_ids([1, 2]).encrypted(true);
    let _ = c.collaboration().create().body(body);
    let change = types::CollaborationChange::builder().name("other".to_owned());
    let _ = c.collaboration().update(1).body(change);
    let _ = c.collaboration().delete(1).delete_dependents(true);
    let _ = c.collaboration().add_organization(1).body(types::OnlyId::builder().id(7));
    let _ = c.collaboration().remove_organization(1).body(types::OnlyId::builder().id(7));
    let _ = c.study().list().name("a%").organization_id(7).collaboration_id(1).include(["organizations".to_owned()]);
    let _ = c.study().get(2);
    let body = types::StudyBody::builder().name("st".to_owned()).organization_ids([1]).collaboration_id(1);
    let _ = c.study().create().body(body);
    let change = types::StudyChange::builder().organization_ids(vec![1, 2]);
    let _ = c.study().update(2).body(change);
    let _ = c.study().delete(2).delete_dependents(true);
    let _ = c.study().add_organization(2).body(types::OnlyId::builder().id(7));
    let _ = c.study().remove_organization(2).body(types::OnlyId::builder().id(7));
    Ok(())
}

async fn nodes(c: Client, from: Timestamp, till: Timestamp) -> Checked {
    let list = c.node().list().name("a%").organization_id(7).collaboration_id(1).study_id(2).status("online");
    let _ = list.last_seen_from(from.clone()).last_seen_till(till.clone()).items();
    let _ = c.node().get(4);
    let body = types::NodeBody::builder().collaboration_id(1).organization_id(7).name("n1".to_owned());
    let _ = c.node().create().body(body);
    let change = types::NodeChange::builder().name("n2".to_owned());
    let _ = c.node().update(4).body(change);
    let _ = c.node().delete(4);
    let _ = c.node().kill_tasks().body(types::OnlyId::builder().id(4));
    let list = c.user().list().username("al%").organization_id(7).role_id(1).rule_id(2);
    let _ = list.last_seen_from(from).last_seen_till(till).items();
    let _ = c.user().get(3);
    let _ = c.user().get_own_user().include_permissions(true);
    let body = types::UserBody::builder().username("alice".to_owned()).password(Secret::new("Passw0rd!"));
    let body = body.organization_id(7).roles(vec![1]).rules(vec![2]).is_service_account(false);
    let _ = c.user().create().body(body);
    let change = types::UserChange::builder().rules(vec![2]).roles(vec![1]);
    let _ = c.user().update(3).body(change);
    let _ = c.user().delete(3);
    let list = c.role().list().name("a%").description("d%").organization_id([7]).rule_id(2).user_id(3);
    let _ = list.include_root(true).items();
    let _ = c.role().get(1);
    let body = types::RoleBody::builder().name("reader".to_owned()).rules([1, 2]).organization_id(7);
    let _ = c.role().create().body(body);
    let change = types::RoleChange::builder().description("reads".to_owned());
    let _ = c.role().update(1).body(change);
    let _ = c.role().delete(1).delete_dependents(true);
    let _ = c.rule().list().name("a%").operation("view").scope("own").role_id(1).items();
    let _ = c.rule().get(2);
    Ok(())
}

async fn tasks(c: Client, from: Timestamp, till: Timestamp) -> Checked {
    let list = c.task().list().init_org_id(7).init_user_id(3).collaboration_id(1).study_id(2).store_id(5);
    let list = list.image("img%").parent_id(6).job_id(8).name("a%").description("d%").database("db").run_id(9);
    let list = list.is_user_created(true).session_id(1).dataframe_id(2).include(["results".to_owned()]);
    let _ = list.items();
    let _ = c.task().get(7);
    let _ = c.task().get_with_results(7).await?;
    let new = NewTask::new("img", "method").organizations([2, 3]).name("n").description("d").arguments(json!({}));
    let new = new.session(1).collaboration(1).study(2).store(5).dataframe(2).source("db").action("central_compute");
    let _ = c.create_task(new).await?;
    let _ = c.task().delete(7);
    let _ = c.kill_task(7).await?;
    let list = c.run().list().task_id(7).organization_id(7).state("open").node_id(4).include(["task".to_owned()]);
    let list = list.started_from(from.clone()).started_till(till.clone()).assigned_from(from.clone());
    let _ = list.assigned_till(till.clone()).finished_from(from).finished_till(till).items();
    let _ = c.run().get(9).include(["task".to_owned()]);
    let _ = c.run().from_task(7).items();
    let _ = c.read_result(9).await?;
    let _ = c.result().from_task(7).await?;
    Ok(())
}

async fn sessions(c: Client) -> Checked {
    let _ = c.session().list().name("a%").user_id(3).collaboration_id(1).scope("own").items();
    let _ = c.session().get(1);
    let new = NewSession::new("collaboration").name("my_session").collaboration(1).study(2);
    let _ = c.create_session(new).await?;
    let change = types::SessionChange::builder().name("renamed".to_owned());
    let _ = c.session().update(1).body(change);
    let _ = c.session().delete(1).delete_dependents(true);
    let _ = c.session().dataframes(1).items();
    let _ = c.session().tree(1).await?;
    let _ = c.session().task_tree(1).await?;
    let _ = c.dataframe().list(1).items();
    let _ = c.dataframe().get(2);
    let new = NewDataframe::new("db", "img", "read_csv").name("frame").arguments(json!({})).store(5);
    let _ = c.create_dataframe(1, new).await?;
    let _ = c.preprocess(2, NewStep::new("img", "method").arguments(json!({}))).await?;
    let _ = c.dataframe().delete(2);
    let _ = c.store().list().name("a%").url("https://store.example.org").collaboration_id(1).items();
    let _ = c.store().get(5);
    let _ = c.store().set(5).await?;
    let body = types::StoreBody::builder().name("s".to_owned()).algorithm_store_url("https://s.test".to_owned());
    let body = body.api_path("/api".to_owned()).collaboration_id(1);
    let _ = c.store().create().body(body);
    let change = types::StoreChange::builder().name("t".to_owned());
    let _ = c.store().update(5).body(change);
    let _ = c.store().delete(5);
    Ok(())
}

#[test]
fn each_call_compiles_and_sends_nothing_by_itself() -> Checked {
    let lab = Lab::new();
    let client = provider::builder(&lab).token("tok").build()?;
    let moment = || serde_json::from_value::<Timestamp>(json!("2026-11-21T00:20:57"));
    drop(clients("s", Secret::new("r")));
    drop(organizations(client.clone()));
    drop(nodes(client.clone(), moment()?, moment()?));
    drop(tasks(client.clone(), moment()?, moment()?));
    drop(sessions(client));
    assert!(lab.seen().is_empty());
    Ok(())
}

const PAGE: &str = include_str!("../../../docs/vantage6/from-python.md");

/// The rows of the tables: what Python has, and what is here.
fn rows() -> Vec<[String; 2]> {
    let rows = PAGE.lines().filter(|line| line.starts_with("| `")).map(|row| row.replace(r"\|", "\0"));
    rows.map(|row| {
        let mut cells = row.split('|').skip(1).map(|cell| cell.trim().replace('\0', "|"));
        [cells.next().unwrap_or_default(), cells.next().unwrap_or_default()]
    })
    .collect()
}

/// The pieces of code in a cell.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_method_has_a_row() {
    let listed: BTreeSet<String> = rows()
        .iter()
        .flat_map(|[python, _]| code(python))
        .map(|call| call.split('(').next().unwrap().to_owned())
        .collect();
    let methods = METHODS.iter().flat_map(|(group, names)| {
        names.split(' ').filter(|name| !name.is_empty()).map(move |name| match *group {
            "" => name.to_owned(),
            group => format!("{group}.{name}"),
        })
    });
    let methods: BTreeSet<String> = methods.collect();
    assert_eq!(methods.len(), 83);
    assert_eq!(methods.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "have no row");
    assert_eq!(listed.difference(&methods).collect::<Vec<_>>(), Vec::<&String>::new(), "are no methods");
}

#[test]
fn every_row_names_a_call_that_compiles_here() {
    let dense = |text: &str| text.split_whitespace().collect::<String>();
    let here = dense(include_str!("checklist.rs"));
    for [python, ours] in rows() {
        let calls = code(&ours);
        assert!(!calls.is_empty(), "{python} has an empty cell");
        for call in calls.into_iter().filter(|call| call.starts_with("c.") || call.contains("::")) {
            assert!(here.contains(&dense(call)), "{python}: {call} is not in this file");
        }
    }
}

/// A group of the document without a method of the table, and the reverse, would be a gap.
#[test]
fn the_groups_are_those_of_the_document() {
    let ours: BTreeSet<_> = ops::OPS.iter().map(|op| op.group).collect();
    let python: BTreeSet<_> = METHODS.iter().map(|(group, _)| *group).filter(|group| !group.is_empty()).collect();
    // The Python client has the store for large values behind its tasks and results.
    assert_eq!(ours.difference(&python).copied().collect::<Vec<_>>(), ["blob"]);
    assert!(python.is_subset(&ours), "{python:?}");
    let _: fn(&groups::Util<'_>) = |_| ();
}
