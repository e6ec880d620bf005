//! Client of the library at the hub: several trials at once, trials that fail, are kept, given back or brought along.

use mlhub::ErrorKind;
use mlhub::autotune::{ImportedTrial, NewExperiment, Trial, Variable};
use serde_json::json;

use crate::library::client;
use crate::support::Hub;

fn net() -> NewExperiment {
    NewExperiment::new("net")
        .variable("rate", Variable::cont(1e-4..=1.0).log())
        .variable("batch", Variable::int(16..=512).step(16).guess(64))
        .seed(3)
}

#[tokio::test]
async fn an_experiment_is_opened_once_under_its_name() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let (first, second) = futures::join!(tune.open_experiment(net()), tune.open_experiment(net()));
    let (first, second) = (first.expect("made"), second.expect("found"));
    assert_eq!(first.id, second.id);
    let other = tune.open_experiment(net().minimize()).await.expect_err("another direction");
    assert_eq!(other.kind(), ErrorKind::Conflict);
    assert!(other.to_string().contains("direction"), "{other}");
    tune.delete_experiment(first.id).await.expect("deleted");
    assert_eq!(tune.ask(first.id).await.expect_err("gone").kind(), ErrorKind::NotFound);
    assert_ne!(tune.open_experiment(net()).await.expect("another").id, first.id);
}

#[tokio::test]
async fn many_are_asked_for_together_and_no_more_than_the_total() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let exp = tune.open_experiment(net()).await.expect("made");
    let asked = tune.ask_many(exp.id, 3, Some(4)).await.expect("three");
    assert_eq!((asked.trials.len(), asked.told, asked.failed, asked.pending), (3, 0, 0, 3));
    assert_eq!(tune.ask_many(exp.id, 3, Some(4)).await.expect("one").trials.len(), 1);
    assert_eq!(tune.ask_many(exp.id, 3, Some(4)).await.expect("none").trials, []);
    tune.tell(&asked.trials[0], 1.0).await.expect("taken");
    tune.fail(&asked.trials[1], "out of memory").await.expect("taken");
    let asked = tune.ask_many(exp.id, 3, Some(4)).await.expect("none");
    assert_eq!((asked.trials.len(), asked.told, asked.failed, asked.pending), (0, 1, 1, 2));
}

#[tokio::test]
async fn a_trial_that_is_given_back_goes_to_the_next_who_asks() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let exp = tune.open_experiment(net()).await.expect("made");
    let first = tune.ask(exp.id).await.expect("a trial");
    tune.renew(&first).await.expect("kept");
    tune.release(&first).await.expect("given back");
    assert_eq!(tune.ask(exp.id).await.expect("again"), first);
    tune.fail(&first, "crashed").await.expect("taken");
    for refused in [tune.renew(&first).await, tune.release(&first).await, tune.tell(&first, 1.0).await] {
        assert_eq!(refused.expect_err("it has failed").kind(), ErrorKind::Conflict);
    }
}

#[tokio::test]
async fn a_trial_that_was_not_asked_for_has_no_lease() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let exp = tune.open_experiment(net()).await.expect("made");
    let own = Trial::unasked(exp.id, json!({"rate": 0.01, "batch": 32}).as_object().expect("an object").clone());
    assert_eq!(tune.fail(&own, "no").await.expect_err("unknown to the hub").kind(), ErrorKind::Request);
    tune.tell(&own, 0.5).await.expect("a value of one's own");
}

#[tokio::test]
async fn earlier_results_are_brought_along_whole_or_not_at_all() {
    let hub = Hub::start().await;
    let tune = client(&hub.url, "a@example.org").await;
    let exp = tune.open_experiment(net().minimize()).await.expect("made");
    let at = |rate: f64, batch: i64| json!({"rate": rate, "batch": batch}).as_object().expect("an object").clone();
    let wrong = vec![ImportedTrial::told(at(0.1, 32), 0.5), ImportedTrial::told(at(7.0, 32), 0.25)];
    let refused = tune.import(exp.id, wrong).await.expect_err("out of bounds");
    assert!(refused.to_string().contains("rate"), "{refused}");
    let past = vec![
        ImportedTrial::told(at(0.1, 32), 0.5),
        ImportedTrial::told(at(0.01, 32), 0.25),
        ImportedTrial::failed(at(1.0, 512), "diverged"),
    ];
    assert_eq!(tune.import(exp.id, past).await.expect("taken"), 3);
    let best = tune.best(exp.id).await.expect("the least");
    assert_eq!((best.value, best.params["rate"].as_f64()), (0.25, Some(0.01)));
}
