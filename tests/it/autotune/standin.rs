//! A stand-in for the original AutoTune: it answers from recordings of the
//! real one and keeps only the order of asks and tells. It knows nothing of
//! the library that it judges.

use serde_json::{Value, json};

/// The recorded tuning loop.
const STORY: &str = "loop";

pub(super) struct Original {
    exchanges: Vec<Value>,
    tells: usize,
}

impl Original {
    pub(super) fn new(recordings: &Value) -> Self {
        Original { exchanges: recordings.as_array().expect("a list").clone(), tells: 0 }
    }

    /// The exchange of that name.
    pub(super) fn recorded(&self, name: &str) -> &Value {
        self.exchanges.iter().find(|e| e["name"] == name).unwrap_or_else(|| panic!("no recording {name}"))
    }

    /// Status and body for a request.
    pub(super) fn answer(&mut self, method: &str, path: &str, token: Option<&str>, body: &str) -> (u64, Value) {
        let name = match (method, path) {
            ("GET", "/") => "root".to_owned(),
            ("POST", "/auth/token") => {
                let right = body.contains("password=CHANGEME") && body.contains("username=test%40test.com");
                if right { "token_ok" } else { "token_badpw" }.to_owned()
            }
            _ if token != Some("Bearer <token>") => "ask_noauth".to_owned(),
            ("POST", "/auth/header-me") => "headerme_ok".to_owned(),
            ("POST", "/experiment/new") if self.told(body, "new") => format!("{STORY}_new"),
            ("GET", path) if path == self.path("ask_0") => format!("{STORY}_ask_{}", self.tells),
            ("POST", path) if path == self.path("tell_0") && self.told(body, &format!("tell_{}", self.tells)) => {
                self.tells += 1;
                format!("{STORY}_tell_{}", self.tells - 1)
            }
            // Nothing else was recorded of this story.
            _ => return (404, json!({"detail": "Not Found"})),
        };
        let exchange = self.recorded(&name);
        (exchange["status"].as_u64().expect("a status"), exchange["body"].clone())
    }

    fn path(&self, step: &str) -> &str {
        self.recorded(&format!("{STORY}_{step}"))["request"]["path"].as_str().expect("a path")
    }

    /// Whether the body says what the recorded client said, table by table.
    fn told(&self, body: &str, step: &str) -> bool {
        let said = |value: &Value| match value {
            Value::Object(fields) => fields.iter().map(|(k, v)| (k.clone(), unpacked(v))).collect(),
            other => other.clone(),
        };
        let recorded = &self.recorded(&format!("{STORY}_{step}"))["request"]["json"];
        serde_json::from_str::<Value>(body).is_ok_and(|body| said(&body) == said(recorded))
    }
}

/// A text that holds JSON as that JSON.
fn unpacked(value: &Value) -> Value {
    let inner = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    inner.unwrap_or_else(|| value.clone())
}

/// The recorded requests, put to the stand-in, get the recorded answers.
#[test]
fn the_stand_in_answers_as_recorded() {
    let Some(recordings) = crate::recordings::read("autotune.json") else { return };
    let mut original = Original::new(&recordings);
    let mut steps = vec!["loop_new".to_owned()];
    steps.extend((0..9).flat_map(|i| [format!("loop_ask_{i}"), format!("loop_tell_{i}")]));
    for step in ["root", "token_badpw", "ask_noauth", "headerme_ok"].into_iter().map(str::to_owned).chain(steps) {
        let exchange = original.recorded(&step).clone();
        let request = &exchange["request"];
        let text = |key: &str| request[key].as_str().unwrap_or_default();
        let body = if request["json"].is_null() { String::new() } else { request["json"].to_string() };
        let answer = original.answer(text("method"), text("path"), request["headers"]["Authorization"].as_str(), &body);
        assert_eq!((Some(answer.0), &answer.1), (exchange["status"].as_u64(), &exchange["body"]), "{step}");
    }
}
