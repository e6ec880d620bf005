//! Every reply of the hub is held against the document: read and written again
//! it is what was received. A key that the document does not know fails the
//! call, so that the document learns it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use mlhub::Op;
use mlhub::op::ReplyKind;
use mlhub::pipeline::{Body, HttpSettings, HttpTransport, Transport, TransportError};
use mlhub::vantage6::{ops, recode};
use serde_json::Value;

/// The operations that were answered with a success, each with its longest answer
/// that is JSON.
#[derive(Clone, Debug, Default)]
pub(super) struct Replies(Arc<Mutex<BTreeMap<&'static str, Value>>>);

impl Replies {
    pub(super) fn answered(&self) -> BTreeMap<&'static str, Value> {
        self.0.lock().expect("whole").clone()
    }

    fn add(&self, op: &Op, answer: Value) {
        let mut answers = self.0.lock().expect("whole");
        let kept = answers.entry(op.id).or_default();
        if answer.to_string().len() > kept.to_string().len() {
            *kept = answer;
        }
    }
}

/// Looks at the replies on their way.
#[derive(Debug)]
pub(super) struct Tap {
    below: Arc<HttpTransport>,
    replies: Replies,
}

impl Tap {
    pub(super) fn new(replies: &Replies) -> Result<Self, mlhub::Error> {
        let below = Arc::new(HttpTransport::new(HttpSettings::default().no_proxy())?);
        Ok(Tap { below, replies: replies.clone() })
    }
}

impl Transport for Tap {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        let op = operation(request.method(), request.uri().path());
        let (below, replies) = (Arc::clone(&self.below), self.replies.clone());
        Box::pin(async move {
            let reply = below.send(request).await?;
            let Some(op) = op.filter(|_| reply.status().is_success()) else { return Ok(reply) };
            if op.reply != ReplyKind::Json {
                replies.add(op, Value::Null);
                return Ok(reply);
            }
            let (head, body) = reply.into_parts();
            let bytes = body.collect().await?;
            let answer = check(op, &bytes).map_err(|why| TransportError::other(why.clone()).because(why).lasting())?;
            replies.add(op, answer);
            Ok(http::Response::from_parts(head, bytes.into()))
        })
    }
}

/// The operation whose template fits, constants before parameters.
fn operation(method: &http::Method, path: &str) -> Option<&'static Op> {
    let segments: Vec<_> = path.strip_prefix("/hq")?.split('/').collect();
    let fits = |op: &&Op| {
        let template: Vec<_> = op.path.split('/').collect();
        op.method == *method
            && template.len() == segments.len()
            && template.iter().zip(&segments).all(|(t, s)| t == s || t.starts_with('{'))
    };
    ops::OPS.iter().filter(fits).min_by_key(|op| op.path.matches('{').count())
}

fn check(op: &Op, bytes: &[u8]) -> Result<Value, String> {
    let received: Value = serde_json::from_slice(bytes).map_err(|e| format!("{}: {e}", op.id))?;
    let again = recode(op.id, bytes).ok_or_else(|| format!("{} has no JSON reply", op.id))?;
    let again = again.map_err(|e| format!("{} does not decode: {e}", op.id))?;
    same(&received, &again).map_err(|path| format!("{} loses or changes {path}", op.id))?;
    Ok(received)
}

/// Where two values differ; null is as good as absent.
fn same(received: &Value, again: &Value) -> Result<(), String> {
    match (received, again) {
        (Value::Object(a), Value::Object(b)) => a.keys().chain(b.keys()).try_for_each(|key| {
            let (a, b) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
            same(a, b).map_err(|path| format!("/{key}{path}"))
        }),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().try_for_each(|(i, (a, b))| same(a, b).map_err(|path| format!("/{i}{path}")))
        }
        (a, b) if a == b => Ok(()),
        _ => Err(String::new()),
    }
}
