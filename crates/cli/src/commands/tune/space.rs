//! Search space: the variables in the file that `--space` names.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::template::{text, variable_name};
use crate::error::{CliError, CliResult};
use crate::format::{number, one_line};
use crate::input;

/// Fields of a variable. `vtype` is the hub's word for `type`.
const FIELDS: &[&str] = &["type", "vtype", "min", "max", "guess", "options", "log", "step"];

/// Search space: variables in the order of the file.
#[derive(Debug, PartialEq)]
pub(super) struct Space {
    variables: Vec<(String, Map<String, Value>)>,
}

impl Space {
    /// Reads the file. Whether bounds and guesses make sense is the hub's to say.
    pub(super) fn read(path: &Path) -> CliResult<Space> {
        let shown = path.display();
        let text = input::read_text(path, &format!("the space {shown} cannot be read"))?;
        Space::parse(&text).map_err(|message| CliError::usage(format!("{shown}: {message}"), "mlhub tune --help"))
    }

    /// Reads YAML or JSON.
    fn parse(text: &str) -> Result<Space, String> {
        // JSON is nearly YAML; what is not (tabs) is for JSON's own parser.
        let entries: Entries = match serde_json::from_str(text) {
            Ok(entries) => entries,
            // A quoted name begins a map in YAML.
            Err(error) if error.is_data() && !text.trim_start().starts_with('"') => return Err(error.to_string()),
            // Only `true` and `false` are no words: `no` may be an option.
            Err(_) => serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true })
                .map_err(|error| first_line(&error))?,
        };
        if entries.0.is_empty() {
            return Err("there is no variable in it".to_owned());
        }
        let mut variables = Vec::new();
        for (name, value) in entries.0 {
            let variable = variable(value).map_err(|message| format!("variable {name:?}: {message}"))?;
            variables.push((name, variable));
        }
        let space = Space { variables };
        space.check_names()?;
        Ok(space)
    }

    /// The names of the variables.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|(name, _)| name.as_str())
    }

    /// The variables as the hub takes them.
    pub(super) fn covars(&self) -> Map<String, Value> {
        self.variables.iter().map(|(name, fields)| (name.clone(), Value::Object(fields.clone()))).collect()
    }

    /// Values as `lr=0.01 act=relu`, in the order of the space.
    pub(super) fn describe(&self, params: &Map<String, Value>) -> String {
        let word = |value: &Value| match value.as_f64() {
            Some(value) if value.fract() != 0.0 => number(value),
            _ => text(value),
        };
        let words = self.names().filter_map(|name| Some(format!("{name}={}", word(params.get(name)?))));
        one_line(&words.collect::<Vec<_>>().join(" "))
    }

    fn check_names(&self) -> Result<(), String> {
        let mut taken = BTreeMap::new();
        for name in self.names() {
            if name.is_empty() || name.contains(['{', '}', '=', '\0']) {
                return Err(format!(
                    "variable {name:?}: a name is not empty and has no braces, equals signs or null characters"
                ));
            }
            if let Some(other) = taken.insert(variable_name(name), name) {
                let variable = variable_name(name);
                return Err(format!("{other:?} and {name:?} would both be {variable} in the environment of a trial"));
            }
        }
        Ok(())
    }
}

/// The parser goes on with a drawing of the place, which its first line names.
fn first_line(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// Variable in the hub's terms.
fn variable(value: Value) -> Result<Map<String, Value>, String> {
    let Value::Object(mut fields) = value else {
        return Err("a variable is a map with `type`, and `min` and `max` or `options`".to_owned());
    };
    if let Some(unknown) = fields.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(format!("there is no field {unknown:?}; there are {}", FIELDS.join(", ")));
    }
    if let Some((key, _)) = fields.iter().find(|(_, value)| value.is_null()) {
        return Err(format!("{key} has no value"));
    }
    match (fields.remove("type"), fields.contains_key("vtype")) {
        (Some(_), true) => return Err("it has both `type` and `vtype`, which mean the same".to_owned()),
        (Some(kind), false) => drop(fields.insert("vtype".to_owned(), kind)),
        (None, true) => {}
        (None, false) => return Err("it has no `type`: int, cont or cat".to_owned()),
    }
    if let Some(options) = fields.get_mut("options") {
        let Value::Array(list) = options else {
            return Err("options is a list".to_owned());
        };
        list.iter_mut().try_for_each(|option| category(option, "an option"))?;
    }
    if fields.get("vtype").is_some_and(|kind| kind == "cat")
        && let Some(guess) = fields.get_mut("guess")
    {
        category(guess, "the guess")?;
    }
    Ok(fields)
}

/// Categories are words: `true` and `3` in the file are the words "true" and "3".
fn category(value: &mut Value, what: &str) -> Result<(), String> {
    let text = match &*value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        _ => return Err(format!("{what} is neither a word nor a number")),
    };
    if text.contains('\0') {
        return Err(format!("{what} has a null character, which no program can be given"));
    }
    *value = Value::String(text);
    Ok(())
}

/// Map that keeps its order and refuses to have a name twice.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of variables by name, such as `x: {type: cont, min: 0, max: 1}`")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries, M::Error> {
                let mut entries: Vec<(String, Value)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if entries.iter().any(|(other, _)| *other == name) {
                        return Err(M::Error::custom(format!("the variable {name:?} is there twice")));
                    }
                    entries.push((name, value));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn yaml_and_json_say_the_same() {
        let yaml = "lr: {type: cont, min: 1e-5, max: 0.1, log: true}\n\
                    layers:\n  vtype: int\n  min: 1\n  max: 8\n  guess: 2\n  step: 1\n\
                    act: {type: cat, options: [relu, no, true, 3]}\n";
        let json = "{\"lr\": {\"type\": \"cont\", \"min\": 1e-5, \"max\": 0.1, \"log\": true},\n\
                    \t\"layers\": {\"vtype\": \"int\", \"min\": 1, \"max\": 8, \"guess\": 2, \"step\": 1},\n\
                    \t\"act\": {\"type\": \"cat\", \"options\": [\"relu\", \"no\", true, 3]}}";
        let space = Space::parse(yaml).unwrap();
        assert_eq!(space, Space::parse(json).unwrap());
        // The order of the file, not of the alphabet.
        assert_eq!(space.names().collect::<Vec<_>>(), ["lr", "layers", "act"]);
        let expected = json!({
            "lr": {"vtype": "cont", "min": 1e-5, "max": 0.1, "log": true},
            "layers": {"vtype": "int", "min": 1, "max": 8, "guess": 2, "step": 1},
            "act": {"vtype": "cat", "options": ["relu", "no", "true", "3"]},
        });
        assert_eq!(Value::Object(space.covars()), expected);
    }

    #[test]
    fn a_mistake_is_named_with_its_variable() {
        for (text, words) in [
            ("", "no variable"),
            ("{}", "no variable"),
            ("[1, 2]", "map of variables"),
            ("x: 3", "\"x\": a variable is a map"),
            ("x: {min: 0, max: 1}", "\"x\": it has no `type`"),
            ("x: {type: cont, vtype: cont}", "both"),
            ("x: {type: cont, mn: 0}", "\"mn\""),
            ("x: {type: cont, min: .inf}", "line 1 column 22: non-finite"),
            ("x: {type: cont, min: ~}", "min has no value"),
            ("x: {type: cat, options: relu}", "options is a list"),
            ("x: {type: cat, options: [[a]]}", "an option is neither"),
            ("x: {type: cat, options: [\"a\\0\"]}", "null character"),
            ("x: {type: int}\nx: {type: int}", "x"),
            ("{\"x\": {\"type\": \"int\"}, \"x\": {\"type\": \"int\"}}", "\"x\" is there twice"),
            ("a-b: {type: int}\na.b: {type: int}", "MLHUB_PARAM_A_B"),
            ("\"{x}\": {type: int}", "braces"),
            ("x: {type: int", "line 1"),
        ] {
            let said = Space::parse(text).unwrap_err();
            assert!(said.contains(words), "{text:?}: {said}");
        }
    }

    #[test]
    fn values_are_named_in_the_order_of_the_space() {
        let space = Space::parse("{lr: {type: cont}, act: {type: cat}, n: {type: int}}").unwrap();
        let values = json!({"act": "re\nlu", "lr": 1.0 / 3.0, "n": 12345678});
        assert_eq!(space.describe(values.as_object().unwrap()), "lr=0.333333 act=re lu n=12345678");
    }
}
