//! One recorded exchange, taken apart as a caller would have said it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use mlhub::DelimitedList;
use mlhub::testing::Reply;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A list of names or fields.
pub(super) type Names = DelimitedList<';'>;

/// Why a typed call cannot be made of a recorded request.
pub(super) type Untyped = String;

/// An exchange, and which of its parameters a call has taken so far.
pub(super) struct Exchange {
    pub(super) name: String,
    pub(super) method: String,
    /// As it was on the wire.
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// Where there was one.
    pub(super) body: Option<String>,
    pub(super) status: u16,
    pub(super) answer: String,
    content_type: String,
    taken: RefCell<Vec<String>>,
    /// Fields of the body that its type does not know.
    more: RefCell<Vec<(String, Value)>>,
}

impl Exchange {
    pub(super) fn new(recorded: &Value) -> Self {
        let (request, response) = (&recorded["request"], &recorded["response"]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Exchange {
            name: text(&recorded["name"]),
            method: text(&request["method"]),
            path: text(&request["path"]),
            query: pairs(&text(&request["query"])),
            body: request["body"].as_str().map(str::to_owned),
            status: u16::try_from(response["status"].as_u64().expect("a status")).expect("a status"),
            answer: text(&response["body"]),
            content_type: text(&response["content_type"]),
            taken: RefCell::default(),
            more: RefCell::default(),
        }
    }

    /// The recorded answer.
    pub(super) fn reply(&self) -> Reply {
        let reply = Reply::status(self.status).with_pieces([self.answer.clone()]);
        match self.content_type.as_str() {
            "" => reply,
            kind => reply.header("content-type", kind),
        }
    }

    /// A part of the path, decoded.
    pub(super) fn part(&self, index: usize) -> String {
        let part = self.path.trim_start_matches('/').split('/').nth(index).expect("that many parts");
        decoded(part)
    }

    /// A part of the path that names several things.
    pub(super) fn names(&self, index: usize) -> Names {
        self.part(index).parse().expect("names")
    }

    /// The value of a parameter of the query.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// The same, marked as taken.
    pub(super) fn take(&self, name: &str) -> Option<String> {
        self.taken.borrow_mut().push(name.to_owned());
        self.said(name)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Untyped> {
        Ok(self.take(name))
    }

    pub(super) fn list(&self, name: &str) -> Result<Option<Names>, Untyped> {
        self.take(name).map(|text| text.parse().map_err(|e| format!("{name}: {e}"))).transpose()
    }

    /// A number; what is none is left for `extra`.
    pub(super) fn int(&self, name: &str) -> Result<Option<u64>, Untyped> {
        let number = self.said(name).and_then(|text| text.parse().ok());
        Ok(number.inspect(|_| self.taken.borrow_mut().push(name.to_owned())))
    }

    pub(super) fn num(&self, name: &str) -> Result<Option<f64>, Untyped> {
        let number = self.said(name).and_then(|text| text.parse().ok());
        Ok(number.inspect(|_| self.taken.borrow_mut().push(name.to_owned())))
    }

    /// A truth value; what is none is left for `extra`.
    pub(super) fn yes(&self, name: &str) -> Result<Option<bool>, Untyped> {
        let Some(text) = self.said(name) else {
            // The server's own default, which the client says aloud where fields are named.
            return Ok((name == "include_fields" && self.said("fields").is_some()).then_some(false));
        };
        Ok(truth(&text).inspect(|_| self.taken.borrow_mut().push(name.to_owned())))
    }

    /// What no setter has taken.
    pub(super) fn rest(&self) -> Vec<(String, Value)> {
        let taken = self.taken.borrow();
        // Now or in the background: that is two operations.
        let runs = ["/_eval", "/_forecast"].iter().any(|end| self.path.ends_with(end));
        let which = |name: &str, value: &str| runs && name == "bg" && truth(value).is_some();
        let query = self.query.iter().filter(|(name, value)| !taken.contains(name) && !which(name, value));
        let query = query.map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        query.chain(self.more.borrow().iter().cloned()).collect()
    }

    /// The body as a type of the client's. What the type does not know is left for `extra`.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Untyped> {
        let mut body: Value =
            serde_json::from_str(self.body.as_deref().ok_or("no body")?).map_err(|e| e.to_string())?;
        loop {
            let error = match serde_json::from_value(body.clone()) {
                Ok(typed) => return Ok(typed),
                Err(error) => error.to_string(),
            };
            let unknown = error.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
            let value = unknown.and_then(|name| Some((name.to_owned(), body.as_object_mut()?.remove(name)?)));
            self.more.borrow_mut().push(value.ok_or(error)?);
        }
    }
}

pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().expect("text").into_owned()
}

/// The pairs of a query, decoded.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let split = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    split.map(|(name, value)| (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))).collect()
}

/// Every way in which the server reads a truth value.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// The pairs as a map, so that their order does not count.
pub(super) fn sorted(pairs: &[(String, String)]) -> BTreeMap<String, Vec<String>> {
    let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        map.entry(name.clone()).or_default().push(value.clone());
    }
    map
}
