//! A wait that is put together without a type of its own.

use futures::future::BoxFuture;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{RawCall, at};
use crate::__private::{find, hold, missing, number, share, stop, word};
use crate::error::{Error, ErrorKind};
use crate::op::{Op, Param, ParamKind, Place, WaitPlaces, WaitSpec};
use crate::pipeline::Pipeline;
use crate::wait::{Look, Poll, Wait, WaitHandle};

impl RawCall {
    /// The row of its operation.
    pub fn op(&self) -> &'static Op {
        self.op
    }

    /// Waits until that goal is reached; the value is JSON. `ops` is the table that the operation is a row of.
    ///
    /// # Errors
    ///
    /// An operation without such a goal.
    pub fn wait(self, ops: &'static [Op], goal: &str) -> Result<Wait<'static, Value>, Error> {
        let op = self.op;
        let Some(index) = op.waits.iter().position(|wait| wait.goal == goal) else {
            let goals: Vec<_> = op.waits.iter().map(|wait| wait.goal).collect();
            let detail = match goals.as_slice() {
                [] => format!("{} is nothing that can be waited for", op.id),
                _ => format!("{} has no goal {goal:?}; it has {}", op.id, goals.join(", ")),
            };
            return Err(Error::new(ErrorKind::Request, detail));
        };
        Ok(Wait::new(Job { call: self, ops, index }))
    }

    /// Sends the call, and gives the call about the job that it has started, beside the reply: to the server that has answered, where the
    /// document says that the job lives there alone. `ops` is the table that the operation is a row of.
    ///
    /// # Errors
    ///
    /// Those of `send`, a call that starts no job, and a reply without an id.
    pub async fn start(self, ops: &'static [Op]) -> Result<(RawCall, Value), Error> {
        let op = self.op;
        let nothing = || Error::new(ErrorKind::Request, format!("the document does not say what {} starts", op.id));
        let starts = op.starts.ok_or_else(nothing)?;
        let (job, before) = (find(ops, starts.operation), self.clone());
        let (reply, node): (Value, _) = self.send_with_node().await?;
        let id = at(&reply, starts.id).and_then(word).ok_or_else(|| missing(op))?;
        let mut call = before.towards(job);
        (call.query, call.fields) = Default::default();
        call.pipeline = call.pipeline.onward();
        if job.waits.iter().any(|wait| wait.pinned) {
            call.pipeline = call.pipeline.to(Some(node.base()));
        }
        Ok((call.arg(starts.param, id), reply))
    }

    /// Sets the parameters that a saved wait holds, and goes to the server that it names, if it names one.
    pub fn held(mut self, handle: &WaitHandle) -> Self {
        if handle.node().is_some() {
            self.pipeline = self.pipeline.to(handle.node());
        }
        for (name, text) in handle.args() {
            match self.op.param(name) {
                Some(param) => self.set(param.name, read(param, text)),
                None => {
                    let detail = format!("the handle names {name:?}, which {} does not take", self.op.id);
                    self.fault = Some(Error::new(ErrorKind::Handle, detail));
                }
            }
        }
        self
    }

    /// The same parameters for another operation, as far as it has them.
    fn towards(&self, op: &'static Op) -> RawCall {
        let mut call = RawCall::of(self.pipeline.clone(), op);
        let takes = |name: &str, place: Place| op.param(name).is_some_and(|param| param.place == place);
        let segments = self.segments.iter().filter(|(name, _)| takes(name, Place::Path));
        call.segments = segments.map(|(name, value)| (*name, value.clone())).collect();
        call.query = self.query.iter().filter(|(name, _)| takes(name, Place::Query)).cloned().collect();
        let fields = self.fields.iter().filter(|(name, _)| takes(name, Place::Body));
        call.fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        call.fault.clone_from(&self.fault);
        call
    }

    /// A parameter of the path, as it was given.
    fn segment(&self, param: &Param) -> Option<String> {
        let text = self.segments.get(param.name)?;
        Some(percent_decode_str(text).decode_utf8_lossy().into_owned())
    }
}

/// A parameter as a handle keeps it: texts without their quotes, lists of a path joined.
fn read(param: &Param, text: &str) -> Value {
    match (param.place, param.join, param.kind) {
        (Place::Path, Some(separator), _) => text.split(separator).collect(),
        (Place::Path, ..) => text.into(),
        (_, _, ParamKind::Text) if !param.list => text.into(),
        _ => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    }
}

struct Job {
    call: RawCall,
    ops: &'static [Op],
    index: usize,
}

impl Job {
    /// Generated rows have them for each wait.
    fn places(&self) -> WaitPlaces {
        self.call.op.wait_places.get(self.index).copied().unwrap_or_default()
    }

    fn value_of(&self, reply: &Value) -> Option<Value> {
        at(reply, self.places().value.unwrap_or_default()).cloned()
    }
}

impl Poll for Job {
    type Value = Value;

    fn op(&self) -> &'static Op {
        self.call.op
    }

    fn goal(&self) -> &'static WaitSpec {
        &self.call.op.waits[self.index]
    }

    fn args(&self) -> Result<Vec<(&'static str, String)>, Error> {
        if let Some(fault) = &self.call.fault {
            return Err(fault.clone());
        }
        let mut args = Vec::new();
        let params = self.call.op.params;
        let in_path = params.iter().filter(|param| param.place == Place::Path);
        args.extend(in_path.filter_map(|param| Some((param.name, self.call.segment(param)?))));
        for param in params.iter().filter(|param| param.place == Place::Body && self.call.segment(param).is_none()) {
            if let Some(value) = self.call.fields.get(param.name) {
                hold(&mut args, param.name, value);
            }
        }
        for param in params.iter().filter(|param| param.place == Place::Query) {
            for (_, value) in self.call.query.iter().filter(|(name, _)| name == param.name) {
                hold(&mut args, param.name, value);
            }
        }
        Ok(args)
    }

    fn pipeline(&self) -> &Pipeline {
        &self.call.pipeline
    }

    async fn look(&self) -> Result<Look<Value>, Error> {
        let (op, places) = (self.call.op, self.places());
        let polled = find(self.ops, self.goal().poll);
        let same = polled.id == op.id;
        let call = if same { self.call.clone() } else { self.call.towards(polled) };
        let (reply, retry_after) = call.look().await?;
        let told = |path: Option<&str>| path.and_then(|path| word(at(&reply, path)?));
        let counted = |path: Option<&str>| path.and_then(|path| number(at(&reply, path)?));
        let progress = match places.whole {
            None => counted(places.progress),
            whole => share(counted(places.progress), counted(whole)),
        };
        Ok(Look {
            status: told(places.status),
            present: told(places.present).is_some(),
            progress,
            reason: told(places.reason),
            value: if same { self.value_of(&reply) } else { None },
            retry_after,
        })
    }

    async fn value(&self) -> Result<Value, Error> {
        let reply: Value = self.call.clone().send().await?;
        self.value_of(&reply).ok_or_else(|| missing(self.op()))
    }

    fn pin(&mut self, node: Option<&str>) {
        self.call.pipeline = self.call.pipeline.to(node);
    }

    fn cancel(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        let op = find(self.ops, self.goal().cancel?);
        let given = |param: &'static Param| {
            let text = self.call.segment(param)?;
            let number = matches!(param.kind, ParamKind::Integer | ParamKind::Number);
            let value = serde_json::from_str(&text).ok().filter(|_| number);
            Some((param.name, value.unwrap_or_else(|| text.into())))
        };
        let args = self.call.op.params.iter().filter_map(given).collect();
        Some(stop(&self.call.pipeline, op, args, self.places().stop))
    }
}
