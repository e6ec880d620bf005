//! State of the stand-in: objects by list, each with a status that moves on.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

/// What objects look like and how they change.
pub(crate) static DATA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("hub.json")).unwrap_or_default());

/// The fields of an object.
pub(crate) type Fields = Map<String, Value>;

/// A status from a moment on.
pub(crate) type Story = Vec<(Duration, String)>;

pub(crate) struct HubState {
    pub(crate) lists: BTreeMap<String, Vec<Object>>,
    pub(crate) files: BTreeMap<String, Bytes>,
    /// The only token that is taken, if there is one.
    pub(crate) token: Option<String>,
    made: u64,
}

pub(crate) struct Object {
    pub(crate) fields: Fields,
    /// The field of its status.
    status: String,
    story: Story,
    /// What it has besides when its story has ended.
    end: Fields,
}

impl Object {
    /// The object at that moment.
    pub(crate) fn view(&self, now: Duration) -> Fields {
        let mut fields = self.fields.clone();
        if let Some((index, (_, word))) = self.story.iter().enumerate().rfind(|(_, (from, _))| *from <= now) {
            fields.insert(self.status.clone(), word.clone().into());
            if index + 1 == self.story.len() {
                fields.extend(self.end.clone());
            }
        }
        fields
    }

    pub(crate) fn id(&self) -> String {
        text(self.fields.get("id").unwrap_or(&Value::Null))
    }

    /// Whether its story goes on.
    pub(crate) fn is_busy(&self, now: Duration) -> bool {
        self.story.last().is_some_and(|(from, _)| *from > now)
    }

    /// A status that was set by hand ends its story.
    fn merge(&mut self, fields: &Fields) {
        if fields.contains_key(&self.status) {
            self.story.clear();
        }
        lay(&mut self.fields, fields.clone());
    }
}

/// Lays fields over others. What is named in a request and shown as an object stays the object.
fn lay(under: &mut Fields, over: Fields) {
    let keeps = |(name, value): &(String, Value)| !under.get(name).is_some_and(Value::is_object) || value.is_object();
    let over: Vec<_> = over.into_iter().filter(keeps).collect();
    under.extend(over);
}

/// A value as a text, to compare numbers with texts.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A story of `hub.json` that begins at that moment.
pub(crate) fn story(steps: &Value, now: Duration) -> Story {
    let steps = steps.as_array().into_iter().flatten();
    steps
        .filter_map(|step| Some((now + Duration::from_secs(step[0].as_u64()?), step[1].as_str()?.to_owned())))
        .collect()
}

impl HubState {
    pub(crate) fn new() -> Self {
        let mut hub = HubState { lists: BTreeMap::new(), files: BTreeMap::new(), token: None, made: 1000 };
        for (list, resource) in DATA["resources"].as_object().into_iter().flatten() {
            for id in resource["ids"].as_array().into_iter().flatten() {
                let fields = json!({"id": id}).as_object().cloned().unwrap_or_default();
                hub.put(list, fields, None);
            }
        }
        hub
    }

    /// Makes an object with those fields over the template's; with a moment, its
    /// story begins then.
    pub(crate) fn put(&mut self, list: &str, mut given: Fields, begins: Option<Duration>) -> Option<Value> {
        let resource = DATA["resources"].get(list)?;
        if resource["fresh"] == true && begins.is_some() {
            // What is made out of another object has an id of its own.
            given.remove("id");
        }
        let mut fields = Fields::new();
        fields.insert("object".into(), resource["object"].clone());
        fields.insert("deleted".into(), false.into());
        self.made += 1;
        let id = match resource["id"].as_str() {
            Some("number") => json!(self.made),
            Some("uuid") => json!(format!("00000000-0000-4000-8000-{:012}", self.made)),
            _ => json!(format!("{:x}", 0xa000_0000 + self.made)),
        };
        fields.insert("id".into(), id);
        let only = resource["only"].as_array().filter(|_| begins.is_some());
        for (name, value) in resource["template"].as_object().into_iter().flatten() {
            if only.is_none_or(|only| only.iter().any(|known| known == name)) {
                fields.insert(name.clone(), value.clone());
            }
        }
        lay(&mut fields, given);
        // Texts are what ids of that list are, whatever they were made with.
        if resource["id"] != "number" {
            let id = text(&fields["id"]);
            fields.insert("id".into(), id.into());
        }
        let id = fields["id"].clone();
        let object = Object {
            fields,
            status: resource["status"].as_str().unwrap_or("status").to_owned(),
            story: begins.map(|now| story(&resource["story"], now)).unwrap_or_default(),
            end: resource["final"].as_object().cloned().unwrap_or_default(),
        };
        self.lists.entry(list.to_owned()).or_default().push(object);
        Some(id)
    }

    pub(crate) fn find(&self, list: &str, id: &str) -> Option<&Object> {
        self.lists.get(list)?.iter().find(|object| object.id() == id)
    }

    pub(crate) fn find_mut(&mut self, list: &str, id: &str) -> Option<&mut Object> {
        self.lists.get_mut(list)?.iter_mut().find(|object| object.id() == id)
    }

    pub(crate) fn remove(&mut self, list: &str, id: &str) {
        if let Some(objects) = self.lists.get_mut(list) {
            objects.retain(|object| object.id() != id);
        }
    }

    pub(crate) fn merge(&mut self, list: &str, id: &str, fields: &Fields) {
        if let Some(object) = self.find_mut(list, id) {
            object.merge(fields);
        }
    }

    pub(crate) fn tell(&mut self, list: &str, id: &str, words: Story) {
        if let Some(object) = self.find_mut(list, id) {
            object.story = words;
        }
    }
}
