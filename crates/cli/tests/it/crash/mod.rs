//! Crash tests of a hub: killed, out of disk, or copied while it works.

mod backup;
mod disk;
mod kill;
mod stop;
mod sync;

use serde_json::{Value, json};

use crate::client::{Call, Reply, call};
use crate::served_hub::Served;

/// Somebody with an account.
#[derive(Clone)]
struct User {
    url: String,
    token: String,
}

impl User {
    /// Signs up and logs in.
    async fn new(hub: &Served) -> User {
        let (email, password) = ("ann@example.org", "canary-Passw0rd-41d7");
        let signup = call(&hub.url, "POST", "/user/signup").json(&json!({"email": email, "password": password}));
        assert_eq!(signup.send().await.status, 201);
        let login = call(&hub.url, "POST", "/auth/token").form(&[("username", email), ("password", password)]);
        let token = login.send().await.json()["access_token"].as_str().unwrap().to_owned();
        User { url: hub.url.clone(), token }
    }

    /// The same account at a hub that was started anew.
    fn at(self, hub: &Served) -> User {
        User { url: hub.url.clone(), ..self }
    }

    fn call(&self, method: &str, path: &str) -> Call {
        call(&self.url, method, path).bearer(&self.token)
    }

    async fn get(&self, path: &str) -> Reply {
        self.call("GET", path).send().await
    }

    /// A new experiment with one variable; its identifier.
    async fn experiment(&self) -> String {
        let body = json!({"name": "crash", "covars": {"x": {"vtype": "cont", "guess": 0.5, "min": 0, "max": 1}}});
        let reply = self.call("POST", "/experiment/new").json(&body).send().await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()["exp_uuid"].as_str().unwrap().to_owned()
    }

    /// Every value told, the least first.
    async fn values(&self, experiment: &str) -> Vec<i64> {
        let page = self.get(&format!("/v1/experiments/{experiment}/history?limit=1000")).await.json();
        let items = page["items"].as_array().unwrap();
        assert_eq!(page["total"], items.len(), "the history fits on a page");
        sorted(items.iter().map(|told| told["value"].as_f64().unwrap() as i64))
    }
}

/// One value for an experiment, under a key of its own.
#[derive(Clone)]
struct Tell {
    path: String,
    key: String,
    body: Value,
    value: i64,
}

impl Tell {
    /// By the route of the original, for a point that nobody asked for.
    fn of_point(experiment: &str, value: i64) -> Tell {
        let covars = json!([{"x": 0.25}]).to_string();
        let body = json!({"covars_tell": covars, "response_tell": json!([{"Response": value}]).to_string()});
        Tell { path: format!("/experiment/tell/{experiment}"), key: format!("{experiment}-{value}"), body, value }
    }

    /// For a trial that was asked for.
    fn of_trial(trial: &str, value: i64) -> Tell {
        let (path, key) = (format!("/v1/trials/{trial}/tell"), format!("{trial}-{value}"));
        Tell { path, key, body: json!({"value": value}), value }
    }

    fn call(&self, user: &User) -> Call {
        user.call("POST", &self.path).header("Idempotency-Key", &self.key).json(&self.body)
    }

    /// Sends it: whether it was acknowledged. It has to be, unless no answer comes.
    async fn send(&self, user: &User) -> bool {
        let Some(reply) = self.call(user).try_send().await else { return false };
        assert!(matches!(reply.status, 200 | 202), "{reply:?}");
        true
    }
}

fn sorted(values: impl IntoIterator<Item = i64>) -> Vec<i64> {
    let mut values: Vec<i64> = values.into_iter().collect();
    values.sort_unstable();
    values
}
