//! AutoTune's document.

use mlhub::autotune::{Client, ops, schemas, types};
use mlhub::testing::Lab;
use serde_json::json;
use uuid::Uuid;

use super::surface;
use super::wire::{self, call};

const ID: Uuid = Uuid::from_u128(7);

fn client(lab: &Lab) -> Client {
    wire::over(Client::builder("http://hub.test/base").token("tok"), lab)
}

#[test]
fn its_surface() {
    insta::assert_snapshot!("autotune__surface", surface::listing(ops::OPS));
}

#[test]
fn its_types() {
    insta::assert_json_snapshot!("autotune__types", schemas());
}

#[tokio::test(start_paused = true)]
async fn its_requests() {
    let calls: &[wire::Call<Client>] = &[
        call!("auth_header_me", |c| c.auth().header_me()),
        call!("auth_login", |c| c.auth().login().body(credentials())),
        call!("auth_logout", |c| c
            .auth()
            .logout()
            .body(types::Logout::builder().refresh_token(mlhub::Secret::new("r")))),
        call!("auth_me", |c| c.auth().me()),
        call!("auth_refresh", |c| c.auth().refresh().body(types::Refresh::builder().refresh_token("r".to_owned()))),
        call!("auth_token", |c| c.auth().token().body(credentials())),
        call!("experiment_all", |c| c.experiment().all()),
        call!("experiment_ask", |c| c.experiment().ask(ID)),
        call!("experiment_best", |c| c.experiment().best(ID)),
        call!("experiment_create", |c| c.experiment().create().body(experiment())),
        call!("experiment_delete", |c| c.experiment().delete(ID)),
        call!("experiment_get", |c| c.experiment().get(ID)),
        call!("experiment_history", |c| c.experiment().history(ID).limit(10u32).offset(20u32)),
        call!("experiment_import", |c| c.experiment().import(ID).body(results())),
        call!("experiment_list", |c| c.experiment().list().name("a b").limit(10u32).offset(20u32)),
        call!("experiment_open", |c| c.experiment().open().body(study())),
        call!("experiment_tell", |c| {
            let table = types::Tell::builder().covars_tell("[{\"v1\":2}]".to_owned());
            c.experiment().tell(ID).body(table.response_tell("[{\"Response\":0.5}]".to_owned()))
        }),
        call!("hub_health", |c| c.hub().health()),
        call!("hub_info", |c| c.hub().info()),
        call!("trial_create", |c| c.trial().create(ID)),
        call!("trial_create_many", |c| {
            c.trial().create_many(ID).body(types::TrialOrder::builder().count(3u32).total(30u32))
        }),
        call!("trial_fail", |c| {
            c.trial().fail(ID).body(types::TrialFailure::builder().reason("out of memory".to_owned()))
        }),
        call!("trial_get", |c| c.trial().get(ID)),
        call!("trial_list", |c| c.trial().list(ID).state("pending").limit(10u32)),
        call!("trial_release", |c| c.trial().release(ID)),
        call!("trial_renew", |c| c.trial().renew(ID)),
        call!("trial_retry", |c| c.trial().retry(ID)),
        call!("trial_tell", |c| c.trial().tell(ID).body(types::TrialResult::builder().value(0.5))),
        call!("user_delete", |c| {
            c.user().delete().body(types::Password::builder().password("pass word".to_owned()))
        }),
        call!("user_get", |c| c.user().get("1").uuid(ID)),
        call!("user_list", |c| c.user().list()),
        call!("user_password", |c| {
            let change = types::NewPassword::builder().current_password("pass word".to_owned());
            c.user().password().body(change.new_password("another".to_owned()))
        }),
        call!("user_signup", |c| {
            let user = types::NewUser::builder().email("me@example.org".to_owned());
            c.user().signup().body(user.password("pass word".to_owned()))
        }),
    ];
    wire::check("autotune", ops::OPS, calls, client).await;
}

fn credentials() -> types::builder::Credentials {
    types::Credentials::builder().username("me@example.org".to_owned()).password("p&ss word".to_owned())
}

fn study() -> types::OpenExperiment {
    let covars = json!({"rate": {"vtype": "cont", "min": 0.001, "max": 1.0, "log": true}});
    serde_json::from_value(json!({"name": "net", "direction": "minimize", "covars": covars}))
        .expect("the documented shape")
}

fn results() -> types::Import {
    let trials = json!([{"params": {"v1": 2}, "value": 0.5}, {"params": {"v1": 3}, "failed": "out of memory"}]);
    serde_json::from_value(json!({"trials": trials})).expect("the documented shape")
}

fn experiment() -> types::NewExperiment {
    let covars = json!({"v1": {"vtype": "int", "guess": 2, "min": 0, "max": 5},
        "color": {"vtype": "cat", "guess": "red", "options": ["red", "green"]}});
    serde_json::from_value(json!({"name": "forest", "covars": covars})).expect("the documented shape")
}
