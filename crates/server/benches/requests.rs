//! Throughput: how many requests a hub answers in a second over loopback, each change of its file synced before it is acknowledged.
//!
//! `cargo bench -p mlhub-server --bench requests`. Absolute figures say as much of the disk as of the hub; the ratio of
//! eight clients to one says whether clients hold each other up.

#[path = "../tests/it/support/client.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod client;

use std::time::Instant;

use client::{Call, call};
use mlhub_server::{Server, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How many experiments each client asks and tells, and how many trials it tells: seconds of work.
const EXPERIMENTS: usize = 100;
const TELLS: usize = 400;

/// The initial points of two variables are the guess and one more; from the third on a model is fitted.
const WITHOUT_FIT: usize = 2;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        // In the working folder: where temporary files live in memory, a sync would cost nothing.
        let folder = TempDir::new_in(".").expect("a folder");
        let database = format!("sqlite://{}", folder.path().join("hub.db").display());
        let settings = Settings::new(([127, 0, 0, 1], 0).into(), database).with_development(true);
        let server = Server::bind(settings).await.expect("a hub");
        let user = User::new(server.url(), tokio::spawn(server.run(std::future::pending()))).await;
        compare("ask + tell without a fit", &user, experiments, ask_and_tell).await;
        compare("tell alone", &user, trials, tell_alone).await;
    });
}

#[derive(Clone)]
struct User {
    url: String,
    token: String,
}

impl User {
    async fn new<T>(url: String, _running: tokio::task::JoinHandle<T>) -> User {
        let body = json!({"email": "bench@example.org", "password": "correct horse"});
        call(&url, "POST", "/user/signup").json(&body).send().await;
        let form = [("username", "bench@example.org"), ("password", "correct horse")];
        let token = call(&url, "POST", "/auth/token").form(&form).send().await.json()["access_token"].clone();
        User { token: token.as_str().expect("a token").to_owned(), url }
    }

    fn call(&self, method: &str, path: &str) -> Call {
        call(&self.url, method, path).bearer(&self.token)
    }

    async fn done(&self, sent: Call) -> Value {
        let reply = sent.send().await;
        assert!(reply.status < 300, "{reply:?}");
        reply.json()
    }

    async fn experiment(&self) -> String {
        let variable = json!({"vtype": "cont", "guess": 0.5, "min": 0, "max": 1});
        let body = json!({"name": "bench", "open_trials": 1000, "covars": {"x": variable, "y": variable}});
        let made = self.done(self.call("POST", "/experiment/new").json(&body)).await;
        made["exp_uuid"].as_str().expect("an identifier").to_owned()
    }

    async fn ask(&self, experiment: &str) -> String {
        let trial = self.done(self.call("POST", &format!("/v1/experiments/{experiment}/trials"))).await;
        trial["id"].as_str().expect("an identifier").to_owned()
    }

    async fn tell(&self, trial: &str) {
        self.done(self.call("POST", &format!("/v1/trials/{trial}/tell")).json(&json!({"value": 0.5}))).await;
    }
}

async fn experiments(user: User) -> Vec<String> {
    let mut made = Vec::new();
    for _ in 0..EXPERIMENTS {
        made.push(user.experiment().await);
    }
    made
}

/// How many requests were answered.
async fn ask_and_tell(user: User, experiments: Vec<String>) -> usize {
    for experiment in &experiments {
        for _ in 0..WITHOUT_FIT {
            let trial = user.ask(experiment).await;
            user.tell(&trial).await;
        }
    }
    experiments.len() * WITHOUT_FIT * 2
}

async fn trials(user: User) -> Vec<String> {
    let mut made = Vec::new();
    while made.len() < TELLS {
        let experiment = user.experiment().await;
        for _ in 0..WITHOUT_FIT {
            made.push(user.ask(&experiment).await);
        }
    }
    made
}

async fn tell_alone(user: User, trials: Vec<String>) -> usize {
    for trial in &trials {
        user.tell(trial).await;
    }
    trials.len()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

/// Requests per second with one client and with eight, each with what was prepared for it.
async fn compare<P, R>(what: &str, user: &User, prepare: fn(User) -> P, load: fn(User, Vec<String>) -> R)
where
    P: Future<Output = Vec<String>>,
    R: Future<Output = usize> + Send + 'static,
{
    let mut rates = Vec::new();
    for clients in [1, 8] {
        let mut prepared = Vec::new();
        for _ in 0..clients {
            prepared.push(prepare(user.clone()).await);
        }
        let from = now();
        let running: Vec<_> = prepared.into_iter().map(|it| tokio::spawn(load(user.clone(), it))).collect();
        let mut requests = 0;
        for one in running {
            requests += one.await.expect("a client");
        }
        let rate = requests as f64 / from.elapsed().as_secs_f64();
        println!("{what}, {clients} clients: {rate:.0} requests/s");
        rates.push(rate);
    }
    println!("{what}, 8 clients to 1: {:.2}", rates[1] / rates[0]);
}
