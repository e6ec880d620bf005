//! Support: a hub on a free port for each test, accounts on it, and a clock that stands still until it is told to move.

pub(crate) mod client;
pub(crate) mod logs;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use mlhub_server::{Clock, Error, Server, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) use client::{Reply, call};

/// The key that every test hub signs with.
pub(crate) const KEY: &str = "a key for tests which is long enough to sign with";

/// Time that moves one microsecond at each reading, so that no two moments are the same, and as far as a test says.
#[derive(Debug, Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    fn new() -> Self {
        // 2026-11-21T00:00:00Z
        Self(Arc::new(AtomicI64::new(1_795_219_200_000_000)))
    }

    pub(crate) fn back(&self, by: Duration) {
        self.0.fetch_sub(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn forward(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.fetch_add(1, Ordering::SeqCst)).unwrap()
    }
}

/// A running hub.
pub(crate) struct Hub {
    pub(crate) url: String,
    pub(crate) clock: TestClock,
    folder: Arc<TempDir>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), Error>>,
}

/// Settings for a free port on loopback, with the database in `folder`.
pub(crate) fn settings(folder: &Path) -> Settings {
    let settings = Settings::new("127.0.0.1:0".parse().unwrap(), database(folder)).with_key(KEY);
    // Tests take the passwords that recordings have, and as many accounts as they like.
    settings.with_password_floor(0).with_signups_per_hour(u32::MAX)
}

/// The database in `folder`.
pub(crate) fn database(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("hub.db").display())
}

impl Hub {
    pub(crate) async fn start() -> Self {
        Self::start_with(|settings| settings).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(Settings) -> Settings) -> Self {
        Self::start_in(Arc::new(TempDir::new().unwrap()), TestClock::new(), change).await
    }

    /// Another hub on the same file.
    pub(crate) async fn replica(&self, change: impl FnOnce(Settings) -> Settings) -> Self {
        Self::start_in(self.folder.clone(), self.clock.clone(), change).await
    }

    /// A hub on the database in `folder`, with a clock of its own.
    pub(crate) async fn start_on(folder: Arc<TempDir>) -> Self {
        Self::start_in(folder, TestClock::new(), |settings| settings).await
    }

    /// A hub on the database in `folder`, which may be used already.
    pub(crate) async fn start_in(
        folder: Arc<TempDir>,
        clock: TestClock,
        change: impl FnOnce(Settings) -> Settings,
    ) -> Self {
        let settings = change(settings(folder.path()).with_clock(clock.clone()));
        let server = Server::bind(settings).await.unwrap();
        let url = server.url();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self { url, clock, folder, stop, running }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Tells it to stop as an operator does; what comes back ends when it has, and holds its folder until then.
    pub(crate) fn stop(self) -> JoinHandle<Arc<TempDir>> {
        self.stop.send(()).unwrap();
        tokio::spawn(async move {
            self.running.await.unwrap().unwrap();
            self.folder
        })
    }

    /// Stops it and starts it again on the same file.
    pub(crate) async fn restart(self) -> Self {
        let clock = self.clock.clone();
        let folder = self.stop().await.unwrap();
        Self::start_in(folder, clock, |settings| settings).await
    }

    /// Signs up and logs in.
    pub(crate) async fn user(&self, email: &str) -> User {
        let body = json!({"email": email, "password": "CHANGEME"});
        let reply = call(&self.url, "POST", "/user/signup").json(&body).send().await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let uuid = reply.json()["uuid"].as_str().unwrap().to_owned();
        User { url: self.url.clone(), token: self.log_in(email).await, uuid }
    }

    pub(crate) async fn log_in(&self, email: &str) -> String {
        text(&self.tokens(email).await, "access_token")
    }

    /// What a login gives.
    pub(crate) async fn tokens(&self, email: &str) -> Value {
        let reply = self.sign_in("/auth/token", email, "CHANGEME").await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()
    }

    /// The cookie of a login, as a browser sends it back.
    pub(crate) async fn cookie(&self, email: &str) -> String {
        let reply = self.sign_in("/auth/login", email, "CHANGEME").await;
        assert_eq!(reply.status, 200, "{reply:?}");
        cookie(&reply)
    }

    /// Tries to log in.
    pub(crate) async fn sign_in(&self, path: &str, email: &str, password: &str) -> Reply {
        call(&self.url, "POST", path).form(&[("username", email), ("password", password)]).send().await
    }

    /// The figure whose line begins so.
    pub(crate) async fn figure(&self, begins: &str) -> Option<f64> {
        let figures = call(&self.url, "GET", "/metrics").send().await.body;
        let line = figures.lines().find_map(|line| line.strip_prefix(begins)?.strip_prefix(' '))?;
        Some(line.parse().unwrap())
    }

    /// Asks who a token speaks for; gives the status.
    pub(crate) async fn me(&self, token: &str) -> u16 {
        call(&self.url, "GET", "/auth/me").bearer(token).send().await.status
    }
}

/// A text of a JSON object.
pub(crate) fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}")).to_owned()
}

/// The name and value of the cookie that a reply sets.
pub(crate) fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").expect("a cookie").split(';').next().unwrap().to_owned()
}

/// Somebody who is logged in.
#[derive(Clone)]
pub(crate) struct User {
    url: String,
    pub(crate) token: String,
    pub(crate) uuid: String,
}

impl User {
    /// Somebody who signed up before, logged in.
    pub(crate) async fn known(hub: &Hub, email: &str) -> Self {
        let user = Self { url: hub.url.clone(), token: hub.log_in(email).await, uuid: String::new() };
        let uuid = user.get("/auth/me").await.json()["uuid"].as_str().unwrap().to_owned();
        Self { uuid, ..user }
    }

    /// The same account, calling `hub`.
    pub(crate) fn at(self, hub: &Hub) -> Self {
        Self { url: hub.url.clone(), ..self }
    }

    /// The same account, logged in anew at `hub`.
    pub(crate) async fn logged_in_at(self, hub: &Hub, email: &str) -> Self {
        Self { token: hub.log_in(email).await, ..self.at(hub) }
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> client::Call {
        call(&self.url, method, path).bearer(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path).json(body).send().await
    }

    /// The experiment of the original's description; gives its identifier.
    pub(crate) async fn experiment(&self) -> String {
        self.experiment_of(COVARS).await
    }

    pub(crate) async fn experiment_of(&self, covars: &str) -> String {
        let body = format!("{{\"name\": \"forest\", \"seed\": 7, \"covars\": {covars}}}");
        let reply = self.call("POST", "/experiment/new").body("application/json", body).send().await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()["exp_uuid"].as_str().unwrap().to_owned()
    }

    /// Opens an experiment by its name with these settings beside two variables; gives its identifier.
    pub(crate) async fn open(&self, name: &str, settings: &Value) -> String {
        let mut body = json!({"name": name, "seed": 7, "covars": {
            "k": {"vtype": "int", "min": 0, "max": 9}, "x": {"vtype": "cont", "min": 0, "max": 1},
        }});
        body.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let reply = self.post("/v1/experiments", &body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// What the experiment shows of itself.
    pub(crate) async fn shown(&self, experiment: &str) -> Value {
        let reply = self.get(&format!("/v1/experiments/{experiment}")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    /// Asks for a trial; gives all of it.
    pub(crate) async fn given(&self, experiment: &str) -> Value {
        let reply = self.call("POST", &format!("/v1/experiments/{experiment}/trials")).send().await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()
    }

    /// What the trial shows of itself.
    pub(crate) async fn trial_shown(&self, trial: &str) -> Value {
        let reply = self.get(&format!("/v1/trials/{trial}")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    /// `renew`, `release` or anything else that is done to a trial without a body.
    pub(crate) async fn act(&self, trial: &str, what: &str) -> Reply {
        self.call("POST", &format!("/v1/trials/{trial}/{what}")).send().await
    }

    /// Tells a trial by its identifier.
    pub(crate) async fn tell_trial(&self, trial: &str, value: f64) -> Reply {
        self.post(&format!("/v1/trials/{trial}/tell"), &json!({"value": value})).await
    }

    /// Fails a trial.
    pub(crate) async fn fail(&self, trial: &str, reason: &str) -> Reply {
        self.post(&format!("/v1/trials/{trial}/fail"), &json!({"reason": reason})).await
    }

    /// Asks for several trials at once.
    pub(crate) async fn batch(&self, experiment: &str, order: &Value) -> Reply {
        self.post(&format!("/v1/experiments/{experiment}/trials/batch"), order).await
    }

    /// Tells by the original's route.
    pub(crate) async fn tell(&self, experiment: &str, v1: i64, color: &str, weight: f64, response: f64) -> Reply {
        self.post(&format!("/experiment/tell/{experiment}"), &tell(v1, color, weight, response)).await
    }

    /// Asks for a trial; gives its identifier.
    pub(crate) async fn trial(&self, experiment: &str) -> String {
        let reply = self.call("POST", &format!("/v1/experiments/{experiment}/trials")).send().await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()["id"].as_str().unwrap().to_owned()
    }
}

/// The variables of the original's description, as text: their order is part of what is sent.
pub(crate) const COVARS: &str = r#"{
    "v1": {"vtype": "int", "guess": 2, "min": 0, "max": 5},
    "color": {"vtype": "cat", "guess": "red", "options": ["red", "green", "blue"]},
    "weight": {"vtype": "cont", "guess": 6.6, "min": -3.0, "max": 200.0}
}"#;

/// The identifier of a trial or an experiment.
pub(crate) fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap_or_else(|| panic!("{of} has no identifier"))
}

/// All requests on the way at the same time.
pub(crate) async fn at_once(calls: impl IntoIterator<Item = client::Call>) -> Vec<Reply> {
    let sent: Vec<_> = calls.into_iter().map(|call| tokio::spawn(call.send())).collect();
    let mut replies = Vec::new();
    for reply in sent {
        replies.push(reply.await.unwrap());
    }
    replies
}

/// The body of a tell in the original's format.
pub(crate) fn tell(v1: i64, color: &str, weight: f64, response: f64) -> Value {
    json!({
        "covars_tell": json!([{"v1": v1, "color": color, "weight": weight}]).to_string(),
        "response_tell": json!([{"Response": response}]).to_string(),
    })
}
