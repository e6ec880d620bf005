//! AutoTune's document.

use futures::FutureExt;
use mlhub::autotune::{Client, ops, schemas, types};
use mlhub::testing::Lab;
use serde_json::json;
use uuid::Uuid;

use super::{surface, wire};

const ID: Uuid = Uuid::from_u128(7);

fn client(lab: &Lab) -> Client {
    Client::builder("http://hub.test/base")
        .token("tok")
        .transport(lab.clone())
        .clock(lab.clock())
        .build()
        .expect("a plain address")
}

#[test]
fn its_surface() {
    insta::assert_snapshot!("autotune__surface", surface::listing(ops::OPS));
}

#[test]
fn its_types() {
    insta::assert_json_snapshot!("autotune__types", schemas());
}

/// A call whose result does not matter.
macro_rules! call {
    ($id:literal, |$c:ident| $call:expr) => {
        ($id, |$c| $call.send().map(|_| ()).boxed())
    };
}

#[tokio::test(start_paused = true)]
async fn its_requests() {
    let calls: &[wire::Call<Client>] = &[
        call!("auth_header_me", |c| c.auth().header_me()),
        call!("auth_login", |c| c.auth().login().body(credentials())),
        call!("auth_me", |c| c.auth().me()),
        call!("auth_token", |c| c.auth().token().body(credentials())),
        call!("experiment_all", |c| c.experiment().all()),
        call!("experiment_ask", |c| c.experiment().ask(ID)),
        call!("experiment_best", |c| c.experiment().best(ID)),
        call!("experiment_create", |c| c.experiment().create().body(experiment())),
        call!("experiment_get", |c| c.experiment().get(ID)),
        call!("experiment_history", |c| c.experiment().history(ID).limit(10u32).offset(20u32)),
        call!("experiment_list", |c| c.experiment().list().limit(10u32).offset(20u32)),
        call!("experiment_tell", |c| {
            let table = types::Tell::builder().covars_tell("[{\"v1\":2}]".to_owned());
            c.experiment().tell(ID).body(table.response_tell("[{\"Response\":0.5}]".to_owned()))
        }),
        call!("hub_info", |c| c.hub().info()),
        call!("trial_create", |c| c.trial().create(ID)),
        call!("trial_get", |c| c.trial().get(ID)),
        call!("trial_list", |c| c.trial().list(ID).state("pending").limit(10u32)),
        call!("trial_tell", |c| c.trial().tell(ID).body(types::TrialResult::builder().value(0.5))),
        call!("user_get", |c| c.user().get("1").uuid(ID)),
        call!("user_list", |c| c.user().list()),
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

fn experiment() -> types::NewExperiment {
    let covars = json!({"v1": {"vtype": "int", "guess": 2, "min": 0, "max": 5},
        "color": {"vtype": "cat", "guess": "red", "options": ["red", "green"]}});
    serde_json::from_value(json!({"name": "forest", "covars": covars})).expect("the documented shape")
}
