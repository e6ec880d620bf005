//! Unused components, dropped: what nothing refers to any more, such as the bodies of dropped errors.

use std::collections::BTreeSet;

use serde_json::Value;

pub(super) fn drop(document: &mut Value) {
    let mut reached = BTreeSet::new();
    let mut todo = Vec::new();
    if let Some(paths) = document.get("paths") {
        references(paths, &mut todo);
    }
    while let Some(reference) = todo.pop() {
        let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        if let Some(target) = target
            && reached.insert(reference.clone())
        {
            references(target, &mut todo);
        }
    }
    let Some(Value::Object(components)) = document.get_mut("components") else {
        return;
    };
    for (section, parts) in components.iter_mut() {
        if let Value::Object(parts) = parts {
            parts.retain(|name, _| reached.contains(&format!("#/components/{section}/{name}")));
        }
    }
    components.retain(|_, parts| parts.as_object().is_none_or(|parts| !parts.is_empty()));
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                found.push(reference.clone());
            }
            members.values().for_each(|member| references(member, found));
        }
        _ => {}
    }
}
