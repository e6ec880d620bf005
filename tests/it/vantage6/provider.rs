//! A hub and its identity provider, as far as a login needs them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mlhub::testing::{Lab, Reply, SeenRequest};
use mlhub::vantage6::{Client, Keycloak};
use mlhub::{Builder, Error};
use serde_json::json;

/// How long a token lives.
pub(super) const LIFE: Duration = Duration::from_secs(300);

/// A client of `http://hub.test/hq` whose logins are made at `http://auth.test`.
pub(super) fn client(lab: &Lab) -> Result<Client, Error> {
    builder(lab).keycloak(Keycloak::new("http://auth.test").realm("r1").client("c1")).build()
}

/// The same without an identity provider.
pub(super) fn builder(lab: &Lab) -> Builder<Client> {
    Client::builder("http://hub.test/hq").transport(lab.clone()).clock(lab.clock())
}

/// The fields of a form.
pub(super) fn form(seen: &SeenRequest) -> Vec<(String, String)> {
    let url = format!("http://form.test/?{}", String::from_utf8_lossy(&seen.body));
    let url = mlhub::__private::reqwest::Url::parse(&url).expect("a form");
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// A field of a form.
pub(super) fn field(seen: &SeenRequest, name: &str) -> Option<String> {
    form(seen).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Serves what a login needs: the hub says who each token belongs to, the
/// provider gives tokens `t1`, `t2`, .. with refresh tokens `r1`, `r2`, .. each
/// of which serves once. What `first` answers comes before that.
pub(super) fn serve(lab: &Lab, first: impl Fn(&SeenRequest) -> Option<Reply> + Send + Sync + 'static) {
    let given = Arc::new(AtomicUsize::new(0));
    lab.rule(move |seen| {
        if let Some(reply) = first(seen) {
            return Some(reply);
        }
        let reply = match (seen.host(), seen.path()) {
            ("hub.test", "/hq/version") => Reply::json(&json!({"version": "5.0.3"})),
            ("hub.test", "/hq/user/me") => {
                let organization = json!({"id": 2, "link": "/hq/organization/2", "methods": []});
                Reply::json(&json!({"id": 1, "username": "svc", "organization": organization}))
            }
            ("hub.test", "/hq/organization/2") => Reply::json(&json!({"id": 2, "name": "beta", "public_key": ""})),
            ("auth.test", "/realms/r1/.well-known/openid-configuration") => Reply::json(&json!({
                // A provider names its addresses as it knows itself, which may be by another name.
                "issuer": "http://inner:8080/realms/r1",
                "token_endpoint": "http://inner:8080/realms/r1/protocol/openid-connect/token",
                "device_authorization_endpoint": "http://inner:8080/realms/r1/protocol/openid-connect/auth/device",
            })),
            ("auth.test", "/realms/r1/protocol/openid-connect/auth/device") => Reply::json(&json!({
                "device_code": "dev-secret", "user_code": "ABCD-EFGH", "expires_in": 600, "interval": 5,
                "verification_uri": "http://auth.test/device",
                "verification_uri_complete": "http://auth.test/device?user_code=ABCD-EFGH",
            })),
            ("auth.test", "/realms/r1/protocol/openid-connect/token") => {
                let last = given.load(Ordering::Relaxed);
                let spent = field(seen, "refresh_token").is_some_and(|token| token != format!("r{last}"));
                if spent {
                    return Some(refusal("invalid_grant", "Token is not active"));
                }
                let number = given.fetch_add(1, Ordering::Relaxed) + 1;
                let mut tokens = json!({"access_token": format!("t{number}"), "expires_in": LIFE.as_secs(),
                    "token_type": "Bearer"});
                if field(seen, "grant_type").as_deref() != Some("client_credentials") {
                    tokens["refresh_token"] = json!(format!("r{number}"));
                }
                Reply::json(&tokens)
            }
            _ => return None,
        };
        Some(reply)
    });
}

/// The provider gives no token.
pub(super) fn refusal(error: &str, words: &str) -> Reply {
    Reply::status(400).with_json(&json!({"error": error, "error_description": words}))
}

/// The requests to that host with a path that ends so.
pub(super) fn requests(lab: &Lab, host: &str, path: &str) -> Vec<SeenRequest> {
    lab.seen().into_iter().filter(|seen| seen.host() == host && seen.path().ends_with(path)).collect()
}
