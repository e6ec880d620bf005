//! Job of an operation that is waited for, with a typed value or without: its row says which operation is polled, and
//! where the replies keep status, progress and value.

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use futures::{FutureExt, TryFutureExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::paged_list::{PagedList, RawItem};
use super::request::{RawRequest, at, missing, number, word};
use crate::error::Error;
use crate::op::{JobListPlaces, Op, Param, ParamLocation, WaitPlaces, WaitSpec, find};
use crate::paginate::Pages;
use crate::pipeline::Pipeline;
use crate::wait::{ListedJob, PollResult, Pollable, StatusList, StatusPage};

/// Job whose polls are replies `R`, and whose own operation replies `O` with the value `V` in it.
pub struct Job<R, O, V> {
    request: RawRequest,
    ops: &'static [Op],
    index: usize,
    polled: fn(&WaitPlaces, R) -> Option<V>,
    value: fn(&WaitPlaces, O) -> Option<V>,
}

impl<R, O, V> Job<R, O, V> {
    /// The job that a request is about, with the goal of that index; `ops` is the table of its operation. The value
    /// is taken from a poll, where polls have it, or from the reply of the operation itself.
    pub fn new(
        request: RawRequest,
        ops: &'static [Op],
        index: usize,
        polled: fn(&WaitPlaces, R) -> Option<V>,
        value: fn(&WaitPlaces, O) -> Option<V>,
    ) -> Self {
        Job { request, ops, index, polled, value }
    }

    fn spec(&self) -> &'static WaitSpec {
        &self.request.op.waits[self.index]
    }

    /// Generated rows have them for each wait.
    fn places(&self) -> WaitPlaces {
        self.request.op.wait_places.get(self.index).copied().unwrap_or_default()
    }
}

impl Job<Value, Value, Value> {
    /// A job without a type.
    pub(super) fn raw(request: RawRequest, ops: &'static [Op], index: usize) -> Self {
        let value = |places: &WaitPlaces, reply: Value| at(&reply, places.value.unwrap_or_default()).cloned();
        let same = request.op.waits[index].poll == request.op.id;
        Job::new(request, ops, index, if same { value } else { |_, _| None }, value)
    }
}

impl<R, O, V> Pollable for Job<R, O, V>
where
    R: DeserializeOwned + Serialize + Send + Sync + 'static,
    O: DeserializeOwned + Send + 'static,
    V: Send + 'static,
{
    type Value = V;

    fn op(&self) -> &'static Op {
        self.request.op
    }

    fn goal(&self) -> &'static WaitSpec {
        self.spec()
    }

    fn args(&self) -> Result<Vec<(&'static str, String)>, Error> {
        args(&self.request)
    }

    fn pipeline(&self) -> &Pipeline {
        &self.request.pipeline
    }

    fn poll(&self) -> BoxFuture<'_, Result<PollResult<V>, Error>> {
        async move {
            let places = self.places();
            let polled = find(self.ops, self.spec().poll);
            let same = polled.id == self.request.op.id;
            let request = if same { self.request.clone() } else { self.request.alike(polled) };
            let (reply, retry_after): (R, _) = request.decode().await?;
            let told = serde_json::to_value(&reply).unwrap_or_default();
            let text = |path: Option<&str>| path.and_then(|path| word(at(&told, path)?));
            let counted = |path: Option<&str>| path.and_then(|path| number(at(&told, path)?));
            Ok(PollResult {
                status: text(places.status),
                present: text(places.present).is_some(),
                progress: match places.whole {
                    None => counted(places.progress),
                    whole => share(counted(places.progress), counted(whole)),
                },
                reason: text(places.reason),
                value: (self.polled)(&places, reply),
                retry_after,
            })
        }
        .boxed()
    }

    fn value(&self) -> BoxFuture<'_, Result<V, Error>> {
        async move {
            let (reply, _) = self.request.clone().decode().await?;
            (self.value)(&self.places(), reply).ok_or_else(|| missing(self.request.op))
        }
        .boxed()
    }

    fn status_list(&self, wanted: usize) -> Option<StatusList> {
        status_list(&self.request, self.ops, self.index, wanted)
    }

    fn pin(&mut self, node: Option<&str>) {
        self.request.pipeline = self.request.pipeline.to(node);
    }

    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        let op = find(self.ops, self.spec().cancel?);
        let given = |param: &'static Param| {
            let text = self.request.segment(param)?;
            Some((param.name, param.read(&text).unwrap_or_else(|| text.into())))
        };
        let args = self.request.op.params.iter().filter_map(given).collect();
        Some(stop(&self.request.pipeline, op, args, self.places().stop))
    }
}

/// How much of a whole that is, from 0 to 1: counts may run past their end.
fn share(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    let share = part? / whole.filter(|whole| *whole > 0.0)?;
    share.is_finite().then(|| share.clamp(0.0, 1.0))
}

/// The parameters of a request as the handle of a wait keeps them.
fn args(request: &RawRequest) -> Result<Vec<(&'static str, String)>, Error> {
    if let Some(error) = &request.error {
        return Err(error.clone());
    }
    let mut args = Vec::new();
    let params = request.op.params;
    let in_path = params.iter().filter(|param| param.place == ParamLocation::Path);
    args.extend(in_path.filter_map(|param| Some((param.name, request.segment(param)?))));
    for param in params.iter().filter(|param| param.place == ParamLocation::Body && request.segment(param).is_none()) {
        if let Some(value) = request.fields.get(param.name) {
            hold(&mut args, param.name, value);
        }
    }
    for param in params.iter().filter(|param| param.place == ParamLocation::Query) {
        let pairs = request.query.iter().filter(|(name, _)| name == param.name).map(|(_, value)| value);
        if !param.list || param.join.is_some() {
            pairs.for_each(|value| hold(&mut args, param.name, value));
            continue;
        }
        let one = |value: &Value| match value {
            Value::String(text) => param.read(text).unwrap_or_else(|| value.clone()),
            other => other.clone(),
        };
        let all = pairs.flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]));
        let all: Vec<_> = all.map(|value| one(&value)).collect();
        if !all.is_empty() {
            hold(&mut args, param.name, &Value::Array(all));
        }
    }
    Ok(args)
}

/// Keeps a parameter for the handle of a wait, if it is set.
fn hold(args: &mut Vec<(&'static str, String)>, name: &'static str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => args.push((name, text.clone())),
        other => args.push((name, other.to_string())),
    }
}

/// The list that tells of the job of a request among others, where the table names one; so many are wanted.
fn status_list(request: &RawRequest, ops: &'static [Op], index: usize, wanted: usize) -> Option<StatusList> {
    let op = find(ops, request.op.waits.get(index)?.list?);
    let places = request.op.wait_places.get(index)?.list?;
    let call = request.about(op);
    let in_path = op.params.iter().filter(|param| param.place == ParamLocation::Path);
    let pages: BoxStream<'static, Result<StatusPage, Error>> = match op.paging {
        None => {
            let page = call.decode().map_ok(move |(items, retry_after): (Vec<Value>, _)| StatusPage {
                jobs: items.iter().map(|item| listed(&places, item)).collect(),
                retry_after,
            });
            stream::once(page).boxed()
        }
        Some(paging) => {
            let mut pages = Pages::new(PagedList::raw(call.clone()));
            let size = match places.items_per_poll {
                None => paging.max,
                Some(_) => (wanted as u64).clamp(1, paging.max.max(1)),
            };
            if paging.sized && paging.max > 0 {
                pages = pages.page_size(size);
            }
            let page = move |page: crate::paginate::Page<RawItem>| StatusPage {
                jobs: page.items.iter().map(|item| listed(&places, &item.value)).collect(),
                retry_after: page.retry_after,
            };
            pages.map_ok(page).boxed()
        }
    };
    Some(StatusList {
        op,
        args: in_path.map(|param| request.segment(param)).collect::<Option<_>>()?,
        id: request.segment(request.op.param(places.param)?)?,
        items_per_poll: places.items_per_poll,
        pages,
    })
}

fn listed(places: &JobListPlaces, item: &Value) -> ListedJob {
    let text = |path: Option<&str>| path.and_then(|path| word(at(item, path)?));
    ListedJob { id: text(Some(places.id)), status: text(places.status), present: text(places.present).is_some() }
}

/// The call that stops a job: the parameters of the job that it takes, and fixed ones.
fn stop(
    pipeline: &Pipeline,
    op: &'static Op,
    args: Vec<(&'static str, Value)>,
    fixed: &[(&'static str, &'static str)],
) -> BoxFuture<'static, Result<(), Error>> {
    let mut request = RawRequest::of(pipeline.clone(), op);
    for (name, value) in args.into_iter().filter(|(name, _)| op.param(name).is_some()) {
        request.add(name, value);
    }
    for (name, value) in fixed {
        request.add(name, (*value).into());
    }
    async move { request.send(false).await?.bytes().await.map(drop) }.boxed()
}
