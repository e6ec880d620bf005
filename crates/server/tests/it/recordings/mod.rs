//! Recordings of the original AutoTune, played against the hub: what was good is answered with the same
//! status and shape; where the hub differs, `differences.rs` says how and why.

mod differences;
mod shape;
mod tokens;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use serde_json::Value;

use crate::support::client::Call;
use crate::support::{Hub, Reply, User, call};
use differences::DIFFERENCES;

/// How many exchanges there are. A recording that is cut short must not pass.
const EXCHANGES: usize = 136;

/// The exchanges, or `None` where they are not on this machine and nothing requires them.
fn recorded() -> Option<Vec<Value>> {
    let folder = std::env::var_os("MLHUB_RECORDINGS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/recordings"), PathBuf::from);
    let path = folder.join("autotune.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        let required =
            std::env::var("MLHUB_REQUIRE").is_ok_and(|names| names.split(',').any(|name| name == "recordings"));
        assert!(!required, "{} is required here", path.display());
        eprintln!("skipped: there are no recordings at {}; MLHUB_RECORDINGS names their folder", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// A hub in the state in which the original was: two accounts, and identifiers as they came up.
struct Stage {
    hub: Hub,
    owner: User,
    other: User,
    /// Recorded identifiers and ours.
    ids: HashMap<String, String>,
    used: BTreeSet<&'static str>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_recorded_exchange() {
    let Some(exchanges) = recorded() else { return };
    assert_eq!(exchanges.len(), EXCHANGES);
    let hub = Hub::start().await;
    let (owner, other) = (hub.user("test@test.com").await, hub.user("me@somewhere.com").await);
    let ids = HashMap::from([("8e55e890-bc9e-4d5f-aabd-64daf9dd843b".to_owned(), owner.uuid.clone())]);
    let mut stage = Stage { hub, owner, other, ids, used: BTreeSet::new() };
    for exchange in &exchanges {
        let name = exchange["name"].as_str().unwrap();
        if exchange.get("request").is_some() {
            stage.play(name, exchange).await;
        } else if exchange.get("calls").is_some() {
            stage.play_rounds(name, exchange).await;
        } else {
            stage.play_race(name).await;
        }
    }
    let unused: Vec<_> = DIFFERENCES.iter().map(|row| row.name).filter(|name| !stage.used.contains(name)).collect();
    assert!(unused.is_empty(), "differences that no exchange shows: {unused:?}");
}

impl Stage {
    /// One request; its answer has the recorded status and shape, or those of its difference.
    async fn play(&mut self, name: &str, exchange: &Value) {
        let request = &exchange["request"];
        let reply = self.call(name, request).send().await;
        self.learn(exchange, &reply);
        let recorded = u16::try_from(exchange["status"].as_u64().unwrap()).unwrap();
        let Some(difference) = DIFFERENCES.iter().find(|row| row.name == name) else {
            assert_eq!(reply.status, recorded, "{name}: {reply:?}");
            shape::same(name, &exchange["body"], &reply.json());
            let challenge = exchange["headers"].get("www-authenticate").and_then(Value::as_str);
            assert!(challenge.is_none() || reply.header("www-authenticate") == challenge, "{name}: {reply:?}");
            return;
        };
        self.used.insert(difference.name);
        assert_ne!(difference.why, "");
        assert_eq!(reply.status, difference.status, "{name}: {reply:?}");
        let says = if reply.status < 400 { reply.body.clone() } else { reply.detail() };
        assert!(says.contains(difference.says), "{name} does not say {:?} but {says}", difference.says);
    }

    /// The recorded request with identifiers and tokens of this hub.
    fn call(&self, name: &str, request: &Value) -> Call {
        let mut path = request["path"].as_str().unwrap().to_owned();
        for (theirs, ours) in &self.ids {
            path = path.replace(theirs, ours);
        }
        if let Some(query) = request["params"].as_object() {
            let pairs: Vec<_> = query.iter().map(|(key, value)| format!("{key}={}", value.as_str().unwrap())).collect();
            path = format!("{path}?{}", pairs.join("&").replace(['"', ' ', '{', '}', '[', ']'], "%20"));
        }
        let mut call = call(&self.hub.url, request["method"].as_str().unwrap(), &path);
        for (key, value) in request["headers"].as_object().unwrap() {
            match (key.as_str(), value.as_str().unwrap()) {
                ("Content-Type", _) => {}
                ("Authorization", "Bearer <token>") => call = call.bearer(&self.token(name)),
                (key, value) => call = call.header(key, value),
            }
        }
        match (&request["data"], &request["json"]) {
            (Value::Object(form), _) => {
                let fields: Vec<_> = form.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap())).collect();
                call.form(&fields)
            }
            (Value::String(text), _) => call.body("application/json", text.as_str()),
            (_, Value::Null) => call,
            (_, body) => call.json(body),
        }
    }

    /// The token of whoever made the recorded call; the recording hides it.
    fn token(&self, name: &str) -> String {
        match name {
            "headerme_expired" => tokens::expired(&self.owner),
            "headerme_refresh_type_token" | "me_refresh_type_token" => tokens::of_another_type(&self.owner),
            _ if name.contains("other_user") || name.starts_with("loop_") || name.starts_with("race_") => {
                self.other.token.clone()
            }
            _ => self.owner.token.clone(),
        }
    }

    /// Remembers which of our experiments stands for the recorded one.
    fn learn(&mut self, exchange: &Value, reply: &Reply) {
        let path = exchange["request"]["path"].as_str().unwrap();
        if path == "/experiment/new" && reply.status == 201 && exchange["status"] == 201 {
            let id = |body: &Value| body["exp_uuid"].as_str().unwrap().to_owned();
            self.ids.insert(id(&exchange["body"]), id(&reply.json()));
        }
    }

    /// Four rounds with one acquisition function, which the original did not always survive.
    async fn play_rounds(&mut self, name: &str, exchange: &Value) {
        let acq_func = name.strip_prefix("acq_").unwrap();
        let body = format!(
            r#"{{"covars": {{"a": {{"vtype": "cont", "guess": 1.0, "min": 0.0, "max": 2.0}}}},
                "model_type": "SingleTaskGP", "acq_func": "{acq_func}"}}"#
        );
        let made = self.owner.call("POST", "/experiment/new").body("application/json", body).send().await;
        if let Some(difference) = DIFFERENCES.iter().find(|row| row.name == name && row.status != 201) {
            self.used.insert(difference.name);
            assert_eq!(made.status, difference.status, "{name}: {made:?}");
            assert!(made.detail().contains(difference.says), "{name}: {made:?}");
            return;
        }
        let survived = !exchange["calls"].as_array().unwrap().iter().any(|call| call[1] == 500);
        if !survived {
            let better = DIFFERENCES.iter().find(|row| row.name == name);
            self.used.insert(better.unwrap_or_else(|| panic!("{name} is not accounted for")).name);
        }
        assert_eq!(made.status, 201, "{name}: {made:?}");
        let id = made.json()["exp_uuid"].as_str().unwrap().to_owned();
        for round in 0..4 {
            let ask = self.owner.get(&format!("/experiment/ask/{id}")).await;
            assert_eq!(ask.status, 200, "{name} in round {round}: {ask:?}");
            let point = ask.json()["covars_next_exp"].as_str().unwrap().to_owned();
            let a = serde_json::from_str::<Value>(&point).unwrap()[0]["a"].as_f64().unwrap();
            let response = format!("[{{\"Response\": {:?}}}]", -(a - 1.3).powi(2));
            let body = serde_json::json!({"covars_tell": point, "response_tell": response});
            let told = self.owner.post(&format!("/experiment/tell/{id}"), &body).await;
            assert_eq!(told.status, 202, "{name} in round {round}: {told:?}");
        }
    }

    /// Eight tells at once, of which two survived in the original, and one more.
    async fn play_race(&mut self, name: &str) {
        let id = &self.ids["621ed374-2dba-4625-ba43-664d066d1fa5"];
        let tell = |i: i32| {
            let body = crate::support::tell(i64::from(i % 6), "red", f64::from(i) + 0.5, f64::from(i) + 0.25);
            tokio::spawn(self.other.call("POST", &format!("/experiment/tell/{id}")).json(&body).send())
        };
        let difference = DIFFERENCES.iter().find(|row| row.name == name).expect("the race is accounted for");
        let told: Vec<_> = (0..if name == "race_after" { 1 } else { 8 }).map(tell).collect();
        let mut most = 0;
        for told in told {
            let told = told.await.unwrap();
            assert_eq!(told.status, difference.status, "{told:?}");
            most = most.max(told.json()["response_sampled_iter"].as_u64().unwrap());
        }
        assert_eq!(most.to_string(), difference.says, "{name}");
        self.used.insert(difference.name);
    }
}
