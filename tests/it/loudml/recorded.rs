//! All recorded exchanges: what the client sends is what was sent, what it
//! gives is what was answered, and each failure is told.

use mlhub::loudml::{Client, ops, recode};
use mlhub::testing::Lab;
use mlhub::{Error, ErrorKind, Op};
use serde_json::Value;

use super::calls::{CALLS, operation};
use super::exceptions::{EXCEPTIONS, LIMIT};
use super::exchange::{Exchange, decoded, pairs, sorted, truth};
use crate::documents::decode::same;
use crate::recordings;

fn client(lab: &Lab) -> Client {
    Client::builder("10.0.0.1").transport(lab.clone()).clock(lab.clock()).build().expect("a plain address")
}

/// What became of a recorded request as a typed call.
enum Sent {
    /// It was sent as it was recorded.
    Equal(Result<(), Error>),
    /// It was not, and how that shows.
    Not(String),
}

#[tokio::test(start_paused = true)]
async fn every_request_is_sent_as_recorded_and_every_answer_understood() {
    let Some(recorded) = recordings::read("loudml.json") else { return };
    let exchanges: Vec<_> = recorded.as_array().expect("a list").iter().map(Exchange::new).collect();
    let (mut problems, mut typed, mut excepted) = (Vec::new(), 0, 0);
    for said in &exchanges {
        let rule = EXCEPTIONS.iter().find(|(_, names)| names.contains(&said.name.as_str())).map(|(rule, _)| *rule);
        let result = match (typed_call(said).await, rule) {
            (Sent::Equal(result), None) => {
                typed += 1;
                result
            }
            (Sent::Equal(_), Some(rule)) => {
                problems.push(format!("{}: sent as recorded, so it is no exception ({rule})", said.name));
                continue;
            }
            (Sent::Not(why), None) => {
                problems.push(format!("{}: {why}", said.name));
                continue;
            }
            (Sent::Not(_), Some(_)) => {
                excepted += 1;
                raw_call(said).await
            }
        };
        if let Err(why) = understood(said, result) {
            problems.push(format!("{}: {why}", said.name));
        }
    }
    assert!(problems.is_empty(), "{} of {}:\n{}", problems.len(), exchanges.len(), problems.join("\n"));
    let listed: usize = EXCEPTIONS.iter().map(|(_, names)| names.len()).sum();
    assert_eq!((listed, typed + excepted), (excepted, exchanges.len()), "each exception is a recorded exchange");
    assert!(excepted * 100 <= LIMIT * exchanges.len(), "{excepted} of {} are exceptions", exchanges.len());
    println!("{typed} of {} sent by typed calls, {excepted} by raw ones", exchanges.len());
}

async fn typed_call(said: &Exchange) -> Sent {
    let Some(op) = operation(ops::OPS, said) else { return Sent::Not("no operation".to_owned()) };
    let Some((_, call)) = CALLS.iter().find(|(id, _)| *id == op.id) else {
        return Sent::Not(format!("no call of {}", op.id));
    };
    let lab = Lab::new();
    lab.then(said.reply());
    let call = match call(&client(&lab), said) {
        Ok(call) => call,
        Err(why) => return Sent::Not(why),
    };
    let result = call.await;
    let seen = lab.seen();
    match (seen.first(), &result) {
        (None, Err(error)) => Sent::Not(format!("refused before it was sent: {error}")),
        (Some(seen), _) => match compare(said, (seen.method.as_str(), seen.path(), seen.query()), &seen.body) {
            Ok(()) => Sent::Equal(result),
            Err(why) => Sent::Not(why),
        },
        (None, Ok(())) => Sent::Not("nothing was sent".to_owned()),
    }
}

/// What was sent beside what was recorded. Equal are: any percent-encoding, any order of the query, every way of writing
/// a truth value, numbers of one value, and a default of the server's said aloud or left out.
fn compare(said: &Exchange, (method, path, query): (&str, &str, &str), body: &[u8]) -> Result<(), String> {
    if method != said.method || decoded(path) != decoded(&said.path) {
        return Err(format!("{method} {path} in place of {} {}", said.method, said.path));
    }
    let (mut sent, mut wanted) = (sorted(&pairs(query)), sorted(&said.query));
    for (name, default) in [("bg", false), ("include_fields", false)] {
        for side in [&mut sent, &mut wanted] {
            if side.get(name).is_some_and(|values| values.iter().all(|value| truth(value) == Some(default))) {
                side.remove(name);
            }
        }
    }
    let alike = |a: &String, b: &String| a == b || truth(a).is_some() && truth(a) == truth(b);
    let equal = sent.len() == wanted.len()
        && sent.iter().zip(&wanted).all(|((a, values), (b, others))| {
            a == b && values.len() == others.len() && values.iter().zip(others).all(|(a, b)| alike(a, b))
        });
    if !equal {
        return Err(format!("the query {sent:?} in place of {wanted:?}"));
    }
    let sent = String::from_utf8_lossy(body).into_owned();
    let wanted = said.body.clone().unwrap_or_default();
    match (serde_json::from_str::<Value>(&sent), serde_json::from_str::<Value>(&wanted)) {
        (Ok(sent), Ok(wanted)) => same(&wanted, &sent).map_err(|place| format!("the body differs at {place}")),
        _ if sent == wanted => Ok(()),
        _ => Err(format!("the body {sent:?} in place of {wanted:?}")),
    }
}

/// The request put together by hand, for those that no typed call can make.
async fn raw_call(said: &Exchange) -> Result<(), Error> {
    let lab = Lab::new();
    lab.then(said.reply());
    let client = client(&lab);
    let method = said.method.parse().expect("a method");
    let mut call = client.raw(method, &said.path);
    for (name, value) in &said.query {
        call = call.query(name, value.as_str());
    }
    if let Some(body) = &said.body {
        call = call.content("application/json", body.clone());
    }
    let result = call.bytes().await.map(drop);
    let seen = lab.seen();
    let seen = seen.first().expect("a request");
    // That a space is `+` in the recorded path is an exception of its own.
    let path = said.path.replace('+', "%2B");
    assert_eq!((seen.method.as_str(), decoded(seen.path())), (said.method.as_str(), decoded(&path)), "{}", said.name);
    result
}

/// Whether the caller gets what was answered.
fn understood(said: &Exchange, result: Result<(), Error>) -> Result<(), String> {
    let op = operation(ops::OPS, said);
    match (said.status, result) {
        (200..300, Ok(())) => op.map_or(Ok(()), |op| read_whole(said, op)),
        // A name that does not exist is an answer to the question whether it does.
        (404, Ok(())) if said.method == "HEAD" && op.is_some_and(|op| op.verb == "exists") => Ok(()),
        (status, Ok(())) => Err(format!("{status} was taken for a success")),
        (200..300, Err(error)) => Err(format!("a success was taken for a failure: {error}")),
        (status, Err(error)) => {
            let kind = match status {
                400 | 405 => ErrorKind::Invalid,
                404 => ErrorKind::NotFound,
                409 => ErrorKind::Conflict,
                500 | 501 => ErrorKind::Server,
                other => return Err(format!("{other} is not in the recordings")),
            };
            let wanted = (kind, Some(status), words(&said.answer));
            let got = (error.kind(), error.status().map(|s| s.as_u16()), error.message().map(str::to_owned));
            if got != wanted {
                return Err(format!("{got:?} in place of {wanted:?}"));
            }
            let line = error.to_string();
            let told = wanted.2.is_none_or(|message| line.contains(&message)) && line.contains(&status.to_string());
            told.then_some(()).ok_or(format!("the message is missing in {line}"))
        }
    }
}

/// The server's words in each of its four shapes: a text as JSON, `error`, `message`, and plain text.
fn words(answer: &str) -> Option<String> {
    let text = match serde_json::from_str::<Value>(answer) {
        Ok(Value::String(text)) => text,
        Ok(Value::Object(map)) => map.get("error").or(map.get("message"))?.as_str()?.to_owned(),
        Ok(_) | Err(_) => answer.trim().to_owned(),
    };
    (!text.is_empty()).then_some(text)
}

/// A success decodes, and encoded again it is what was received.
fn read_whole(said: &Exchange, op: &Op) -> Result<(), String> {
    let Some(again) = recode(op.id, said.answer.as_bytes()) else {
        return match said.answer.is_empty() {
            true => Ok(()),
            false => Err(format!("{} has no JSON reply", op.id)),
        };
    };
    let again = again.map_err(|e| format!("{} does not decode: {e}", op.id))?;
    let received = serde_json::from_str(&without_nan(&said.answer)).map_err(|e| format!("the recording: {e}"))?;
    same(&received, &again).map_err(|place| format!("{} loses or changes {place}", op.id))
}

/// JSON with null where a bare `NaN` stands.
fn without_nan(text: &str) -> String {
    let mut pieces = text.split('"');
    let outside = |piece: &str| piece.replace("-Infinity", "null").replace("Infinity", "null").replace("NaN", "null");
    let mut out = outside(pieces.next().unwrap_or_default());
    let mut inside = true;
    for piece in pieces {
        out.push('"');
        out += &if inside { piece.to_owned() } else { outside(piece) };
        // A backslash before the quote means that the text goes on.
        inside = !inside || piece.ends_with('\\');
    }
    out
}

#[test]
fn every_operation_is_tried_by_some_recorded_request() {
    let Some(recorded) = recordings::read("loudml.json") else { return };
    let exchanges: Vec<_> = recorded.as_array().expect("a list").iter().map(Exchange::new).collect();
    let tried: Vec<_> = exchanges.iter().filter_map(|said| operation(ops::OPS, said)).map(|op| op.id).collect();
    let untried: Vec<_> = ops::OPS.iter().map(|op| op.id).filter(|id| !tried.contains(id)).collect();
    // A list of ours: the server's with fields chosen, which nobody has recorded.
    assert_eq!(untried, ["jobs_states"]);
}

#[test]
fn missing_values_are_nan_and_a_nan_in_a_text_is_a_text() {
    let Some(recorded) = recordings::read("loudml.json") else { return };
    let find = |name: &str| recorded.as_array().expect("a list").iter().find(|e| e["name"] == name).map(Exchange::new);
    let said = find("jobs/read_nan_done").expect("recorded");
    let json = recode("jobs_id", said.answer.as_bytes()).expect("JSON").expect("read");
    let jobs: Vec<mlhub::loudml::types::Job> = serde_json::from_value(json).expect("jobs");
    let series = jobs[0].series().expect("a series");
    assert_eq!(series.features(), ["avg_foo", "avg_nofield"]);
    assert_eq!(series.observed("avg_foo").len(), 4);
    assert!(series.observed("avg_nofield").iter().all(|value| value.is_nan()));
    let quoted = recode("jobs_id", br#"[{"error": "NaN \" Infinity", "duration": NaN}]"#).expect("JSON").expect("read");
    assert_eq!(quoted, serde_json::json!([{"error": "NaN \" Infinity"}]));
}
