//! OpenAPI 3.1, said in the words of 3.0.

use serde_json::{Map, Value, json};

use super::each_object;

/// The type that 3.0 does not have.
const NULL: &str = "null";

pub(super) fn lower(document: &mut Value) {
    each_object(document, &mut |schema| {
        if schema.get("$ref").is_some_and(Value::is_string) {
            return reference(schema);
        }
        examples(schema);
        constant(schema);
        types(schema);
        without_null(schema, "oneOf");
        without_null(schema, "anyOf");
        bound(schema, "exclusiveMinimum", "minimum");
        bound(schema, "exclusiveMaximum", "maximum");
        binary(schema);
        parts(schema);
    });
    // What is null and nothing else is left without a type: it may be anything.
    each_object(document, &mut |schema| {
        if schema.get("type").is_some_and(|kind| kind == NULL) {
            schema.remove("type");
        }
    });
}

/// A list of samples becomes its first one.
fn examples(schema: &mut Map<String, Value>) {
    let Some(Value::Array(samples)) = schema.get("examples") else {
        return;
    };
    let first = samples.first().cloned();
    schema.remove("examples");
    if let Some(first) = first {
        schema.entry("example").or_insert(first);
    }
}

fn constant(schema: &mut Map<String, Value>) {
    // A property called "const" is an object here, not the keyword.
    let Some(word) = schema.get("const").filter(|word| !word.is_object()) else {
        return;
    };
    let word = word.clone();
    schema.remove("const");
    let kind = match &word {
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        _ => return,
    };
    schema.entry("type").or_insert(kind.into());
    schema.insert("enum".to_owned(), json!([word]));
}

fn types(schema: &mut Map<String, Value>) {
    let Some(Value::Array(listed)) = schema.get("type").cloned() else { return };
    let named: Vec<Value> = listed.iter().filter(|kind| kind.is_string() && **kind != NULL).cloned().collect();
    if named.len() < listed.len() {
        schema.insert("nullable".to_owned(), true.into());
    }
    match named.as_slice() {
        [] => {
            // Only null, which the choice around it turns into a word of its own.
            schema.remove("nullable");
            schema.insert("type".to_owned(), NULL.into());
        }
        [one] => {
            schema.insert("type".to_owned(), one.clone());
        }
        several => {
            let forms = several.iter().map(|kind| json!({"type": kind})).collect();
            schema.remove("type");
            schema.insert("oneOf".to_owned(), forms);
        }
    }
}

/// Takes the null form out of a choice; a choice of one is no choice, and of several is `oneOf`.
fn without_null(schema: &mut Map<String, Value>, key: &str) {
    let Some(Value::Array(forms)) = schema.get(key) else {
        return;
    };
    let is_null = |form: &Value| form["type"] == NULL;
    let named: Vec<Value> = forms.iter().filter(|form| !is_null(form)).cloned().collect();
    let nullable = named.len() < forms.len();
    if named.is_empty() {
        return;
    }
    schema.remove(key);
    if nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
    match named.as_slice() {
        [Value::Object(only)] if !only.contains_key("$ref") => {
            for (key, value) in only {
                schema.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        [only] => {
            schema.insert("allOf".to_owned(), json!([only]));
        }
        _ => {
            schema.insert("oneOf".to_owned(), Value::Array(named));
        }
    }
}

fn bound(schema: &mut Map<String, Value>, exclusive: &str, plain: &str) {
    if let Some(Value::Number(number)) = schema.get(exclusive).cloned() {
        schema.insert(plain.to_owned(), Value::Number(number));
        schema.insert(exclusive.to_owned(), true.into());
    }
}

/// An uploaded file.
fn binary(schema: &mut Map<String, Value>) {
    let removed = schema.get("contentMediaType").is_some_and(Value::is_string);
    if removed {
        schema.remove("contentMediaType");
        schema.insert("format".to_owned(), "binary".into());
    }
}

/// In 3.0 whatever stands beside a reference is ignored; around it, in `allOf`, it is kept.
fn reference(schema: &mut Map<String, Value>) {
    let to_schema = |target: &Value| target.as_str().is_some_and(|text| text.starts_with("#/components/schemas/"));
    let beside = |key: &String| matches!(key.as_str(), "description" | "nullable");
    let described = schema.get("$ref").is_some_and(to_schema) && schema.keys().any(beside);
    schema.retain(|key, _| key == "$ref" || (described && beside(key)));
    if described && let Some(target) = schema.remove("$ref") {
        schema.insert("allOf".to_owned(), json!([{"$ref": target}]));
    }
}

/// Fields beside `allOf` become one more part of it; a type beside forms adds nothing to them.
fn parts(schema: &mut Map<String, Value>) {
    const OF_OBJECTS: [&str; 3] = ["properties", "required", "additionalProperties"];
    let combined = |key| schema.get(key).is_some_and(Value::is_array);
    let (all, one) = (combined("allOf"), combined("oneOf"));
    if !(all || one) || !schema.get("type").is_none_or(Value::is_string) {
        return;
    }
    schema.remove("type");
    if !all {
        return;
    }
    let mut own = Map::new();
    for key in OF_OBJECTS {
        own.extend(schema.remove_entry(key));
    }
    if let (Some(Value::Array(parts)), false) = (schema.get_mut("allOf"), own.is_empty()) {
        own.insert("type".to_owned(), "object".into());
        parts.push(Value::Object(own));
    }
}
