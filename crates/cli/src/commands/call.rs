//! `call`: any operation of any document, its reply on stdout.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use mlhub::op::{BodyKind, ReplyKind};
use mlhub::{Op, RawCall};
use serde_json::Value;

use super::ops::unknown;
use crate::args::{Body, Call, Format};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::Out;
use crate::platforms;
use crate::profile::Access;
use crate::terminal;

/// Calls the operation.
pub(crate) async fn call(access: &Access, options: &Call, out: &Out) -> Result<(), Fault> {
    let platform = access.platform;
    let op = platform.op(&options.operation).ok_or_else(|| unknown(platform, &options.operation))?;
    let help = format!("mlhub ops {} {}", platform.name, op.id);
    let body = match &options.body {
        Some(body) => Some(read(body).await?),
        None => None,
    };
    if body.is_some() && op.body == BodyKind::None {
        return Err(Fault::usage(format!("{} takes no body", op.id), help));
    }
    let client = platforms::connect(access, op).await?;
    let mut call = client.call(op);
    for (name, value) in arguments(op, &options.parameters) {
        call = call.arg(name, value);
    }
    if let Some(body) = body {
        call = attach(call, op, body).map_err(|message| Fault::usage(message, help))?;
    }
    print(access, op, call, out).await
}

/// The reply's bytes, whole; or its value, where another form was asked for.
async fn print(access: &Access, op: &Op, call: RawCall, out: &Out) -> Result<(), Fault> {
    let fault = |error: mlhub::Error| access.fault(&error);
    if matches!(op.reply, ReplyKind::Stream | ReplyKind::Text) {
        let mut stream = call.stream().await.map_err(fault)?;
        while let Some(part) = stream.try_next().await.map_err(fault)? {
            out.bytes(&part)?;
        }
        return Ok(());
    }
    let bytes = call.bytes().await.map_err(fault)?;
    if !out.quiet() && matches!(out.asked(), None | Some(Format::Json)) {
        out.bytes(&bytes)?;
        // A prompt belongs on a line of its own; in a pipe the bytes stay as they came.
        return if out.is_terminal() && !bytes.ends_with(b"\n") { out.text("\n") } else { Ok(()) };
    }
    let value: Value = serde_json::from_slice(&bytes).map_err(|_| {
        let message = format!("the reply of {} is not JSON, so it has no rows", op.id);
        Fault::new(Exit::Other, message, format!("mlhub call {} {} -o json", op.platform, op.id))
    })?;
    out.value(&value)
}

/// Values by name: JSON where they parse as JSON, else text; a name that is
/// given twice makes a list. A parameter that the document knows as a secret
/// stays text: a password of digits is no number.
pub(super) fn arguments<'a>(op: &Op, pairs: &'a [(String, String)]) -> BTreeMap<&'a str, Value> {
    let mut values: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (name, text) in pairs {
        let secret = op.param(name).is_some_and(|param| param.secret);
        let value = match serde_json::from_str(text) {
            Ok(value) if !secret => value,
            _ => Value::String(text.clone()),
        };
        values.entry(name).or_default().push(value);
    }
    let single = |mut list: Vec<Value>| if list.len() == 1 { list.remove(0) } else { Value::Array(list) };
    values.into_iter().map(|(name, list)| (name, single(list))).collect()
}

pub(super) async fn read(body: &Body) -> Result<Vec<u8>, Fault> {
    match body {
        Body::Text(text) => Ok(text.clone().into_bytes()),
        Body::File(path) => std::fs::read(path).map_err(|error| {
            let path = path.display();
            Fault::usage(format!("the body cannot be read from {path}: {error}"), format!("ls -l {path}"))
        }),
        Body::Stdin => terminal::read_all().await,
    }
}

pub(super) fn attach(call: RawCall, op: &Op, bytes: Vec<u8>) -> Result<RawCall, String> {
    match op.body {
        BodyKind::Bytes => Ok(call.content("application/octet-stream", bytes)),
        BodyKind::Text => Ok(call.content("text/plain; charset=utf-8", bytes)),
        _ => match serde_json::from_slice::<Value>(&bytes) {
            Ok(value) => Ok(call.body(value)),
            // Only the place: the body itself may hold secrets.
            Err(error) => Err(format!("the body is not JSON (line {}, column {})", error.line(), error.column())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platforms::find;
    use serde_json::json;

    fn pairs(texts: &[&str]) -> Vec<(String, String)> {
        let split = |text: &&str| text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        texts.iter().filter_map(split).collect()
    }

    #[test]
    fn a_value_is_json_where_it_parses_as_json() {
        let op = find("autotune").unwrap().op("experiment_create").unwrap();
        let pairs = pairs(&["a=1", "b=x y", "c=\"1\"", "d={\"e\":[true,null]}", "f=", "g=01", "h=1", "h=z"]);
        let expected = json!({
            "a": 1, "b": "x y", "c": "1", "d": {"e": [true, null]}, "f": "", "g": "01", "h": [1, "z"],
        });
        assert_eq!(json!(arguments(op, &pairs)), expected);
    }

    #[test]
    fn a_password_of_digits_stays_a_text() {
        let op = find("autotune").unwrap().op("user_signup").unwrap();
        assert_eq!(json!(arguments(op, &pairs(&["password=007", "email=a@b.c"]))["password"]), json!("007"));
        assert_eq!(json!(arguments(op, &pairs(&["password=12345678"]))["password"]), json!("12345678"));
    }
}
