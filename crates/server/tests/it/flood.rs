//! Floods: what one caller sends in bulk costs the others little, and is answered shortly.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mlhub_server::{Model, ModelError, ModelInput, Scalar};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::{Hub, User};

#[tokio::test]
async fn however_much_is_wrong_the_answer_is_short() {
    let hub = Hub::start().await;
    let ann = hub.user("ann@x.com").await;
    let options: Vec<String> = (0..1000).map(|number| format!("option {number}")).collect();
    let covars = json!({"c": {"vtype": "cat", "options": options}, "k": {"vtype": "int", "min": 0, "max": 9}});
    let experiment = ann.open("flood", &json!({ "covars": covars })).await;
    let path = format!("/v1/experiments/{experiment}/import");
    let rows = vec![json!({"params": {"c": "x"}}); 1000];
    let bad = vec![json!({"params": {"c": "x", "k": 77}, "value": 1}); 1000];
    let names: Value =
        (0..5000).map(|number| (format!("unknown {number}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
    for body in [
        json!({ "trials": rows }),
        json!({ "trials": bad }),
        json!({"trials": [{"params": names, "value": 1}]}),
        json!({"trials": [{"params": {"c": "a".repeat(500_000), "k": 1}, "value": 1}]}),
        json!({"trials": [{"params": {"a".repeat(500_000): 1}, "value": 1}]}),
    ] {
        let reply = ann.post(&path, &body).await;
        assert_eq!(reply.status, 422);
        assert!(reply.body.len() < 64 * 1024, "{} bytes for {}", reply.body.len(), body.to_string().len());
    }
    let reply = ann.post(&path, &json!({ "trials": bad })).await;
    let problems = reply.json()["detail"].as_array().unwrap().clone();
    assert_eq!(problems.len(), 51);
    assert_eq!(problems[50]["msg"], "1950 more problems are not listed");
    let text = format!("{{\"covars_tell\": \"{}\", \"response_tell\": \"[]\"}}", "1".repeat(500_000));
    let tell = ann.call("POST", &format!("/experiment/tell/{experiment}")).body("application/json", text).send().await;
    assert_eq!((tell.status, tell.body.len() < 64 * 1024), (422, true));
}

/// Fits until somebody cancels it, but for whoever asks for the direction `minimize`; says when one begins and ends.
#[derive(Debug)]
struct Endless {
    begun: UnboundedSender<()>,
    ended: UnboundedSender<()>,
    asked: AtomicUsize,
}

impl Model for Endless {
    fn suggest(&self, input: &ModelInput) -> Result<Vec<Scalar>, ModelError> {
        let number = i64::try_from(self.asked.fetch_add(1, Ordering::SeqCst)).unwrap();
        if input.space.len() == 2 {
            self.begun.send(()).unwrap();
            while !input.cancellation.is_cancelled() {
                std::thread::yield_now();
            }
            let _ = self.ended.send(());
            return Err(ModelError::Failed("cancelled".into()));
        }
        Ok(vec![Scalar::Int(number)])
    }
}

async fn asked_and_gone(hub: &Hub, user: &User, experiment: &str) -> TcpStream {
    let mut stream = TcpStream::connect(hub.url.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST /v1/experiments/{experiment}/trials HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 0\r\n\r\n",
        user.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn endless() -> (Hub, UnboundedReceiver<()>, UnboundedReceiver<()>) {
    let (begun_sender, begun) = unbounded_channel();
    let (ended_sender, ended) = unbounded_channel();
    let model = Endless { begun: begun_sender, ended: ended_sender, asked: AtomicUsize::new(0) };
    (Hub::start_with(|settings| settings.with_model(model).with_fits(1)).await, begun, ended)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_fit_that_nobody_waits_for_ends_and_those_that_wait_behind_it_never_begin() {
    let (hub, mut begun, mut ended) = endless().await;
    let (ann, bob) = (hub.user("ann@x.com").await, hub.user("bob@x.com").await);
    let mut gone = Vec::new();
    for number in 0..25 {
        let experiment = ann.open(&format!("flood {number}"), &json!({})).await;
        gone.push(asked_and_gone(&hub, &ann, &experiment).await);
    }
    begun.recv().await.unwrap();
    let covars = json!({"a": {"vtype": "int", "min": 0, "max": 9}});
    let experiment = bob.open("honest", &json!({ "covars": covars })).await;
    drop(gone);
    ended.recv().await.unwrap();
    assert_eq!(bob.call("POST", &format!("/v1/experiments/{experiment}/trials")).send().await.status, 201);
    while hub.figure("mlhub_fits_waiting").await != Some(0.0) || hub.figure("mlhub_fits_running").await != Some(0.0) {
        tokio::task::yield_now().await;
    }
    // What began meanwhile has ended as well, and nothing is left of the flood.
    let begun = std::iter::from_fn(|| begun.try_recv().ok()).count();
    assert!(begun < 24, "{begun} more fits began that nobody waited for");
}

/// Says whose turn it is by the number of variables.
#[derive(Debug)]
struct Turns {
    begun: UnboundedSender<usize>,
    release: Arc<std::sync::Mutex<std::sync::mpsc::Receiver<()>>>,
}

impl Model for Turns {
    fn suggest(&self, input: &ModelInput) -> Result<Vec<Scalar>, ModelError> {
        self.begun.send(input.space.len()).unwrap();
        let _ = self.release.lock().unwrap().recv();
        Ok(input.space.iter().map(|variable| variable.guess.clone()).collect())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_account_that_asks_often_waits_behind_one_that_asks_once() {
    let (begun_sender, mut begun) = unbounded_channel();
    let (release, released) = std::sync::mpsc::channel();
    let model = Turns { begun: begun_sender, release: Arc::new(std::sync::Mutex::new(released)) };
    let hub = Hub::start_with(|settings| settings.with_model(model).with_fits(1)).await;
    let (ann, bob) = (hub.user("ann@x.com").await, hub.user("bob@x.com").await);
    let covars = json!({"a": {"vtype": "int", "min": 0, "max": 9}});
    let honest = bob.open("honest", &json!({ "covars": covars })).await;
    let mut asks = Vec::new();
    for number in 0..10 {
        let experiment = ann.open(&format!("flood {number}"), &json!({})).await;
        asks.push(tokio::spawn(ann.call("POST", &format!("/v1/experiments/{experiment}/trials")).send()));
    }
    assert_eq!(begun.recv().await, Some(2));
    while hub.figure("mlhub_fits_waiting").await != Some(9.0) {
        tokio::task::yield_now().await;
    }
    asks.push(tokio::spawn(bob.call("POST", &format!("/v1/experiments/{honest}/trials")).send()));
    while hub.figure("mlhub_fits_waiting").await != Some(10.0) {
        tokio::task::yield_now().await;
    }
    let mut order = Vec::new();
    for _ in 0..3 {
        release.send(()).unwrap();
        order.push(begun.recv().await.unwrap());
    }
    assert!(order.contains(&1), "the one ask of another account is among the next three: {order:?}");
    drop(release);
    for ask in asks {
        assert_eq!(ask.await.unwrap().status, 201);
    }
}
