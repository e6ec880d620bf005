//! Auger's document.

use mlhub::auger::{Client, ops, schemas};
use mlhub::testing::Lab;
use serde_json::{Value, json};

use super::surface;
use super::wire::{self, call};

fn client(lab: &Lab) -> Client {
    let builder = Client::builder("http://hub.test/base").project_token("tok");
    wire::over(builder.optimizers_url("http://optimizers.test/deep"), lab)
}

#[test]
fn its_surface() {
    insta::assert_snapshot!("auger__surface", surface::listing(ops::OPS));
}

#[test]
fn its_types() {
    insta::assert_json_snapshot!("auger__types", schemas());
}

/// A parameter whose form the document leaves open.
fn free() -> Value {
    json!({"x": 1, "y": [0.5, null]})
}

/// A list of such values.
fn some() -> Vec<Value> {
    vec![free(), json!([1, "a"])]
}

#[tokio::test(start_paused = true)]
async fn its_requests() {
    let calls: &[wire::Call<Client>] = &[
        call!("actual_create", |c| c
            .actual()
            .create()
            .pipeline_id("1bf4")
            .actuals(some())
            .actual_column_names(["a", "b"])
            .actual_date_column("text")
            .actuals_path("text")
            .actuals_at("text")
            .experiment_params(free())),
        call!("actual_delete", |c| c
            .actual()
            .delete()
            .pipeline_id("1bf4")
            .from("text")
            .to("text")
            .with_predictions(true)),
        call!("cluster_create", |c| c
            .cluster()
            .create()
            .name("text")
            .organization_id(7)
            .project_id(7)
            .kubernetes_stack("text")
            .autoterminate_minutes(5i64)
            .docker_image_tag("text")
            .worker_type_id(7)
            .workers_count(5i64)
            .worker_nodes_count(5i64)
            .instance_type("text")
            .workers_per_node_count(5i64)),
        call!("cluster_delete", |c| c.cluster().delete(7)),
        call!("cluster_get", |c| c.cluster().get(7)),
        call!("cluster_list", |c| c.cluster().list().limit(5i64).offset(5i64).organization_id(7).project_id(7)),
        call!("cluster_status_list", |c| c.cluster_status().list().limit(5i64).offset(5i64).cluster_id("1bf4")),
        call!("cluster_task_create", |c| c
            .cluster_task()
            .create()
            .name("text")
            .project_id(7)
            .queue("text")
            .args(some())
            .args_encoded("text")),
        call!("cluster_task_get", |c| c.cluster_task().get(7)),
        call!("cluster_task_list", |c| c.cluster_task().list().limit(5i64).offset(5i64).project_id(7)),
        call!("cluster_task_update", |c| c.cluster_task().update(7).status("text").result(free()).traceback("text")),
        call!("dataset_manifest_create", |c| c
            .dataset_manifest()
            .create()
            .id("1bf4")
            .name("text")
            .statistics(free())
            .dataset_url("text")),
        call!("dataset_manifest_get", |c| c.dataset_manifest().get("1bf4")),
        call!("dataset_manifest_list", |c| c.dataset_manifest().list().limit(5i64).offset(5i64)),
        call!("dataset_manifest_update", |c| c
            .dataset_manifest()
            .update("1bf4")
            .name("text")
            .statistics(free())
            .dataset_url("text")),
        call!("endpoint_actual_create", |c| c
            .endpoint_actual()
            .create("1bf4")
            .actuals(some())
            .prediction_group_id("1bf4")),
        call!("endpoint_actual_delete", |c| c
            .endpoint_actual()
            .delete("1bf4")
            .from("text")
            .to("text")
            .with_predictions(true)
            .primary_only(true)),
        call!("endpoint_create", |c| c.endpoint().create().pipeline_id("1bf4").name("text")),
        call!("endpoint_delete", |c| c.endpoint().delete("1bf4")),
        call!("endpoint_get", |c| c.endpoint().get("1bf4")),
        call!("endpoint_list", |c| c.endpoint().list().limit(5i64).offset(5i64).project_id(7)),
        call!("endpoint_pipeline_create", |c| c
            .endpoint_pipeline()
            .create()
            .endpoint_id("1bf4")
            .pipeline_id("1bf4")
            .active(true)),
        call!("endpoint_pipeline_delete", |c| c.endpoint_pipeline().delete("1bf4")),
        call!("endpoint_pipeline_update", |c| c.endpoint_pipeline().update("1bf4").active(true)),
        call!("endpoint_prediction_create", |c| c
            .endpoint_prediction()
            .create("1bf4")
            .records(some())
            .features(["a", "b"])),
        call!("endpoint_prediction_get", |c| c.endpoint_prediction().get("1bf4", "1bf4")),
        call!("endpoint_prediction_list", |c| c.endpoint_prediction().list("1bf4").limit(5i64).offset(5i64)),
        call!("endpoint_roi_validation_create", |c| c.endpoint_roi_validation().create("1bf4").expressions(some())),
        call!("endpoint_update", |c| c
            .endpoint()
            .update("1bf4")
            .name("text")
            .review_metric("text")
            .roi_filter("text")
            .roi_investment("text")
            .roi_revenue("text")),
        call!("experiment_create", |c| c
            .experiment()
            .create()
            .id("1bf4")
            .dataset_manifest_id("1bf4")
            .name("text")
            .project_id(7)
            .data_path("text")),
        call!("experiment_delete", |c| c.experiment().delete("1bf4")),
        call!("experiment_get", |c| c.experiment().get("1bf4")),
        call!("experiment_list", |c| c.experiment().list().limit(5i64).offset(5i64).project_id(7).name("text")),
        call!("experiment_session_create", |c| c
            .experiment_session()
            .create()
            .id("1bf4")
            .experiment_id("1bf4")
            .dataset_manifest_id("1bf4")
            .status("text")
            .model_type("text")
            .model_settings(free())
            .message("text")
            .leaderbord(free())
            .dataset_statistics(free())),
        call!("experiment_session_get", |c| c.experiment_session().get("1bf4")),
        call!("experiment_session_list", |c| c
            .experiment_session()
            .list()
            .limit(5i64)
            .offset(5i64)
            .project_id(7)
            .experiment_id("1bf4")),
        call!("experiment_session_update", |c| c
            .experiment_session()
            .update("1bf4")
            .status("text")
            .model_settings(free())
            .message("text")),
        call!("experiment_update", |c| c.experiment().update("1bf4").name("text")),
        call!("hyperparameter_create", |c| c.hyperparameter().create().algorithm_name("text").algorithm_params(free())),
        call!("hyperparameter_get", |c| c.hyperparameter().get("1bf4")),
        call!("hyperparameter_list", |c| c.hyperparameter().list().limit(5i64).offset(5i64)),
        call!("instance_type_list", |c| c.instance_type().list().limit(5i64).offset(5i64)),
        call!("optimizer_fte", |c| c.optimizer().fte().alg_name("text").alg_params(free()).ncols(5i64).nrows(5i64)),
        call!("optimizer_next_trials", |c| c
            .optimizer()
            .next_trials()
            .optimizer_name("text")
            .optimizer_params(free())
            .search_space(free())
            .trials_history(some())
            .trial_workers_count(5i64)
            .optimizer_context(free())
            .tasks_run_parallel(true)),
        call!("optimizer_next_trials_v2", |c| c
            .optimizer()
            .next_trials_v2()
            .trials_total_count(5i64)
            .trials_limit(5i64)
            .search_space(free())
            .trials_history(some())
            .optimizer_context(free())),
        call!("organization_create", |c| c.organization().create().name("text")),
        call!("organization_delete", |c| c.organization().delete(7)),
        call!("organization_get", |c| c.organization().get(7)),
        call!("organization_list", |c| c.organization().list().limit(5i64).offset(5i64).name("text")),
        call!("organization_update", |c| c.organization().update(7).name("text").role_to_assume_arn("text")),
        call!("pipeline_create", |c| c
            .pipeline()
            .create()
            .trial_id("1bf4")
            .id("1bf4")
            .experiment_session_id("1bf4")
            .trial(free())
            .name("text")
            .is_review_model_enabled(true)
            .refit_data_path("text")
            .metadata(free())),
        call!("pipeline_file_create", |c| c.pipeline_file().create().trial_id("1bf4")),
        call!("pipeline_file_get", |c| c.pipeline_file().get("1bf4")),
        call!("pipeline_file_list", |c| c.pipeline_file().list().limit(5i64).offset(5i64)),
        call!("pipeline_get", |c| c.pipeline().get("1bf4").experiment_session_id("1bf4")),
        call!("pipeline_list", |c| c.pipeline().list().limit(5i64).offset(5i64).experiment_session_id("1bf4")),
        call!("pipeline_update", |c| c.pipeline().update("1bf4").status("text")),
        call!("pod_log_list", |c| c.pod_log().list().limit(5i64).offset(5i64).project_id(7)),
        call!("prediction_create", |c| c
            .prediction()
            .create()
            .pipeline_id("1bf4")
            .records(some())
            .features(["a", "b"])
            .threshold(0.5)
            .file_url("text")
            .predicted_at("text")
            .no_features_in_result(true)
            .score(true)
            .predict_labels(free())),
        call!("prediction_get", |c| c.prediction().get(7)),
        call!("prediction_group_create", |c| c
            .prediction_group()
            .create()
            .pipeline_id("1bf4")
            .records(some())
            .features(["a", "b"])),
        call!("prediction_group_get", |c| c.prediction_group().get("1bf4")),
        call!("prediction_group_list", |c| c.prediction_group().list().limit(5i64).offset(5i64)),
        call!("prediction_list", |c| c.prediction().list().limit(5i64).offset(5i64).pipeline_id("1bf4")),
        call!("project_create", |c| c.project().create().name("text").organization_id(7)),
        call!("project_delete", |c| c.project().delete(7)),
        call!("project_deploy", |c| c
            .project()
            .deploy(7)
            .worker_type_id(7)
            .workers_count(5i64)
            .kubernetes_stack("text")),
        call!("project_file_create", |c| c
            .project_file()
            .create()
            .name("text")
            .project_id(7)
            .file_name("text")
            .url("text")
            .description("text")),
        call!("project_file_delete", |c| c.project_file().delete(7)),
        call!("project_file_get", |c| c.project_file().get(7)),
        call!("project_file_list", |c| c.project_file().list().limit(5i64).offset(5i64).project_id(7).name("text")),
        call!("project_file_url_create", |c| c
            .project_file_url()
            .create()
            .project_id(7)
            .file_path("text")
            .file_size(5i64)
            .async_(true)),
        call!("project_file_url_get", |c| c.project_file_url().get().project_id(7).file_path("text")),
        call!("project_file_url_list", |c| c.project_file_url().list().project_id(7).file_path("text")),
        call!("project_get", |c| c.project().get(7)),
        call!("project_list", |c| c.project().list().limit(5i64).offset(5i64).organization_id(7).name("text")),
        call!("project_logs", |c| c.project().logs(7)),
        call!("project_undeploy", |c| c.project().undeploy(7)),
        call!("project_update", |c| c
            .project()
            .update(7)
            .name("text")
            .default_worker_nodes_count(5i64)
            .default_workers_per_node_count(5i64)
            .default_instance_type("text")
            .default_kubernetes_stack("text")
            .default_workers_count(5i64)
            .default_worker_type_id("1bf4")
            .cluster_autoterminate_minutes(5i64)),
        call!("review_alert_create", |c| c
            .review_alert()
            .create()
            .endpoint_id("1bf4")
            .kind("text")
            .threshold(0.5)
            .sensitivity(5)
            .actions("text")
            .notifications("text")
            .active(true)
            .threshold_policy("text")),
        call!("review_alert_delete", |c| c.review_alert().delete("1bf4")),
        call!("review_alert_get", |c| c.review_alert().get("1bf4")),
        call!("review_alert_item_get", |c| c.review_alert_item().get("1bf4")),
        call!("review_alert_item_list", |c| c.review_alert_item().list().limit(5i64).offset(5i64).endpoint_id("1bf4")),
        call!("review_alert_list", |c| c.review_alert().list().limit(5i64).offset(5i64).endpoint_id("1bf4")),
        call!("review_alert_update", |c| c
            .review_alert()
            .update("1bf4")
            .kind("text")
            .threshold(0.5)
            .sensitivity(5)
            .actions("text")
            .notifications("text")
            .active(true)
            .threshold_policy("text")),
        call!("similar_trials_request_create", |c| c
            .similar_trials_request()
            .create()
            .dataset_manifest_id("1bf4")
            .algorithm_name("text")
            .algorithm_params_hash("text")
            .limit(5i64)),
        call!("similar_trials_request_get", |c| c.similar_trials_request().get("1bf4")),
        call!("status_get", |c| c.status().get("Project", 7)),
        call!("token_create", |c| c.token().create().email("text").password("pass word")),
        call!("trial_create", |c| c.trial().create().id("1bf4").refit_data_path("text")),
        call!("trial_get", |c| c.trial().get("1bf4")),
        call!("trial_list", |c| c.trial().list().limit(5i64).offset(5i64).experiment_session_id("1bf4")),
        call!("trial_refit", |c| c.trial().refit().id("1bf4").refit_data_path("text")),
        call!("trial_search_create", |c| c
            .trial_search()
            .create()
            .trials_total_count(5i64)
            .search_space(free())
            .dataset_metafeatures(free())),
        call!("trial_search_get", |c| c.trial_search().get("1bf4")),
        call!("trial_search_list", |c| c.trial_search().list().limit(5i64).offset(5i64)),
        call!("trial_search_update", |c| c.trial_search().update("1bf4").trials_limit(5i64).trials_history(some())),
        call!("trial_update", |c| c
            .trial()
            .update("1bf4")
            .score_name("text")
            .score_value(0.5)
            .task_type("text")
            .raw_data(free())
            .algorithm_name("text")
            .algorithm_params(free())),
        call!("trial_update_many", |c| c.trial().update_many().experiment_session_id("1bf4").trials(some())),
        call!("warm_start_request_create", |c| c
            .warm_start_request()
            .create()
            .dataset_manifest_id("1bf4")
            .score_name("text")
            .limit(5i64)),
        call!("warm_start_request_get", |c| c.warm_start_request().get("1bf4")),
    ];
    wire::check("auger", ops::OPS, calls, client).await;
}
