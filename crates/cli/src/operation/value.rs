//! Parameter value: what the command line says, by the type that the document gives.

use std::collections::BTreeMap;

use mlhub::Op;
use mlhub::op::{BodyKind, Param, ParamKind, ParamLocation};
use serde_json::Value;

/// Values of an option or an argument, as the document has them; the error says what a value would have to be.
pub(super) fn value(param: &Param, name: &str, texts: &[&str]) -> Result<Value, String> {
    if !several(param) {
        return texts.last().map_or(Ok(Value::Null), |text| one(param, name, text));
    }
    if let Some(list) = list(param, texts) {
        return Ok(list);
    }
    // No number has a comma in it.
    let numbers = matches!(param.kind, ParamKind::Integer | ParamKind::Number);
    let texts = texts.iter().flat_map(|text| if numbers { text.split(',').collect() } else { vec![*text] });
    texts.map(|text| one(param, name, text)).collect()
}

fn one(param: &Param, name: &str, text: &str) -> Result<Value, String> {
    let file = text.strip_prefix('@').filter(|_| param.secret || param.kind == ParamKind::Json);
    let read = file.map(|path| {
        std::fs::read_to_string(path).map_err(|error| format!("{name} cannot be read from {path}: {error}"))
    });
    let read = read.transpose()?;
    let text = read.as_deref().map_or(text, |read| read.trim_end_matches(['\r', '\n']));
    typed(param, text).ok_or_else(|| {
        let kind = match param.kind {
            ParamKind::Boolean => "true or false",
            ParamKind::Integer => "a whole number",
            _ => "a number",
        };
        format!("{name} is {kind}, and not {text:?}")
    })
}

/// Values by name, as `key=value` gives them: by the document's types, and as the text that was typed where that is no
/// value of its type. What the document does not name is JSON in a JSON body, where it parses as JSON, and else text. A
/// name that is given twice makes a list.
pub(crate) fn values_by_name<'a>(op: &Op, pairs: &'a [(String, String)]) -> BTreeMap<&'a str, Value> {
    let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, text) in pairs {
        texts.entry(name).or_default().push(text);
    }
    let json_body = matches!(op.body, BodyKind::Json | BodyKind::Params);
    let named = |(name, texts): (&'a str, Vec<&str>)| {
        let param = op.param(name);
        if let Some(list) = param.filter(|param| several(param)).and_then(|param| list(param, &texts)) {
            return (name, list);
        }
        let read = |text: &&str| match param {
            Some(param) => null(param, text).or_else(|| typed(param, text)),
            None => serde_json::from_str(text).ok().filter(|_| json_body),
        };
        let mut values: Vec<Value> = texts.iter().map(|text| read(text).unwrap_or_else(|| (*text).into())).collect();
        let single = values.len() == 1 && !param.is_some_and(several);
        (name, if single { values.remove(0) } else { Value::Array(values) })
    };
    texts.into_iter().map(named).collect()
}

fn several(param: &Param) -> bool {
    param.list || param.join.is_some()
}

/// The value of a text by its type, truth values in the words of a shell too.
fn typed(param: &Param, text: &str) -> Option<Value> {
    match (param.kind, text) {
        (ParamKind::Boolean, "yes" | "1") => Some(true.into()),
        (ParamKind::Boolean, "no" | "0") => Some(false.into()),
        _ => param.read(text),
    }
}

/// Nothing, in a body, where no text can be meant.
fn null(param: &Param, text: &str) -> Option<Value> {
    let numbers = matches!(param.kind, ParamKind::Integer | ParamKind::Number | ParamKind::Boolean);
    (numbers && !param.secret && param.place == ParamLocation::Body && text == "null").then_some(Value::Null)
}

/// A list that is written as one JSON list of what the parameter takes.
fn list(param: &Param, texts: &[&str]) -> Option<Value> {
    let [text] = texts else { return None };
    let Ok(Value::Array(items)) = serde_json::from_str(text) else { return None };
    let fits = |item: &Value| match param.kind {
        ParamKind::Text => item.is_string(),
        ParamKind::Id => item.is_string() || item.is_i64(),
        ParamKind::Integer => item.is_i64() || item.is_u64(),
        ParamKind::Number => item.is_number(),
        ParamKind::Boolean => item.is_boolean(),
        ParamKind::Json => true,
    };
    items.iter().all(fits).then_some(Value::Array(items))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::body::parse_pair;
    use crate::platforms::find;
    use serde_json::json;

    fn param(kind: ParamKind, list: bool) -> Param {
        Param {
            name: "some_name",
            place: ParamLocation::Body,
            required: false,
            kind,
            list,
            join: None,
            secret: false,
            flag: None,
            doc: "",
        }
    }

    fn read(param: &Param, texts: &[&str]) -> Result<Value, String> {
        value(param, "--some-name", texts)
    }

    #[test]
    fn a_value_is_what_the_document_says() {
        for (kind, text, expected) in [
            (ParamKind::Text, "007", json!("007")),
            (ParamKind::Text, "null", json!("null")),
            (ParamKind::Id, "7", json!(7)),
            (ParamKind::Id, "007", json!("007")),
            (ParamKind::Id, "12e4", json!("12e4")),
            (ParamKind::Id, "98765432109876543210", json!("98765432109876543210")),
            (ParamKind::Id, "@x", json!("@x")),
            (ParamKind::Integer, "7", json!(7)),
            (ParamKind::Number, "-0.5", json!(-0.5)),
            (ParamKind::Boolean, "no", json!(false)),
            (ParamKind::Json, "{\"a\":[1]}", json!({"a": [1]})),
            (ParamKind::Json, "plain words", json!("plain words")),
        ] {
            assert_eq!(read(&param(kind, false), &[text]), Ok(expected), "{kind:?}");
        }
        assert_eq!(read(&param(ParamKind::Integer, true), &["1", "2"]), Ok(json!([1, 2])));
        assert_eq!(read(&param(ParamKind::Integer, true), &["1,2", "3"]), Ok(json!([1, 2, 3])));
        assert_eq!(read(&param(ParamKind::Text, true), &["1,2"]), Ok(json!(["1,2"])));
        assert_eq!(read(&param(ParamKind::Text, true), &["[\"a\",\"b\"]"]), Ok(json!(["a", "b"])));
        assert_eq!(read(&param(ParamKind::Text, true), &["[1.10]"]), Ok(json!(["[1.10]"])));
    }

    #[test]
    fn a_number_outside_of_a_body_keeps_its_digits() {
        let query = Param { place: ParamLocation::Query, ..param(ParamKind::Number, false) };
        assert_eq!(read(&query, &["0.1000"]), Ok(json!("0.1000")));
        assert!(read(&query, &["high"]).is_err());
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_name_of_the_option() {
        for kind in [ParamKind::Integer, ParamKind::Number, ParamKind::Boolean] {
            let said = read(&param(kind, false), &["soon"]).unwrap_err();
            assert!(said.contains("--some-name") && said.contains("soon"), "{said}");
        }
        let secret = Param { secret: true, ..param(ParamKind::Text, false) };
        assert_eq!(read(&secret, &["123"]), Ok(json!("123")));
        assert!(read(&secret, &["@/nowhere"]).unwrap_err().contains("/nowhere"));
    }

    fn pairs(texts: &[&str]) -> Vec<(String, String)> {
        texts.iter().map(|text| parse_pair(text).unwrap()).collect()
    }

    #[test]
    fn what_the_document_does_not_name_is_json_in_a_json_body_and_text_elsewhere() {
        let op = find("autotune").unwrap().op("experiment_create").unwrap();
        let given = pairs(&["a=1", "b=x y", "c=\"1\"", "d={\"e\":[true,null]}", "f=", "g=01", "h=1", "h=z"]);
        let expected = json!({
            "a": 1, "b": "x y", "c": "1", "d": {"e": [true, null]}, "f": "", "g": "01", "h": [1, "z"],
        });
        assert_eq!(json!(values_by_name(op, &given)), expected);
        let op = find("autotune").unwrap().op("experiment_list").unwrap();
        assert_eq!(json!(values_by_name(op, &pairs(&["other=1.10"]))), json!({"other": "1.10"}));
    }

    #[test]
    fn a_text_is_a_text_by_name_as_well() {
        let op = find("autotune").unwrap().op("user_signup").unwrap();
        for text in ["007", "12345678", "null", "12e4", "[]"] {
            assert_eq!(json!(values_by_name(op, &pairs(&[&format!("password={text}")])))["password"], json!(text));
        }
        let op = find("loudml").unwrap().op("models_delete").unwrap();
        for text in ["1.10", "null", "true"] {
            let names = values_by_name(op, &pairs(&[&format!("model_names={text}")]))["model_names"].clone();
            assert_eq!(names, json!([text]));
        }
    }
}
