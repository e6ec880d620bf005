//! Model fits: one that takes its time holds up nobody but the one who asked for it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread::{self, ThreadId};
use std::time::Duration;

use mlhub_server::{Model, ModelError, ModelInput, Scalar};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::{Hub, User, tell};

/// Says when it is asked, and answers when it is let.
#[derive(Debug)]
struct Held {
    entered: UnboundedSender<ThreadId>,
    release: Mutex<mpsc::Receiver<()>>,
    async_thread: ThreadId,
    running: AtomicUsize,
    most: Arc<AtomicUsize>,
    /// Up to how many points it answers without being let.
    quick: usize,
}

impl Model for Held {
    fn suggest(&self, input: &ModelInput) -> Result<Vec<Scalar>, ModelError> {
        let guesses = || input.space.iter().map(|variable| variable.guess.clone()).collect();
        if self.is_quick(input) {
            return Ok(guesses());
        }
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        let here = thread::current().id();
        self.entered.send(here).unwrap();
        // Waiting on the async thread would hang this test for ever; that it was used is reported instead.
        if here != self.async_thread {
            // Nobody left to release it is a release as well, so that a test that fails does end.
            let _ = self.release.lock().unwrap().recv();
        }
        self.running.fetch_sub(1, Ordering::SeqCst);
        Ok(guesses())
    }

    fn is_quick(&self, input: &ModelInput) -> bool {
        input.history.len() + input.pending.len() < self.quick
    }
}

/// A hub with such a model, and what holds it.
struct Holding {
    hub: Hub,
    entered: UnboundedReceiver<ThreadId>,
    release: mpsc::Sender<()>,
    most: Arc<AtomicUsize>,
}

async fn holding(fits: usize) -> Holding {
    holding_after(0, fits).await
}

/// The same, where the first points of an experiment are not held.
async fn holding_after(quick: usize, fits: usize) -> Holding {
    let (entered_sender, entered) = unbounded_channel();
    let (release, released) = mpsc::channel();
    let most = Arc::new(AtomicUsize::new(0));
    let model = Held {
        entered: entered_sender,
        release: Mutex::new(released),
        async_thread: thread::current().id(),
        running: AtomicUsize::new(0),
        most: most.clone(),
        quick,
    };
    let hub = Hub::start_with(|settings| settings.with_model(model).with_fits(fits)).await;
    Holding { hub, entered, release, most }
}

fn asked(user: &User, experiment: &str) -> tokio::task::JoinHandle<crate::support::Reply> {
    tokio::spawn(user.call("GET", &format!("/experiment/ask/{experiment}")).send())
}

// One thread for everything async: whoever blocks it blocks all requests.
#[tokio::test(flavor = "current_thread")]
async fn one_slow_fit_stalls_nobody_else() {
    let Holding { hub, mut entered, release, .. } = holding(1).await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let ask = asked(&ann, &experiment);
    assert_ne!(entered.recv().await.unwrap(), thread::current().id(), "the fit runs on the async thread");
    let told = ann.post(&format!("/experiment/tell/{experiment}"), &tell(3, "blue", 1.0, 0.5)).await;
    assert_eq!(told.status, 202, "a tell of the very experiment that is being fitted");
    assert_eq!(ann.get("/v1/experiments").await.status, 200);
    assert_eq!(hub.user("bob@x.com").await.get("/auth/me").await.status, 200);
    assert!(!ask.is_finished());
    release.send(()).unwrap();
    assert_eq!(ask.await.unwrap().status, 200);
}

/// While whoever is being fitted is held, requests come and go, and nobody else gets to the model.
async fn nobody_enters(entered: &mut UnboundedReceiver<ThreadId>, user: &User) {
    for _ in 0..10 {
        assert_eq!(user.get("/v1/experiments").await.status, 200);
    }
    assert!(entered.try_recv().is_err());
}

#[tokio::test(flavor = "current_thread")]
async fn no_more_fits_run_at_once_than_are_allowed() {
    let Holding { hub, mut entered, release, most } = holding(2).await;
    let ann = hub.user("ann@x.com").await;
    let mut asks = Vec::new();
    for _ in 0..6 {
        asks.push(asked(&ann, &ann.experiment().await));
    }
    entered.recv().await.unwrap();
    entered.recv().await.unwrap();
    nobody_enters(&mut entered, &ann).await;
    drop(release);
    for ask in asks {
        assert_eq!(ask.await.unwrap().status, 200);
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "current_thread")]
async fn asks_of_one_experiment_wait_for_each_other() {
    let Holding { hub, mut entered, release, most } = holding(4).await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.experiment().await;
    let path = format!("/v1/experiments/{experiment}/trials");
    let asks: Vec<_> = (0..3).map(|_| tokio::spawn(ann.call("POST", &path).send())).collect();
    entered.recv().await.unwrap();
    nobody_enters(&mut entered, &ann).await;
    drop(release);
    for ask in asks {
        assert_eq!(ask.await.unwrap().status, 201);
    }
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_needs_no_fit_waits_for_none() {
    let Holding { hub, mut entered, release, .. } = holding_after(1, 1).await;
    let ann = hub.user("ann@x.com").await;
    let experiment = ann.open("leased", &json!({"trial_lifetime": 60})).await;
    let lost = ann.given(&experiment).await;
    let path = format!("/v1/experiments/{experiment}/trials");
    let fitted = tokio::spawn(ann.call("POST", &path).send());
    entered.recv().await.unwrap();
    // The only fit there may be is running. Another experiment begins with its guesses all the same,
    assert_eq!(asked(&ann, &ann.experiment().await).await.unwrap().status, 200);
    // and so does whoever asks this very experiment when a trial has come back.
    hub.clock.forward(Duration::from_secs(60));
    assert_eq!(ann.given(&experiment).await["id"], lost["id"]);
    release.send(()).unwrap();
    assert_eq!(fitted.await.unwrap().status, 201);
}

#[tokio::test(flavor = "current_thread")]
async fn an_experiment_that_is_deleted_while_it_is_asked_is_not_found() {
    let Holding { hub, mut entered, release, .. } = holding(1).await;
    let ann = hub.user("ann@x.com").await;
    for (method, path) in [("POST", "/v1/experiments/ID/trials"), ("GET", "/experiment/ask/ID")] {
        let experiment = ann.experiment().await;
        let ask = tokio::spawn(ann.call(method, &path.replace("ID", &experiment)).send());
        entered.recv().await.unwrap();
        assert_eq!(ann.call("DELETE", &format!("/v1/experiments/{experiment}")).send().await.status, 200);
        release.send(()).unwrap();
        let reply = ask.await.unwrap();
        assert_eq!((reply.status, reply.detail().contains("deleted")), (404, true), "{reply:?}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_hub_that_is_told_to_stop_answers_what_it_has_begun() {
    let Holding { hub, mut entered, release, .. } = holding(1).await;
    let ann = hub.user("ann@x.com").await;
    let ask = asked(&ann, &ann.experiment().await);
    entered.recv().await.unwrap();
    let stopped = hub.stop();
    tokio::task::yield_now().await;
    assert!(!stopped.is_finished());
    release.send(()).unwrap();
    assert_eq!(ask.await.unwrap().status, 200);
    stopped.await.unwrap();
}

/// Answers its first two questions at the same moment, and each with the number of points that it knows of.
#[derive(Debug, Clone)]
struct Together {
    met: Arc<Barrier>,
    asked: Arc<AtomicUsize>,
    async_thread: ThreadId,
}

impl Model for Together {
    fn suggest(&self, input: &ModelInput) -> Result<Vec<Scalar>, ModelError> {
        // As above, waiting on the async thread would never end.
        if self.asked.fetch_add(1, Ordering::SeqCst) < 2 && thread::current().id() != self.async_thread {
            self.met.wait();
        }
        let known = input.history.len() + input.pending.len();
        Ok(vec![Scalar::Int(i64::try_from(known).unwrap())])
    }
}

#[tokio::test(flavor = "current_thread")]
async fn two_replicas_that_choose_the_same_point_at_the_same_moment_give_out_two() {
    let (met, asked) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let model = Together { met, asked, async_thread: thread::current().id() };
    let one = Hub::start_with(|settings| settings.with_model(model.clone())).await;
    let two = one.replica(|settings| settings.with_model(model.clone())).await;
    let ann = one.user("ann@x.com").await;
    let experiment = ann.experiment_of(r#"{"a": {"vtype": "int", "guess": 0, "min": 0, "max": 9}}"#).await;
    let ask = |user: User| {
        let call = user.call("POST", &format!("/v1/experiments/{experiment}/trials"));
        tokio::spawn(async move { call.send().await.json()["params"]["a"].as_i64().unwrap() })
    };
    let (first, second) = (ask(ann.clone()), ask(ann.clone().at(&two)));
    let mut points = [first.await.unwrap(), second.await.unwrap()];
    points.sort_unstable();
    assert_eq!(points, [0, 1]);
    assert_eq!(model.asked.load(Ordering::SeqCst), 3, "the one who came second chose again");
}

/// Fails in each of the ways in which a model can.
#[derive(Debug)]
struct Failing(fn() -> Result<Vec<Scalar>, ModelError>);

impl Model for Failing {
    fn suggest(&self, _input: &ModelInput) -> Result<Vec<Scalar>, ModelError> {
        (self.0)()
    }
}

#[tokio::test]
async fn a_model_that_fails_or_panics_is_a_500_with_a_detail_and_the_hub_goes_on() {
    for model in [Failing(|| Err(ModelError::Failed("no luck".into()))), Failing(|| panic!("out of luck"))] {
        let hub = Hub::start_with(|settings| settings.with_model(model)).await;
        let ann = hub.user("ann@x.com").await;
        let experiment = ann.experiment().await;
        let reply = ann.get(&format!("/experiment/ask/{experiment}")).await;
        assert_eq!((reply.status, reply.detail().contains("x-request-id")), (500, true));
        assert!(!reply.body.contains("luck"), "the cause is for the log");
        assert_eq!(ann.get(&format!("/v1/experiments/{experiment}")).await.status, 200);
    }
}
