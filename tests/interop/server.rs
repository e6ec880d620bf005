//! What the harness promises of the server: it is the real one, it survives a
//! restart, and it refuses expired tokens in two ways.

use serde_json::{Value, json};

use crate::hq::{ADMIN, Hq, ORGANIZATIONS};
use crate::{hq, stand};

#[test]
fn it_is_the_pinned_version_and_has_many_organizations() {
    let Some(hq) = hq::shared() else { return };
    assert_eq!(hq.ask("GET", "/version", Value::Null), json!({"version": "5.0.3"}));
    let all = hq.ask("GET", "/organization?per_page=1000&country=many", Value::Null);
    assert_eq!(all["data"].as_array().map(Vec::len), Some(ORGANIZATIONS));
}

#[test]
fn a_restart_keeps_data_and_tokens_and_expired_tokens_are_refused_in_two_ways() {
    if !stand::is_there() {
        return;
    }
    let hq = Hq::start(1);
    let token = hq.token(ADMIN, ADMIN);
    let mut away = false;
    hq.restart(|| away = true);
    assert!(away);
    let kept = hq.reply(&token, "GET", "/organization?name=many-000", Value::Null);
    assert_eq!((&kept["status"], &kept["body"]["data"][0]["name"]), (&json!(200), &json!("many-000")));
    // HQ takes a token for ten seconds more than it lives.
    hq.identity("lifetime?azp=interop&seconds=-11&told=300");
    let expired = hq.token(ADMIN, ADMIN);
    let status = |path: &str| hq.reply(&expired, "GET", path, Value::Null)["status"].clone();
    assert_eq!((status("/user/me"), status("/organization")), (json!(401), json!(500)));
}
