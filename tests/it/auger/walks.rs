//! Every list, walked to its end.

use futures::{FutureExt, TryStreamExt};
use mlhub::auger::{Client, ops::OPS};
use mlhub_auger_standin::AugerHub;
use serde_json::json;

use super::client;

/// A list, and how many items a walk through it gives.
type Walk = (&'static str, for<'a> fn(&'a Client) -> futures::future::BoxFuture<'a, Result<usize, mlhub::Error>>);

macro_rules! walk {
    ($id:literal, |$c:ident| $call:expr) => {
        ($id, |$c| $call.items().page_size(7).try_collect::<Vec<_>>().map(|all| all.map(|all| all.len())).boxed())
    };
}

const WALKS: &[Walk] = &[
    walk!("cluster_list", |c| c.cluster().list()),
    walk!("cluster_status_list", |c| c.cluster_status().list()),
    walk!("cluster_task_list", |c| c.cluster_task().list()),
    walk!("dataset_manifest_list", |c| c.dataset_manifest().list()),
    walk!("endpoint_list", |c| c.endpoint().list()),
    walk!("endpoint_prediction_list", |c| c.endpoint_prediction().list("e1")),
    walk!("experiment_list", |c| c.experiment().list()),
    walk!("experiment_session_list", |c| c.experiment_session().list()),
    walk!("hyperparameter_list", |c| c.hyperparameter().list()),
    walk!("instance_type_list", |c| c.instance_type().list()),
    walk!("organization_list", |c| c.organization().list()),
    walk!("pipeline_file_list", |c| c.pipeline_file().list()),
    walk!("pipeline_list", |c| c.pipeline().list()),
    walk!("pod_log_list", |c| c.pod_log().list()),
    walk!("prediction_group_list", |c| c.prediction_group().list()),
    walk!("prediction_list", |c| c.prediction().list()),
    walk!("project_file_list", |c| c.project_file().list()),
    walk!("project_list", |c| c.project().list()),
    walk!("review_alert_item_list", |c| c.review_alert_item().list()),
    walk!("review_alert_list", |c| c.review_alert().list()),
    walk!("trial_list", |c| c.trial().list()),
    walk!("trial_search_list", |c| c.trial_search().list()),
];

#[tokio::test(start_paused = true)]
async fn all_twenty_two_lists_can_be_walked() {
    let lists: Vec<_> = OPS.iter().filter(|op| op.paging.is_some()).map(|op| op.id).collect();
    assert_eq!(WALKS.iter().map(|(id, _)| *id).collect::<Vec<_>>(), lists);
    let standin = AugerHub::new();
    let hub = client(&standin);
    for (id, walk) in WALKS {
        let path = OPS.iter().find(|op| op.id == *id).expect("a list").path.trim_start_matches("/api/v1/");
        for _ in 0..40 {
            standin.add(path, json!({}));
        }
        let count = walk(&hub).await.unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!((41..=43).contains(&count), "{id}: {count} items");
    }
}
