//! The whole story against the original: no ids, no routes of ours, Python's
//! notation in its answers.

use std::sync::{Arc, Mutex};

use mlhub::ErrorKind;
use mlhub::autotune::{Client, NewExperiment, Protocol};
use mlhub::testing::{Lab, Reply};
use serde_json::{Value, json};

use super::standin::Original;

/// A lab that answers as the original, and its recordings.
fn original(recordings: &Value) -> Lab {
    let lab = Lab::new();
    let standin = Arc::new(Mutex::new(Original::new(recordings)));
    lab.rule(move |seen| {
        let body = std::str::from_utf8(&seen.body).expect("text");
        let mut standin = standin.lock().expect("no test panics while it holds this");
        let (status, body) = standin.answer(seen.method.as_str(), seen.path(), seen.header("authorization"), body);
        Some(Reply::status(u16::try_from(status).expect("a status")).with_json(&body))
    });
    lab
}

fn client(lab: &Lab) -> Client {
    Client::builder("http://autotune.test").transport(lab.clone()).clock(lab.clock()).build().expect("a plain address")
}

fn experiment() -> NewExperiment {
    NewExperiment::new("loop").description("d").int("v1", 0..=5, 2).cat("color", ["red", "green", "blue"], "red").cont(
        "weight",
        -3.0..=200.0,
        6.6,
    )
}

#[tokio::test(start_paused = true)]
async fn nine_rounds_end_with_the_best_of_all() {
    let Some(recordings) = crate::recordings::read("autotune.json") else { return };
    let lab = original(&recordings);
    let tune = client(&lab);
    tune.login("test@test.com", "CHANGEME").await.expect("a token");
    let made = tune.create_experiment(experiment()).await.expect("an experiment");
    let story = Original::new(&recordings);
    for round in 0..9 {
        let trial = tune.ask(made.id).await.expect("a point");
        assert_eq!(trial.id, None);
        let told = story.recorded(&format!("loop_tell_{round}"))["request"]["json"]["response_tell"].as_str();
        let value: Value = serde_json::from_str(told.expect("a table")).expect("JSON");
        tune.tell(&trial, value[0]["Response"].as_f64().expect("a number")).await.expect("taken");
    }
    let best = tune.clone().best(made.id).await.expect("a best, known to clones too");
    assert_eq!(best.value, -0.0267538403);
    assert_eq!(Value::Object(best.params), json!({"v1": 3, "color": "green", "weight": 44.8275885376}));
    assert_eq!(tune.protocol().await.expect("known"), Protocol::Original);
    assert_eq!(lab.seen().iter().filter(|s| s.path() == "/").count(), 1, "the server is looked at once");
}

#[tokio::test(start_paused = true)]
async fn before_a_tell_there_is_no_best_and_the_error_says_what_to_do() {
    let Some(recordings) = crate::recordings::read("autotune.json") else { return };
    let tune = client(&original(&recordings));
    tune.login("test@test.com", "CHANGEME").await.expect("a token");
    let made = tune.create_experiment(experiment()).await.expect("an experiment");
    let error = tune.best(made.id).await.expect_err("nothing was told");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("tell a trial"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_said_in_the_servers_words() {
    let Some(recordings) = crate::recordings::read("autotune.json") else { return };
    let error = client(&original(&recordings)).login("test@test.com", "x").await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(error.to_string().contains("Incorrect username or password"), "{error}");
    assert!(!format!("{error:?}").contains("password=x"), "{error:?}");
}

/// The original counts a repeated tell twice, so one whose fate is unknown is not repeated.
#[tokio::test(start_paused = true)]
async fn a_tell_of_unknown_fate_is_not_repeated() {
    let Some(recordings) = crate::recordings::read("autotune.json") else { return };
    let lab = Lab::new();
    let standin = Arc::new(Mutex::new(Original::new(&recordings)));
    lab.rule(move |seen| {
        if seen.path().starts_with("/experiment/tell") {
            return Some(Reply::reset());
        }
        let body = std::str::from_utf8(&seen.body).expect("text");
        let mut standin = standin.lock().expect("no test panics while it holds this");
        let (_, body) = standin.answer(seen.method.as_str(), seen.path(), seen.header("authorization"), body);
        Some(Reply::json(&body))
    });
    let tune = client(&lab);
    tune.login("test@test.com", "CHANGEME").await.expect("a token");
    let made = tune.create_experiment(experiment()).await.expect("an experiment");
    let trial = tune.ask(made.id).await.expect("a point");
    let error = tune.tell(&trial, 1.0).await.expect_err("the connection broke");
    assert!(error.may_have_been_applied(), "{error}");
    assert_eq!(lab.seen().iter().filter(|s| s.path().starts_with("/experiment/tell")).count(), 1);
}

/// A page of a proxy, while the server behind it starts, says nothing about the server.
#[tokio::test(start_paused = true)]
async fn an_odd_answer_is_no_sign_of_an_original() {
    let lab = Lab::new();
    lab.then(Reply::bytes("<html>starting</html>"))
        .then(Reply::status(404).with_pieces(["<html>not here</html>"]))
        .then(Reply::json(&json!({"name": "mlhub", "version": "1", "docs": "/docs", "openapi": "/o", "api": ["v1"]})));
    let tune = client(&lab);
    assert_eq!(tune.protocol().await.expect_err("a page").kind(), ErrorKind::Decode);
    assert_eq!(tune.protocol().await.expect_err("a page").kind(), ErrorKind::NotFound);
    assert_eq!(tune.protocol().await.expect("known now"), Protocol::V1);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_number_is_refused_before_it_is_sent() {
    let Some(recordings) = crate::recordings::read("autotune.json") else { return };
    let lab = original(&recordings);
    let tune = client(&lab);
    let trial = mlhub::autotune::Trial::unasked(uuid::Uuid::nil(), serde_json::Map::new());
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = tune.tell(&trial, value).await.expect_err("no finite number");
        assert_eq!(error.kind(), ErrorKind::Request);
    }
    assert!(lab.seen().is_empty());
}
