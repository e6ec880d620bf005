//! Client of the library at the hub, over real sockets.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt};
use mlhub::autotune::{Client, Experiment, NewExperiment, Protocol};
use mlhub::{ErrorKind, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::Hub;

/// A client of somebody who has just signed up and logged in.
pub(crate) async fn client(url: &str, email: &str) -> Client {
    let client = Client::builder(url).build().expect("a plain address");
    client.signup(email, "CHANGEME").await.expect("an account");
    client.login(email, "CHANGEME").await.expect("a token");
    client
}

async fn forest(client: &Client) -> Experiment {
    let forest = NewExperiment::new("forest")
        .int("n_estimators", 10..=500, 100)
        .cont("min_samples_split", 0.0..=1.0, 0.3)
        .cat("criterion", ["gini", "entropy"], "gini")
        .seed(7);
    client.create_experiment(forest).await.expect("an experiment")
}

#[tokio::test]
async fn ask_tell_and_best() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let exp = forest(&tune).await;
    let first = tune.ask(exp.id).await.expect("a trial");
    assert_eq!(first.integer("n_estimators").expect("whole"), 100);
    assert_eq!(first.number("min_samples_split").expect("a number"), 0.3);
    assert_eq!(first.text("criterion").expect("a word"), "gini");
    assert_eq!(tune.best(exp.id).await.expect_err("nothing told").kind(), ErrorKind::NotFound);
    tune.tell(&first, 0.5).await.expect("taken");
    let second = tune.ask(exp.id).await.expect("a trial");
    assert_ne!(first.id, second.id);
    tune.tell(&second, 0.25).await.expect("taken");
    let best = tune.best(exp.id).await.expect("a best");
    assert_eq!((best.value, best.params, best.trial), (0.5, first.params, first.id));
    assert_eq!(tune.protocol().await.expect("known"), Protocol::V1);
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_at_once_get_eight_trials_and_eight_tells() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let exp = forest(&tune).await;
    let trials = try_join_all((0..8).map(|_| tune.ask(exp.id))).await.expect("eight trials");
    let distinct: BTreeSet<_> = trials.iter().map(|t| serde_json::Value::from(t.params.clone()).to_string()).collect();
    assert_eq!(distinct.len(), 8, "{distinct:?}");
    try_join_all(trials.iter().zip(1..).map(|(trial, i)| tune.tell(trial, f64::from(i)))).await.expect("eight tells");
    let history: Vec<_> = tune.experiment().history(exp.id).limit(3u32).items().try_collect().await.expect("all pages");
    assert_eq!(history.len(), 8);
    assert_eq!(tune.best(exp.id).await.expect("a best").value, 8.0);
}

#[tokio::test]
async fn lists_are_walked_to_their_end() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let exp = forest(&tune).await;
    let mut asked = Vec::new();
    for _ in 0..5 {
        asked.push(tune.ask(exp.id).await.expect("a trial").id.expect("an id"));
    }
    let pages = tune.trial().list(exp.id).pages().page_size(2);
    let sizes: Vec<_> = pages.map(|page| page.expect("a page").items.len()).collect().await;
    assert_eq!(sizes, [2, 2, 1]);
    let listed: Vec<_> = tune.trial().list(exp.id).items().map_ok(|t| t.id).try_collect().await.expect("all");
    assert_eq!(listed, asked);
}

/// The tell arrives and its answer is lost: sent again by itself, it counts once.
#[tokio::test(flavor = "multi_thread")]
async fn a_tell_whose_answer_is_lost_counts_once() {
    let hub = Hub::start().await;
    let direct = client(&hub.url, "a@example.org").await;
    let exp = forest(&direct).await;
    let (url, lost) = lossy(&hub.url).await;
    let tune = Client::builder(&url).build().expect("a plain address");
    tune.login("a@example.org", "CHANGEME").await.expect("a token");
    let trial = tune.ask(exp.id).await.expect("a trial");
    tune.tell(&trial, 0.5).await.expect("taken at the second attempt");
    assert!(lost.load(Ordering::SeqCst), "the first answer was lost");
    let told = direct.experiment().get(exp.id).send().await.expect("the experiment").told;
    assert_eq!(told, 1);
}

/// A way to the hub that breaks off the answer to the first tell. Gives its
/// address, and whether it has done so.
async fn lossy(hub: &str) -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let hub = hub.strip_prefix("http://").expect("plain").to_owned();
    let lost = Arc::new(AtomicBool::new(false));
    let shared = lost.clone();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = TcpStream::connect(&hub).await.expect("the hub listens");
            tokio::spawn(relay(near, far, shared.clone()));
        }
    });
    (url, lost)
}

async fn relay(mut near: TcpStream, mut far: TcpStream, lost: Arc<AtomicBool>) {
    let (mut asked, mut answered) = ([0; 8192], [0; 8192]);
    let mut telling = false;
    loop {
        tokio::select! {
            Ok(read) = near.read(&mut asked) => {
                telling |= String::from_utf8_lossy(&asked[..read]).contains("/tell HTTP");
                if read == 0 || far.write_all(&asked[..read]).await.is_err() {
                    return;
                }
            }
            Ok(read) = far.read(&mut answered) => {
                if telling && !lost.swap(true, Ordering::SeqCst) {
                    return;
                }
                if read == 0 || near.write_all(&answered[..read]).await.is_err() {
                    return;
                }
            }
            else => return,
        }
    }
}

#[tokio::test]
async fn a_client_whose_token_has_run_out_signs_in_again() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let exp = forest(&tune).await;
    hub.clock.forward(Duration::from_secs(2 * 3600));
    tune.ask(exp.id).await.expect("a trial, with a new token");
    let fixed = Client::builder(&hub.url).token("no token at all").build().expect("a plain address");
    let error = fixed.with(Options::no_retry).ask(exp.id).await.expect_err("refused");
    assert!(matches!(error.kind(), ErrorKind::Unauthenticated | ErrorKind::Forbidden), "{error}");
}

#[tokio::test]
async fn nobody_sees_what_is_anothers() {
    let hub = Hub::start().await;
    let (mine, other) = (client(&hub.url, "a@example.org").await, client(&hub.url, "b@example.org").await);
    let exp = forest(&mine).await;
    let trial = mine.ask(exp.id).await.expect("a trial");
    for error in [
        other.ask(exp.id).await.expect_err("not theirs"),
        other.best(exp.id).await.expect_err("not theirs"),
        other.tell(&trial, 1.0).await.expect_err("not theirs"),
    ] {
        assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden), "{error}");
    }
    assert_eq!(other.experiment().list().items().count().await, 0);
    assert_eq!(other.whoami().await.expect("an account").username, "b@example.org");
}
