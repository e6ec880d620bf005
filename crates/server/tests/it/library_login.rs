//! Client of the library at the hub: logins that go on, and that end.

use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use mlhub::autotune::Client;
use mlhub::clock::{Clock, SystemClock};
use mlhub::{ErrorKind, Secret, Token};

use crate::library::client;
use crate::support::{Hub, TestClock, call};

/// The date of the hub; everything else is real.
#[derive(Debug)]
struct Dated(TestClock, SystemClock);

impl Clock for Dated {
    fn now(&self) -> Duration {
        self.1.now()
    }

    fn wall(&self) -> SystemTime {
        mlhub_server::Clock::now(&self.0).into()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.1.sleep(time)
    }

    fn random(&self) -> u64 {
        self.1.random()
    }
}

/// A client whose tokens end when the hub's clock says so.
fn beside(hub: &Hub) -> Client {
    let clock = Dated(hub.clock.clone(), SystemClock::new());
    Client::builder(&hub.url).clock(clock).build().expect("a plain address")
}

/// How many requests for `path` the hub has answered well.
async fn answered(hub: &Hub, path: &str) -> u64 {
    let metrics = call(&hub.url, "GET", "/metrics").send().await.body;
    let line = |line: &&str| {
        line.starts_with("mlhub_http_requests_total{") && line.contains(&format!("\"{path}\"")) && line.contains("\"20")
    };
    metrics
        .lines()
        .filter(line)
        .map(|line| line.rsplit(' ').next().expect("a number").parse::<u64>().expect("one"))
        .sum()
}

#[tokio::test]
async fn a_login_goes_on_by_itself_and_without_the_password() {
    let hub = Hub::start().await;
    client(&hub.url, "a@example.org").await;
    let tune = beside(&hub);
    tune.login("a@example.org", "CHANGEME").await.expect("a token");
    let experiments = || tune.experiment().list().send();
    for _ in 0..3 {
        hub.clock.forward(Duration::from_secs(3590));
        experiments().await.expect("renewed ahead of its end");
    }
    // One login, three renewals: all in one session.
    assert_eq!(answered(&hub, "/auth/token").await, 2, "one of each client");
    assert_eq!(answered(&hub, "/auth/refresh").await, 3);
}

#[tokio::test]
async fn a_refresh_token_serves_once_and_a_second_use_ends_the_login() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let first = tune.sign_in("a@example.org", &"CHANGEME".into()).await.expect("a token");
    let old = first.refresh().expect("it comes with one").clone();
    let second = tune.refresh(&old).await.expect("the next");
    assert_eq!(tune.refresh(&old).await.expect_err("used").kind(), ErrorKind::Unauthenticated);
    let newest: &Secret = second.refresh().expect("it comes with one");
    assert_eq!(tune.refresh(newest).await.expect_err("ended with it").kind(), ErrorKind::Unauthenticated);
    let with = |token: &Token| Client::builder(&hub.url).token(token.value().clone()).build().expect("a client");
    assert_eq!(with(&second).whoami().await.expect_err("ended").kind(), ErrorKind::Unauthenticated);
    tune.whoami().await.expect("another login is another matter");
}

#[tokio::test]
async fn a_login_whose_refresh_token_was_lost_goes_on_by_the_password() {
    let hub = Hub::start().await;
    client(&hub.url, "a@example.org").await;
    let tune = beside(&hub);
    tune.login("a@example.org", "CHANGEME").await.expect("a token");
    // Longer than a refresh token lives.
    hub.clock.forward(Duration::from_secs(40 * 24 * 3600));
    tune.whoami().await.expect("logged in anew");
}

#[tokio::test]
async fn after_a_logout_the_hub_takes_the_token_no_longer() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let token = tune.sign_in("a@example.org", &"CHANGEME".into()).await.expect("a token");
    let other = Client::builder(&hub.url).token(token.value().clone()).build().expect("a client");
    other.whoami().await.expect("logged in");
    let copy = Client::builder(&hub.url).token(token.value().clone()).build().expect("a client");
    other.logout().await.expect("ended");
    assert_eq!(copy.whoami().await.expect_err("ended for copies too").kind(), ErrorKind::Unauthenticated);
    assert_eq!(other.whoami().await.expect_err("forgotten").kind(), ErrorKind::Unauthenticated);
    other.logout().await.expect("once more does no harm");
    tune.whoami().await.expect("another login is another matter");
}
