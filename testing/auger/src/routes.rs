//! Routes of the stand-in: the envelope, and what each method does to a list.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::objects::{DATA, Fields, HubState, story, text};
use crate::requests::{ResourcePath, place, read};
use crate::store;
use mlhub::testing::{Reply, SeenRequest};

/// As many as the Hub gives where nothing is said.
const PAGE: u64 = 50;

pub(crate) fn answer(hub: &mut HubState, seen: &SeenRequest) -> Reply {
    if let Some(reply) = store::answer(hub, seen) {
        return reply;
    }
    let Some((fields, token)) = read(seen) else {
        // What is in front of the Hub refuses what is not JSON, and says nothing.
        return Reply::status(400).header("content-type", "text/html; charset=UTF-8");
    };
    let base = DATA["base"].as_str().unwrap_or_default();
    let path = seen.path().split_once(base).map(|(_, rest)| rest);
    if path == DATA["login"]["path"].as_str() {
        return login(&fields);
    }
    let known = match (&hub.token, &token) {
        (Some(only), given) => given.as_ref() == Some(only),
        (None, given) => given.as_ref().is_some_and(|given| given != "wrong"),
    };
    if !known {
        return refuse(401, &[("unauthenticated", None, text(&DATA["refused"]))]);
    }
    let Some(path) = path else {
        let fixed = DATA["fixed"].as_object().into_iter().flatten();
        let longest = fixed.filter(|(end, _)| seen.path().ends_with(end.as_str())).max_by_key(|(end, _)| end.len());
        return longest.map_or_else(missing, |(_, data)| data_of(data.clone()));
    };
    if Some(path) == DATA["status"]["path"].as_str() {
        return status(hub, seen.at, &fields);
    }
    if Some(path) == DATA["files"]["path"].as_str() {
        return file(seen, &fields);
    }
    let Some(place) = place(path) else { return missing() };
    match place.rest.as_slice() {
        [] => list(hub, seen, &place, fields),
        [id] => one(hub, seen, &place, id, fields),
        [id, action] => act(hub, seen, &place, id, action, &fields),
        _ => missing(),
    }
}

fn list(hub: &mut HubState, seen: &SeenRequest, place: &ResourcePath, fields: Fields) -> Reply {
    let resource = &DATA["resources"][&place.list];
    let (list, now) = (place.list.as_str(), seen.at);
    match seen.method {
        Method::GET => page(hub, now, place, fields),
        Method::POST if resource["empty"] == true => data_of(json!({})),
        Method::POST => {
            let needs = resource["needs"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let lacking: Vec<_> = needs
                .filter(|need| !fields.contains_key(*need))
                .map(|need| ("invalid_param", Some(need.to_owned()), "is required".to_owned()))
                .collect();
            if !lacking.is_empty() {
                return refuse(400, &lacking);
            }
            let becomes = resource["becomes"].as_str();
            let mut given = place.parents.clone();
            if becomes.is_none() {
                given.extend(fields);
            }
            made(hub, now, becomes.unwrap_or(list), given)
        }
        // A task does it.
        Method::DELETE => match (resource["task"].as_str(), resource["tasks"].as_str()) {
            (Some(task), _) => made(hub, now, task, Fields::new()),
            (_, Some(task)) => {
                let id = hub.put(task, Fields::new(), Some(now)).unwrap_or_default();
                let task = hub.find(task, &text(&id)).map(|object| object.view(now));
                data_of(json!([task]))
            }
            _ => missing(),
        },
        Method::PATCH => bulk(hub, now, list, &fields),
        _ => missing(),
    }
}

fn made(hub: &mut HubState, now: Duration, list: &str, fields: Fields) -> Reply {
    let id = hub.put(list, fields, Some(now)).unwrap_or_default();
    hub.find(list, &text(&id)).map_or_else(missing, |object| data_of(Value::Object(object.view(now))))
}

fn page(hub: &HubState, now: Duration, place: &ResourcePath, mut fields: Fields) -> Reply {
    let mut number =
        |name: &str, default| fields.remove(name).and_then(|value| text(&value).parse().ok()).unwrap_or(default);
    let (limit, offset): (u64, u64) = (number("limit", PAGE), number("offset", 0));
    fields.extend(place.parents.clone());
    let objects = hub.lists.get(&place.list).into_iter().flatten().map(|object| object.view(now));
    // A filter that an object has no field for is one that the Hub knows and we do not.
    let fits = |object: &Fields| {
        fields.iter().all(|(name, wanted)| object.get(name).is_none_or(|value| text(value) == text(wanted)))
    };
    let all: Vec<_> = objects.filter(fits).collect();
    let total = all.len();
    let some: Vec<_> = all.into_iter().skip(offset as usize).take(limit as usize).collect();
    let pagination = json!({"limit": limit, "offset": offset, "count": some.len(), "total": total});
    Reply::json(&json!({"data": some, "meta": {"status": 200, "pagination": pagination}}))
}

fn one(hub: &mut HubState, seen: &SeenRequest, place: &ResourcePath, id: &str, fields: Fields) -> Reply {
    let (list, now) = (place.list.as_str(), seen.at);
    let resource = &DATA["resources"][list];
    let Some(object) = hub.find(list, id) else { return missing() };
    match seen.method {
        Method::GET => data_of(Value::Object(object.view(now))),
        Method::PATCH => {
            let busy = &resource["busy"];
            if busy.is_object() && object.is_busy(now) {
                return refuse(400, &[("invalid_param", Some(text(&busy["param"])), text(&busy["message"]))]);
            }
            let word = fields.get("status").and_then(Value::as_str);
            let told = word.and_then(|word| resource["patches"].get(word)).map(|steps| story(steps, now));
            hub.merge(list, id, &fields);
            let told = told.or_else(|| (resource["again"] == true).then(|| story(&resource["story"], now)));
            if let Some(told) = told {
                hub.tell(list, id, told);
            }
            hub.find(list, id).map_or_else(missing, |object| data_of(Value::Object(object.view(now))))
        }
        Method::DELETE => {
            let delete = &resource["delete"];
            if delete["keep"] == true {
                let patch = delete["patch"].as_object().cloned().unwrap_or_default();
                hub.merge(list, id, &patch);
                if delete["story"].is_array() {
                    hub.tell(list, id, story(&delete["story"], now));
                }
                return hub.find(list, id).map_or_else(missing, |object| data_of(Value::Object(object.view(now))));
            }
            let mut last = object.view(now);
            last.insert("deleted".into(), true.into());
            hub.remove(list, id);
            data_of(Value::Object(last))
        }
        _ => missing(),
    }
}

fn act(hub: &mut HubState, seen: &SeenRequest, place: &ResourcePath, id: &str, action: &str, fields: &Fields) -> Reply {
    let what = format!("{} {}/{{id}}/{action}", seen.method, place.list);
    let Some(action) = DATA["actions"].get(&what).filter(|_| hub.find(&place.list, id).is_some()) else {
        return missing();
    };
    if let Some(text) = action["text"].as_str() {
        return Reply::bytes(text.to_owned()).header("content-type", "text/plain; charset=utf-8");
    }
    hub.merge(&place.list, id, fields);
    hub.tell(&place.list, id, story(&action["story"], seen.at));
    hub.find(&place.list, id).map_or_else(missing, |object| data_of(Value::Object(object.view(seen.at))))
}

/// Many objects told at once, by names of their own.
fn bulk(hub: &mut HubState, now: Duration, list: &str, fields: &Fields) -> Reply {
    let bulk = &DATA["resources"][list]["bulk"];
    let Some(items) = bulk["list"].as_str().and_then(|name| fields.get(name)).and_then(Value::as_array) else {
        return missing();
    };
    let mut all = Vec::new();
    for item in items {
        let id = text(&item[text(&bulk["id"])]);
        let mut given: Fields =
            fields.iter().filter(|(_, value)| !value.is_array()).map(|(k, v)| (k.clone(), v.clone())).collect();
        given.insert("id".into(), id.clone().into());
        for (name, value) in item.as_object().into_iter().flatten() {
            let name = bulk["rename"][name].as_str().unwrap_or(name);
            given.insert(name.to_owned(), value.clone());
        }
        given.insert(text(&bulk["raw"]), item.clone());
        if hub.find(list, &id).is_none() {
            hub.put(list, given, None);
        } else {
            hub.merge(list, &id, &given);
        }
        all.extend(hub.find(list, &id).map(|object| Value::Object(object.view(now))));
    }
    data_of(Value::Array(all))
}

fn status(hub: &HubState, now: Duration, fields: &Fields) -> Reply {
    let kind = fields.get("object").map(text).unwrap_or_default();
    let Some(list) = DATA["status"]["objects"][&kind].as_str() else {
        return refuse(400, &[("invalid_param", Some("object".to_owned()), "is not supported".to_owned())]);
    };
    if list.is_empty() {
        return data_of(json!({"status": DATA["status"]["other"]}));
    }
    let object = fields.get("id").and_then(|id| hub.find(list, &text(id)));
    object.map_or_else(missing, |object| data_of(json!({"status": object.view(now).get("status")})))
}

fn file(seen: &SeenRequest, fields: &Fields) -> Reply {
    let path = fields.get("file_path").map(text).unwrap_or_default();
    match seen.method {
        Method::POST => data_of(store::policy(seen, &path)),
        _ => data_of(json!({"url": format!("{}/{path}", store::address(seen))})),
    }
}

fn login(fields: &Fields) -> Reply {
    let given = fields.get("password").filter(|given| given.is_string());
    match given.is_some_and(|given| *given != DATA["login"]["wrong"]) {
        true => data_of(DATA["login"]["answer"].clone()),
        false => refuse(401, &[("unauthenticated", None, text(&DATA["login"]["refused"]))]),
    }
}

fn data_of(data: Value) -> Reply {
    Reply::json(&json!({"data": data, "meta": {"status": 200}}))
}

fn missing() -> Reply {
    refuse(404, &[("not_found", None, "Not Found".to_owned())])
}

fn refuse(status: u16, why: &[(&str, Option<String>, String)]) -> Reply {
    let errors = why.iter().map(|(kind, param, message)| match param {
        Some(param) => json!({"error_type": kind, "error_param": param, "message": message}),
        None => json!({"error_type": kind, "message": message}),
    });
    let errors: Vec<_> = errors.collect();
    Reply::status(status).with_json(&json!({"meta": {"status": status, "errors": errors}}))
}
