//! vantage6's document, version 5.

use mlhub::testing::Lab;
use mlhub::vantage6::{Client, keycloak, ops, schemas, types};
use mlhub::{Secret, Timestamp};
use serde_json::json;

use super::surface;
use super::wire::{self, call};

fn client(lab: &Lab) -> Client {
    wire::over(Client::builder("http://hub.test/hq").token("tok"), lab)
}

fn provider(lab: &Lab) -> keycloak::Client {
    wire::over(keycloak::Client::builder("http://auth.test"), lab)
}

#[test]
fn its_surface() {
    insta::assert_snapshot!("vantage6-v5__surface", surface::listing(ops::OPS));
}

#[test]
fn its_types() {
    insta::assert_json_snapshot!("vantage6-v5__types", schemas());
}

#[test]
fn the_surface_of_the_identity_provider() {
    insta::assert_snapshot!("keycloak__surface", surface::listing(keycloak::ops::OPS));
    insta::assert_json_snapshot!("keycloak__types", keycloak::schemas());
}

#[tokio::test(start_paused = true)]
async fn its_requests() {
    let calls: &[wire::Call<Client>] = &[
        call!("blob_download", |c| c.blob().download("6ba7b810-9dad-11d1-80b4-00c04fd430c8")),
        call!("blob_status", |c| c.blob().status()),
        call!("blob_upload", |c| c.blob().upload().body("abc")),
        call!("collaboration_add_node", |c| c.collaboration().add_node(7).body(types::OnlyId::builder().id(7))),
        call!("collaboration_add_organization", |c| c
            .collaboration()
            .add_organization(7)
            .body(types::OnlyId::builder().id(7))),
        call!("collaboration_create", |c| c.collaboration().create().body(
            types::CollaborationBody::builder().name("fictional".to_owned()).organization_ids([1, 2]).encrypted(true)
        )),
        call!("collaboration_delete", |c| c.collaboration().delete(7).delete_dependents(true)),
        call!("collaboration_get", |c| c.collaboration().get(7).include(vec!["organizations".to_owned()])),
        call!("collaboration_list", |c| c
            .collaboration()
            .list()
            .name("a%")
            .encrypted(true)
            .organization_id(7i64)
            .algorithm_store_id(7i64)
            .include(vec!["organizations".to_owned()])
            .page(2u64)
            .per_page(10u64)),
        call!("collaboration_remove_node", |c| c.collaboration().remove_node(7).body(types::OnlyId::builder().id(7))),
        call!("collaboration_remove_organization", |c| c
            .collaboration()
            .remove_organization(7)
            .body(types::OnlyId::builder().id(7))),
        call!("collaboration_update", |c| c
            .collaboration()
            .update(7)
            .body(types::CollaborationChange::builder().name("fictional".to_owned()))),
        call!("dataframe_create", |c| c.dataframe().create(7).body(dataframe())),
        call!("dataframe_delete", |c| c.dataframe().delete(7)),
        call!("dataframe_get", |c| c.dataframe().get(7)),
        call!("dataframe_list", |c| c.dataframe().list(7).page(2u64).per_page(10u64)),
        call!("dataframe_preprocess", |c| c.dataframe().preprocess(7).body(preprocess())),
        call!("node_create", |c| c
            .node()
            .create()
            .body(types::NodeBody::builder().collaboration_id(1).organization_id(2))),
        call!("node_delete", |c| c.node().delete(7).delete_dependents(true)),
        call!("node_get", |c| c.node().get(7)),
        call!("node_kill_tasks", |c| c.node().kill_tasks().body(types::OnlyId::builder().id(7))),
        call!("node_list", |c| c
            .node()
            .list()
            .name("a%")
            .organization_id(7i64)
            .collaboration_id(7i64)
            .study_id(7i64)
            .session_id(7i64)
            .status("online")
            .last_seen_from(moment())
            .last_seen_till(moment())
            .page(2u64)
            .per_page(10u64)),
        call!("node_reset_api_key", |c| c.node().reset_api_key().body(types::OnlyId::builder().id(7))),
        call!("node_update", |c| c.node().update(7).body(types::NodeChange::builder().name("named".to_owned()))),
        call!("organization_create", |c| c
            .organization()
            .create()
            .body(types::OrganizationBody::builder().name("The_Shire".to_owned()).country("New Zealand".to_owned()))),
        call!("organization_delete", |c| c.organization().delete(7).delete_dependents(true)),
        call!("organization_get", |c| c.organization().get(7)),
        call!("organization_list", |c| c
            .organization()
            .list()
            .name("a%")
            .country("NL")
            .collaboration_id(7i64)
            .study_id(7i64)
            .ids(vec![1, 2])
            .page(2u64)
            .per_page(10u64)),
        call!("organization_update", |c| c
            .organization()
            .update(7)
            .body(types::OrganizationChange::builder().address1("501 Buckland Road".to_owned()))),
        call!("result_get", |c| c.result().get(7)),
        call!("result_list", |c| c
            .result()
            .list()
            .task_id(7i64)
            .organization_id(7i64)
            .collaboration_id(7i64)
            .node_id(7i64)
            .state("open")
            .assigned_from(moment())
            .assigned_till(moment())
            .started_from(moment())
            .started_till(moment())
            .finished_from(moment())
            .finished_till(moment())
            .page(2u64)
            .per_page(10u64)),
        call!("role_create", |c| c
            .role()
            .create()
            .body(types::RoleBody::builder().name("reader".to_owned()).rules([1, 2]))),
        call!("role_delete", |c| c.role().delete(7).delete_dependents(true)),
        call!("role_get", |c| c.role().get(7)),
        call!("role_list", |c| c
            .role()
            .list()
            .name("a%")
            .description("d")
            .organization_id(vec![1, 2])
            .collaboration_id(7i64)
            .rule_id(7i64)
            .user_id(7i64)
            .include_root(true)
            .page(2u64)
            .per_page(10u64)),
        call!("role_update", |c| c.role().update(7).body(types::RoleChange::builder().description("reads".to_owned()))),
        call!("rule_get", |c| c.rule().get(7)),
        call!("rule_list", |c| c
            .rule()
            .list()
            .name("a%")
            .operation("view")
            .scope("own")
            .role_id(7i64)
            .user_id(7i64)
            .current_user(true)
            .page(2u64)
            .per_page(10u64)),
        call!("run_get", |c| c.run().get(7).include(vec!["task".to_owned()])),
        call!("run_list", |c| c
            .run()
            .list()
            .task_id(7i64)
            .organization_id(7i64)
            .collaboration_id(7i64)
            .node_id(7i64)
            .state("open")
            .assigned_from(moment())
            .assigned_till(moment())
            .started_from(moment())
            .started_till(moment())
            .finished_from(moment())
            .finished_till(moment())
            .include(vec!["task".to_owned()])
            .page(2u64)
            .per_page(10u64)),
        call!("session_create", |c| c
            .session()
            .create()
            .body(types::SessionBody::builder().scope(scope()).collaboration_id(1).name("my_session".to_owned()))),
        call!("session_delete", |c| c.session().delete(7).delete_dependents(true)),
        call!("session_get", |c| c.session().get(7)),
        call!("session_list", |c| c
            .session()
            .list()
            .name("a%")
            .user_id(7i64)
            .collaboration_id(7i64)
            .scope("own")
            .page(2u64)
            .per_page(10u64)),
        call!("session_update", |c| c
            .session()
            .update(7)
            .body(types::SessionChange::builder().name("renamed".to_owned()))),
        call!("store_create", |c| c.store().create().body(
            types::StoreBody::builder().name("store".to_owned()).algorithm_store_url("https://store.test".to_owned())
        )),
        call!("store_delete", |c| c.store().delete(7)),
        call!("store_get", |c| c.store().get(7)),
        call!("store_list", |c| c
            .store()
            .list()
            .name("a%")
            .url("https://store.test")
            .collaboration_id(7i64)
            .page(2u64)
            .per_page(10u64)),
        call!("store_update", |c| c.store().update(7).body(types::StoreChange::builder().name("store".to_owned()))),
        call!("study_add_organization", |c| c.study().add_organization(7).body(types::OnlyId::builder().id(7))),
        call!("study_create", |c| c
            .study()
            .create()
            .body(types::StudyBody::builder().name("st".to_owned()).collaboration_id(1).organization_ids([1]))),
        call!("study_delete", |c| c.study().delete(7).delete_dependents(true)),
        call!("study_get", |c| c.study().get(7).include(vec!["organizations".to_owned()])),
        call!("study_list", |c| c
            .study()
            .list()
            .name("a%")
            .organization_id(7i64)
            .collaboration_id(7i64)
            .include(vec!["organizations".to_owned()])
            .page(2u64)
            .per_page(10u64)),
        call!("study_remove_organization", |c| c.study().remove_organization(7).body(types::OnlyId::builder().id(7))),
        call!("study_update", |c| c.study().update(7).body(types::StudyChange::builder().organization_ids(vec![1, 2]))),
        call!("task_create", |c| c.task().create().body(task())),
        call!("task_delete", |c| c.task().delete(7)),
        call!("task_get", |c| c.task().get(7).include(vec!["runs".to_owned(), "results".to_owned()])),
        call!("task_kill", |c| c.task().kill().body(types::OnlyId::builder().id(7))),
        call!("task_list", |c| c
            .task()
            .list()
            .name("a%")
            .image("img")
            .description("d")
            .init_org_id(7i64)
            .init_user_id(7i64)
            .collaboration_id(7i64)
            .study_id(7i64)
            .session_id(7i64)
            .dataframe_id(7i64)
            .store_id(7i64)
            .parent_id(7i64)
            .job_id(7i64)
            .run_id(7i64)
            .database("db")
            .is_user_created(false)
            .include(vec!["runs".to_owned(), "results".to_owned()])
            .page(2u64)
            .per_page(10u64)),
        call!("task_status", |c| c.task().status(7)),
        call!("user_create", |c| c.user().create().body(
            types::UserBody::builder().username("alice".to_owned()).password(Secret::new("Passw0rd!")).roles(vec![1])
        )),
        call!("user_delete", |c| c.user().delete(7).delete_dependents(true)),
        call!("user_get", |c| c.user().get(7).include_permissions(true)),
        call!("user_get_own_user", |c| c.user().get_own_user().include_permissions(true)),
        call!("user_list", |c| c
            .user()
            .list()
            .username("al%")
            .organization_id(7i64)
            .collaboration_id(7i64)
            .role_id(7i64)
            .rule_id(7i64)
            .last_seen_from(moment())
            .last_seen_till(moment())
            .page(2u64)
            .per_page(10u64)),
        call!("user_update", |c| c.user().update(7).body(types::UserChange::builder().rules(vec![1]))),
        call!("util_get_hq_health", |c| c.util().get_hq_health()),
        call!("util_get_hq_version", |c| c.util().get_hq_version()),
    ];
    wire::check("vantage6-v5", ops::OPS, calls, client).await;
}

#[tokio::test(start_paused = true)]
async fn the_requests_to_the_identity_provider() {
    let calls: &[wire::Call<keycloak::Client>] = &[
        call!("login_device", |c| {
            let form = keycloak::types::DeviceForm::builder().client_id("public".to_owned());
            c.login().device("a realm").body(form.scope("openid".to_owned()))
        }),
        call!("login_discover", |c| c.login().discover("a realm")),
        call!("login_token", |c| {
            let grant = keycloak::types::Grant::Known(keycloak::types::GrantKnown::ClientCredentials);
            let form = keycloak::types::TokenForm::builder().grant_type(grant).client_id("svc".to_owned());
            c.login().token("a realm").body(form.client_secret(Secret::new("p&ss")))
        }),
    ];
    wire::check("keycloak", keycloak::ops::OPS, calls, provider).await;
}

fn moment() -> Timestamp {
    serde_json::from_value(json!("2026-11-21T00:20:57.491946")).expect("a moment")
}

fn scope() -> types::SessionScope {
    serde_json::from_value(json!("collaboration")).expect("a word")
}

fn task() -> types::TaskBody {
    serde_json::from_value(json!({
        "name": "an-awesome-task", "image": "harbor2.vantage6.ai/demo/average", "method": "central_average",
        "action": "central_compute", "session_id": 1, "collaboration_id": 1,
        "organizations": [{"id": 2, "arguments": "e30="}],
        "databases": [[{"type": "dataframe", "dataframe_id": 3}]], "depends_on_ids": [4],
    }))
    .expect("the documented shape")
}

fn session_task() -> serde_json::Value {
    json!({"image": "img", "method": "read_csv", "organizations": [{"id": 2, "arguments": "e30="}]})
}

fn dataframe() -> types::DataframeBody {
    serde_json::from_value(json!({"label": "db", "name": "frame", "task": session_task()}))
        .expect("the documented shape")
}

fn preprocess() -> types::DataframePreprocess {
    serde_json::from_value(json!({"dataframe_id": 7, "task": session_task()})).expect("the documented shape")
}
