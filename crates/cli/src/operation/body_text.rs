//! JSON body as it was typed: numbers that the document does not type keep their digits.

use std::collections::BTreeMap;

use mlhub::RawCall;
use mlhub::op::{BodyKind, Op, Param, ParamKind, ParamLocation};
use serde_json::Value;
use serde_json::value::RawValue;

const JSON: &str = "application/json";

/// Fields of a JSON body, each as JSON, and whether any of them has to be sent to the letter.
#[derive(Default)]
pub(super) struct BodyText {
    fields: BTreeMap<String, String>,
    verbatim: bool,
}

impl BodyText {
    /// Takes the fields of a whole body; none where that is no object.
    pub(super) fn with_object(mut self, text: &[u8]) -> Option<BodyText> {
        let object: BTreeMap<String, &RawValue> = serde_json::from_slice(text).ok()?;
        self.verbatim = true;
        // A field by its own name goes before the same in the whole body.
        for (name, value) in object {
            self.fields.entry(name).or_insert_with(|| value.get().to_owned());
        }
        Some(self)
    }

    /// Takes a field: its value, and the text that said it.
    pub(super) fn add(&mut self, param: Option<&Param>, name: &str, value: &Value, texts: &[&str]) {
        let open = param.is_none_or(|param| param.kind == ParamKind::Json && !param.secret);
        let raw = match texts {
            [text] if open => serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get),
            _ => None,
        };
        let written = value.to_string();
        self.verbatim |= raw.is_some_and(|raw| raw != written);
        self.fields.insert(name.to_owned(), raw.map_or(written, str::to_owned));
    }

    /// The call with that body, where one of its parts has to be sent to the letter.
    pub(super) fn attach(self, call: RawCall, op: &Op) -> RawCall {
        // A walk sets fields of its own, page by page.
        if !self.verbatim || !takes(op) || op.paging.is_some() {
            return call;
        }
        let pairs = self.fields.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
        call.content(JSON, format!("{{{}}}", pairs.collect::<Vec<_>>().join(",")))
    }
}

/// Whether the operation has a JSON body.
pub(super) fn takes(op: &Op) -> bool {
    matches!(op.body, BodyKind::Json | BodyKind::Params)
}

/// Whether a parameter is a field of the body, where there is one: where all travel in one, those of the path are too.
pub(super) fn is_field(op: &Op, param: Option<&Param>) -> bool {
    takes(op) && param.is_none_or(|param| param.place == ParamLocation::Body || op.body == BodyKind::Params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platforms::find;
    use mlhub::testing::{Lab, Reply};

    /// What is sent of that body.
    async fn sent(op: &'static Op, body: BodyText) -> String {
        let lab = Lab::today();
        lab.rule(|_| Some(Reply::json(&serde_json::json!({}))));
        let client = mlhub::autotune::Client::builder("http://server").token("t").lab(&lab).build().unwrap();
        let call = body.attach(client.call(op).arg("name", "n").arg("covars", serde_json::json!({})), op);
        let _ = call.bytes().await;
        String::from_utf8(lab.seen().pop().unwrap().body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn digits_arrive_as_they_were_typed() {
        let op = find("autotune").unwrap().op("experiment_create").unwrap();
        let text = r#"{"x": {"min": 0.1000, "max": 123456789012345678901234567890}}"#;
        let mut body = BodyText::default();
        body.add(op.param("name"), "name", &"1.10".into(), &["1.10"]);
        body.add(op.param("covars"), "covars", &serde_json::from_str(text).unwrap(), &[text]);
        assert_eq!(sent(op, body).await, format!(r#"{{"covars":{text},"name":"1.10"}}"#));
        let whole = format!(r#"{{"covars":{text},"name":"other"}}"#);
        let mut body = BodyText::default();
        body.add(op.param("name"), "name", &"n".into(), &["n"]);
        let body = body.with_object(whole.as_bytes()).unwrap();
        assert_eq!(sent(op, body).await, format!(r#"{{"covars":{text},"name":"n"}}"#));
    }
}
