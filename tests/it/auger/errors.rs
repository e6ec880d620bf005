//! The five exceptions of the Python client, and what the Hub says about
//! single parameters.

use mlhub::auger::{Client, PythonError, param_errors};
use mlhub::testing::{Fault, Lab, Reply};
use mlhub::{Error, ErrorKind};
use mlhub_auger_standin::AugerHub;
use serde_json::json;

use super::{client, over};

async fn failed(lab: &Lab) -> Error {
    over(lab).project().get(1).send().await.expect_err("it fails")
}

/// What comes of a reply of that status.
async fn of_status(status: u16) -> Error {
    let lab = Lab::new();
    lab.rule(move |_| Some(Reply::status(status).with_json(&json!({"meta": {"status": status, "errors": []}}))));
    failed(&lab).await
}

#[tokio::test(start_paused = true)]
async fn invalid_params_tell_parameter_and_message() {
    let standin = AugerHub::new();
    let error = client(&standin).dataset_manifest().create().send().await.expect_err("the hub wants three");
    assert_eq!((PythonError::of(&error), error.kind()), (PythonError::InvalidParams, ErrorKind::Invalid));
    let told: Vec<_> = param_errors(&error).into_iter().map(|c| (c.error_param, c.message)).collect();
    let required = |name: &str| (Some(name.to_owned()), Some("is required".to_owned()));
    assert_eq!(told, [required("id"), required("name"), required("statistics")]);
    let line = error.to_string();
    assert!(line.contains("id is required; name is required; statistics is required"), "{line}");
}

#[tokio::test(start_paused = true)]
async fn each_failure_is_of_its_class() {
    for (status, class) in [
        (400, PythonError::InvalidParams),
        (401, PythonError::Fatal),
        (403, PythonError::Fatal),
        (404, PythonError::Fatal),
        (500, PythonError::Fatal),
        (429, PythonError::Retryable),
        (502, PythonError::Retryable),
        (503, PythonError::Retryable),
        (504, PythonError::Retryable),
    ] {
        assert_eq!(PythonError::of(&of_status(status).await), class, "{status}");
    }
    for fault in [Fault::Refuse, Fault::Reset, Fault::StallBeforeHeaders] {
        let lab = Lab::new();
        lab.fault(fault.clone());
        assert_eq!(PythonError::of(&failed(&lab).await), PythonError::Network, "{fault:?}");
    }
    let lab = Lab::new();
    let hub = Client::builder("http://hub.test").lab(&lab).build().expect("a plain address");
    let error = hub.endpoint_actual().create("").send().await.expect_err("no parent");
    assert_eq!(PythonError::of(&error), PythonError::MissingParam);
    let error = hub.optimizer().fte().send().await.expect_err("no optimizers service");
    assert_eq!(PythonError::of(&error), PythonError::MissingParam);
    assert!(error.to_string().contains("optimizers"), "{error}");
    assert!(lab.seen().is_empty(), "nothing was sent");
}

#[tokio::test(start_paused = true)]
async fn a_page_for_people_is_made_plain_text() {
    let lab = Lab::new();
    let page = "<html><head><title>Application error</title><style>h1 {color: red}</style></head>\
                <body><h1>Application error</h1><p>Please try again in a few moments.</p></body></html>";
    lab.rule(move |_| Some(Reply::status(500).with_pieces([page]).header("content-type", "text/html")));
    let error = failed(&lab).await;
    assert_eq!(error.message(), Some("Application error Please try again in a few moments."));
    assert!(param_errors(&error).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_state_that_forbids_it_is_told_in_the_hubs_words() {
    let standin = AugerHub::new();
    let hub = client(&standin);
    let search = hub.trial_search().create().trials_total_count(5).send().await.expect("made").data;
    let error = hub.trial_search().update(&search.id).trials_limit(3).send().await.expect_err("it is at work");
    let told = param_errors(&error);
    assert_eq!(told[0].error_param.as_deref(), Some("id"));
    assert!(told[0].to_string().starts_with("id trial search can be continued"), "{}", told[0]);
    hub.trial_search().get(&search.id).wait().await.expect("it ends");
    hub.trial_search().update(&search.id).trials_limit(3).send().await.expect("it goes on");
}
