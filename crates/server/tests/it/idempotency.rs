//! Repeated requests: the same one with the same key has its effect once and the same reply each time.

use serde_json::json;

use crate::support::{Hub, tell};

#[tokio::test]
async fn a_tell_by_the_originals_route() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let path = format!("/experiment/tell/{}", ann.experiment().await);
    let send = |body, key| ann.call("POST", &path).header("Idempotency-Key", key).json(&body).send();
    let first = send(tell(2, "red", 6.6, 1.5), "k1").await;
    assert_eq!(first.status, 202, "{first:?}");
    assert_eq!(send(tell(3, "red", 6.6, 0.5), "k2").await.json()["covars_sampled_iter"], 2);
    let again = send(tell(2, "red", 6.6, 1.5), "k1").await;
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    let other = send(tell(2, "red", 6.6, 1.6), "k1").await;
    assert_eq!(other.status, 422);
    assert!(other.detail().contains("was used for another request"));
    assert_eq!(ann.post(&path, &tell(2, "red", 6.6, 1.5)).await.json()["covars_sampled_iter"], 3);
}

#[tokio::test]
async fn a_tell_by_trial() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/v1/trials/{}/tell", ann.trial(&experiment).await);
    let send = |value: f64, key| ann.call("POST", &path).header("Idempotency-Key", key).json(&json!({"value": value}));
    let first = send(0.93, "k1").send().await;
    assert_eq!((first.status, &first.json()["state"]), (200, &json!("told")));
    let again = send(0.93, "k1").send().await;
    assert_eq!((again.status, again.json()), (200, first.json()));
    assert_eq!(send(0.94, "k1").send().await.status, 422);
    assert_eq!(send(0.93, "k2").send().await.status, 409);
    let bare = ann.post(&path, &json!({"value": 0.93})).await;
    assert_eq!(bare.status, 409);
    assert!(bare.detail().contains("Idempotency-Key"));
    let history = ann.get(&format!("/v1/experiments/{experiment}/history")).await.json();
    assert_eq!(history["total"], 1);
}

#[tokio::test]
async fn a_new_trial() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/v1/experiments/{experiment}/trials");
    let send = || ann.call("POST", &path).header("Idempotency-Key", "k1").send();
    let first = send().await;
    assert_eq!(first.status, 201, "{first:?}");
    let told = format!("/v1/trials/{}/tell", first.json()["id"].as_str().unwrap());
    assert_eq!(ann.post(&told, &json!({"value": 1})).await.status, 200);
    let again = send().await;
    assert_eq!((again.status, again.json()), (201, first.json()), "the answer is the one that was given then");
    assert_eq!(ann.get(&path).await.json()["total"], 1);
    let other = ann.experiment().await;
    let other = ann.call("POST", &format!("/v1/experiments/{other}/trials")).header("Idempotency-Key", "k1");
    assert_eq!(other.send().await.status, 422);
}

#[tokio::test]
async fn keys_of_two_accounts_have_nothing_to_do_with_each_other() {
    let hub = Hub::start().await;
    for email in ["ann@x.com", "bob@x.com"] {
        let user = hub.user(email).await;
        let path = format!("/experiment/tell/{}", user.experiment().await);
        let told = user.call("POST", &path).header("Idempotency-Key", "k1").json(&tell(2, "red", 6.6, 1.5));
        assert_eq!(told.send().await.status, 202);
    }
}
