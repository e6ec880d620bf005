//! For each operation, the typed call of what a recorded request says.

use futures::FutureExt;
use futures::future::BoxFuture;
use mlhub::loudml::{Client, types};
use mlhub::{Error, Op};

use super::exchange::{Exchange, Untyped, truth};

/// A call made of a recorded request: what it sends is compared with that request.
pub(super) type Call = fn(&Client, &Exchange) -> Result<BoxFuture<'static, Result<(), Error>>, Untyped>;

/// Sets what the request says, then what no setter takes.
macro_rules! call {
    ($call:expr, $said:expr $(, $name:ident $kind:ident)*) => {{
        let mut call = $call;
        $(if let Some(value) = $said.$kind(stringify!($name).trim_end_matches('_'))? {
            call = call.$name(value);
        })*
        for (name, value) in $said.rest() {
            call = call.extra(name, value);
        }
        let call = call.into_owned();
        Ok(async move { call.send().await.map(drop) }.boxed())
    }};
}

macro_rules! list {
    ($call:expr, $said:expr) => {
        call!($call, $said, page int, per_page int, sort text, fields list, include_fields yes)
    };
}

macro_rules! get {
    ($call:expr, $said:expr) => {
        call!($call, $said, fields list, include_fields yes)
    };
}

/// All of them, by operation.
pub(super) const CALLS: &[(&str, Call)] = &[
    ("buckets_clear", |c, r| call!(c.buckets().clear(r.part(1)), r)),
    ("buckets_create", |c, r| call!(c.buckets().create().body(r.body::<types::NewBucket>()?), r)),
    ("buckets_delete", |c, r| call!(c.buckets().delete(r.names(1)), r)),
    ("buckets_exists", |c, r| call!(c.buckets().exists(r.names(1)), r)),
    ("buckets_get", |c, r| get!(c.buckets().get(r.names(1)), r)),
    ("buckets_list", |c, r| list!(c.buckets().list(), r)),
    (
        "buckets_read",
        |c, r| call!(c.buckets().read(r.part(1)), r, from text, to text, bucket_interval text, features list),
    ),
    ("buckets_update", |c, r| call!(c.buckets().update(r.names(1)).body(r.body::<serde_json::Value>()?), r)),
    (
        "buckets_write",
        |c, r| call!(c.buckets().write(r.part(1)).body(r.body::<Vec<types::Point>>()?), r, measurement text),
    ),
    ("hooks_create", |c, r| call!(c.hooks().create(r.part(1)).body(r.body::<types::NewHook>()?), r)),
    ("hooks_delete", |c, r| call!(c.hooks().delete(r.part(1), r.part(3)), r)),
    ("hooks_get", |c, r| call!(c.hooks().get(r.part(1), r.part(3)), r)),
    ("hooks_list", |c, r| call!(c.hooks().list(r.part(1)), r)),
    ("hooks_test", |c, r| call!(c.hooks().test(r.part(1), r.part(3)), r)),
    ("hooks_update", |c, r| call!(c.hooks().update(r.part(1), r.part(3)).body(r.body::<types::HookChange>()?), r)),
    ("jobs_cancel_job", |c, r| call!(c.jobs().cancel_job(r.part(1)), r)),
    ("jobs_exists", |c, r| call!(c.jobs().exists(r.names(1)), r)),
    ("jobs_get", |c, r| get!(c.jobs().get(r.names(1)), r)),
    ("jobs_id", |c, r| call!(c.jobs().id(r.part(1)), r)),
    ("jobs_list", |c, r| list!(c.jobs().list(), r)),
    ("models_create", |c, r| call!(c.models().create().body(r.body::<types::NewModel>()?), r)),
    (
        "models_create_from_template",
        |c, r| call!(c.models().create_from_template().body(r.body::<serde_json::Value>()?), r, from_template text),
    ),
    ("models_delete", |c, r| call!(c.models().delete(r.names(1)), r)),
    ("models_eval_model", |c, r| {
        call!(c.models().eval_model(r.part(1)), r, from text, to text, save_output_data yes, output_bucket text,
            flag_abnormal_data yes)
    }),
    ("models_eval_model_now", |c, r| {
        call!(c.models().eval_model_now(r.part(1)), r, from text, to text, save_output_data yes, output_bucket text,
            flag_abnormal_data yes)
    }),
    ("models_exists", |c, r| call!(c.models().exists(r.names(1)), r)),
    ("models_forecast", |c, r| {
        call!(c.models().forecast(r.part(1)), r, from text, to text, save_output_data yes, output_bucket text,
            constraint text, p_val num)
    }),
    ("models_forecast_now", |c, r| {
        call!(c.models().forecast_now(r.part(1)), r, from text, to text, save_output_data yes, output_bucket text,
            constraint text, p_val num)
    }),
    ("models_get", |c, r| get!(c.models().get(r.names(1)), r)),
    ("models_list", |c, r| list!(c.models().list(), r)),
    ("models_start_inference", |c, r| {
        call!(c.models().start_inference(r.part(1)), r, save_output_data yes, output_bucket text,
            flag_abnormal_data yes)
    }),
    ("models_stop_inference", |c, r| call!(c.models().stop_inference(r.part(1)), r)),
    ("models_top", |c, r| call!(c.models().top(r.part(1)), r, from text, to text, size int)),
    (
        "models_train",
        |c, r| call!(c.models().train(r.part(1)), r, from text, to text, max_evals int, epochs int, input text, continue_ yes),
    ),
    ("models_training", |c, r| call!(c.models().training(r.part(1)), r)),
    ("models_update", |c, r| call!(c.models().update(r.names(1)).body(r.body::<types::NewModel>()?), r)),
    ("nodes_get", |c, r| call!(c.nodes().get(r.part(1)), r)),
    ("nodes_list", |c, r| call!(c.nodes().list(), r)),
    ("scheduled_jobs_create", |c, r| call!(c.scheduled_jobs().create().body(r.body::<types::NewScheduledJob>()?), r)),
    ("scheduled_jobs_delete", |c, r| call!(c.scheduled_jobs().delete(r.names(1)), r)),
    ("scheduled_jobs_delete_all", |c, r| call!(c.scheduled_jobs().delete_all(), r)),
    ("scheduled_jobs_exists", |c, r| call!(c.scheduled_jobs().exists(r.names(1)), r)),
    ("scheduled_jobs_get", |c, r| get!(c.scheduled_jobs().get(r.names(1)), r)),
    ("scheduled_jobs_list", |c, r| list!(c.scheduled_jobs().list(), r)),
    ("server_info", |c, r| call!(c.server().info(), r)),
    ("server_ping", |c, r| call!(c.server().ping(), r)),
    ("templates_create", |c, r| call!(c.templates().create().body(r.body::<serde_json::Value>()?), r, name text)),
    ("templates_delete", |c, r| call!(c.templates().delete(r.names(1)), r)),
    ("templates_exists", |c, r| call!(c.templates().exists(r.names(1)), r)),
    ("templates_get", |c, r| get!(c.templates().get(r.names(1)), r)),
    ("templates_list", |c, r| list!(c.templates().list(), r)),
    ("versions_list", |c, r| list!(c.models().versions().list(r.part(1)), r)),
    ("versions_load", |c, r| call!(c.versions().load(r.part(1)), r, version text)),
];

/// The operation that a recorded request is one of, by the paths on the wire.
pub(super) fn operation<'a>(ops: &'a [Op], said: &Exchange) -> Option<&'a Op> {
    let segments: Vec<_> = said.path.split('/').collect();
    let fits = |op: &&Op| {
        let path = op.wire.as_ref().and_then(|wire| wire.path).unwrap_or(op.path);
        let template: Vec<_> = path.split('/').collect();
        let query = op.wire.as_ref().map_or(&[][..], |wire| wire.query);
        op.method == said.method.as_str()
            && template.len() == segments.len()
            && template.iter().zip(&segments).all(|(t, s)| t == s || t.starts_with('{') && !s.is_empty())
            && query.iter().all(|(name, value)| {
                let text = said.said(name).unwrap_or_default();
                text == *value || truth(&text).is_some_and(|yes| yes.to_string() == *value)
            })
            // What the operation wants has to be there, where another one of that path does not.
            && (op.params.iter().filter(|param| param.required && param.name == "from_template"))
                .all(|param| said.said(param.name).is_some())
    };
    // Constants before parameters; of equals the one that takes what the query has, in the background before at once.
    let known = |op: &&Op| said.query.iter().filter(|(name, _)| op.param(name).is_some()).count();
    let fixed = |op: &&Op| op.wire.as_ref().map_or(0, |wire| wire.query.len());
    ops.iter().filter(fits).max_by_key(|op| (usize::MAX - op.path.matches('{').count(), known(op), fixed(op)))
}
