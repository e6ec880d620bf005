//! Search space: the variables in the file that `--space` names.

mod document;
mod variable;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{CliError, CliResult};
use crate::format::{number, one_line};
use crate::input;
use document::{Content, Mistake};
use variable::Variable;

/// Before the variable's name in the environment of a trial.
const PREFIX: &str = "MLHUB_PARAM_";

/// Search space: variables in the order of the file.
#[derive(Debug, PartialEq)]
pub(super) struct Space {
    variables: Vec<(String, Variable)>,
}

impl Space {
    /// Reads the file. A mistake is said with its place, before anything else is done.
    pub(super) fn read(path: &Path) -> CliResult<Space> {
        let shown = path.display();
        let text = input::read_text(path, &format!("the space {shown} cannot be read"))?;
        Space::parse(&text).map_err(|message| CliError::usage(format!("{shown}: {message}"), "mlhub tune --help"))
    }

    /// Reads YAML or JSON.
    pub(super) fn parse(text: &str) -> Result<Space, String> {
        let said = |mistake: Mistake| format!("{}: {}", mistake.place, mistake.message);
        let Some(document) = document::read(text).map_err(said)? else {
            return Err("there is no variable in it".to_owned());
        };
        let Content::Map(entries) = &document.content else {
            return Err(said(
                document.wrong("a space is a map of variables by name, such as `x: {type: cont, min: 0, max: 1}`"),
            ));
        };
        let mut variables: Vec<(String, Variable)> = Vec::new();
        for (key, value) in entries {
            let name = key.word().map(|(name, _)| name).unwrap_or_default();
            // Braces would end a placeholder where it does not end.
            if name.is_empty() || name.contains(['{', '}', '\0']) {
                let message = "a name is not empty and has no braces or null characters";
                return Err(said(key.wrong(format!("variable {name:?}: {message}"))));
            }
            if variables.iter().any(|(other, _)| other == name) {
                return Err(said(key.wrong(format!("the variable {name:?} is there twice"))));
            }
            let named = |mistake: Mistake| {
                said(Mistake { message: format!("variable {name:?}: {}", mistake.message), ..mistake })
            };
            variables.push((name.to_owned(), Variable::of(value).map_err(named)?));
        }
        if variables.is_empty() {
            return Err("there is no variable in it".to_owned());
        }
        Ok(Space { variables })
    }

    /// The names of the variables.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|(name, _)| name.as_str())
    }

    /// Whether an empty option of that variable leaves out the word that it would be.
    pub(super) fn is_flag(&self, name: &str) -> bool {
        self.variables.iter().any(|(other, variable)| other == name && variable.flag)
    }

    /// The variables as the hub takes them.
    pub(super) fn covars(&self) -> Map<String, Value> {
        self.variables.iter().map(|(name, variable)| (name.clone(), Value::Object(variable.fields.clone()))).collect()
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

    /// Names of the environment variables that carry the values, in the order of the space: upper case, `_` for what
    /// environments do not take, and a number behind the later of two that would be the same.
    pub(super) fn environment_names(&self) -> Vec<String> {
        let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
        let plain: Vec<String> =
            self.names().map(|name| PREFIX.chars().chain(name.chars().map(letter)).collect()).collect();
        let mut taken = BTreeSet::new();
        let unique = |name: &String| {
            let numbered = (2_u32..).map(|number| format!("{name}_{number}"));
            let free = |name: &String| !taken.contains(name) && !plain.contains(name);
            let first = Some(name.clone()).filter(|name| !taken.contains(name));
            let chosen = first.or_else(|| numbered.into_iter().find(free)).unwrap_or_default();
            taken.insert(chosen.clone());
            chosen
        };
        plain.iter().map(unique).collect()
    }
}

/// Value as a program reads it: a category as it is, a number as JSON has it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        number => number.to_string(),
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
                    act: {type: cat, options: [relu, no, true, 3], flag: true}\n";
        let json = "{\"lr\": {\"type\": \"cont\", \"min\": 1e-5, \"max\": 0.1, \"log\": true},\n\
                    \t\"layers\": {\"vtype\": \"int\", \"min\": 1, \"max\": 8, \"guess\": 2, \"step\": 1},\n\
                    \t\"act\": {\"type\": \"cat\", \"options\": [\"relu\", \"no\", true, 3], \"flag\": true}}";
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
    fn a_mistake_is_named_with_its_variable_and_its_place() {
        for (text, words) in [
            ("", "no variable"),
            ("{}", "no variable"),
            ("[1, 2]", "line 1 column 1: a space is a map of variables"),
            ("x: 3", "line 1 column 4: variable \"x\": a variable is a map"),
            ("x: {min: 0, max: 1}", "\"x\": it has no `type`"),
            ("x: {type: cont, vtype: cont}", "both"),
            ("x: {type: cont,\n    mn: 0}", "line 2 column 5: variable \"x\": there is no field \"mn\""),
            ("x: {type: count, min: 0}", "line 1 column 11: variable \"x\": the type \"count\" is none of"),
            ("x: {type: cont, min: 0}", "it has no `max`"),
            ("x: {type: cont, min: .inf, max: 1}", "line 1 column 22: variable \"x\": min is .inf, and no number"),
            ("x: {type: cont, min: ~}", "min has no value"),
            ("x: {type: cont, min: '0', max: 1}", "min is the text \"0\", and no number"),
            ("x: {type: cont, min: 1, max: 0}", "line 1 column 30: variable \"x\": max is 0, and not above min"),
            (
                "x: {type: cont, min: 0, max: 1, log: true}",
                "line 1 column 22: variable \"x\": a log scale has min above 0",
            ),
            ("x: {type: cont, min: 0, max: 1, log: yes}", "true or false"),
            ("x: {type: cont, min: 0, max: 1, options: [a]}", "a variable of the type cont has no `options`"),
            ("x: {type: cont, min: 0, max: 1, step: 2}", "step is 2, and not above 0 and at most 1"),
            ("x: {type: cont, min: 0, max: 1, step: 0}", "step is 0, and not above 0"),
            ("x: {type: cont, min: 0, max: 1, guess: 2}", "the guess 2 is not between 0 and 1"),
            ("x: {type: cont, min: 0, max: 1, step: 0.25, guess: 0.3}", "between two steps; near it are 0.25 and 0.5"),
            ("x: {type: int, min: 1, max: 9, step: 4, guess: 3}", "between two steps; near it are 1 and 5"),
            ("x: {type: int, min: 0.5, max: 9}", "min is 0.5, and an int has whole numbers"),
            ("x: {type: int, min: 0, max: 8.9}", "max is 8.9, and an int has whole numbers"),
            ("x: {type: int, min: 0, max: 9, guess: 2.5}", "guess is 2.5, and an int has whole numbers"),
            ("x: {type: int, min: 0, max: 9, step: 1.5}", "step is 1.5, and an int has whole numbers"),
            ("x: {type: cat, options: relu}", "options is a list"),
            ("x: {type: cat, options: []}", "1 to 1000 options, not 0"),
            ("x: {type: cat, options: [[a]]}", "an option is neither"),
            ("x: {type: cat, options: [a, 'a']}", "line 1 column 29: variable \"x\": the option \"a\" is there twice"),
            ("x: {type: cat, options: [a], guess: b}", "the guess \"b\" is none of the options"),
            ("x: {type: cat, options: [\"a\\0\"]}", "null character"),
            ("x: {type: int, min: 0, max: 1}\nx: {type: int}", "line 2 column 1: the variable \"x\" is there twice"),
            (
                "{\"x\": {\"type\": \"cat\", \"options\": [1]},\n\t\"x\": {}}",
                "line 2 column 2: the variable \"x\" is there",
            ),
            ("\"{x}\": {type: int}", "braces"),
            ("x: {type: int", "line 1"),
        ] {
            let said = Space::parse(text).unwrap_err();
            assert!(said.contains(words), "{text:?}: {said}");
        }
    }

    #[test]
    fn options_are_words_as_they_are_written() {
        for text in [
            "v: {type: cat, options: [3.10, 3.1, 001, 12e4, True, '', no], guess: 3.10}",
            "{\"v\": {\"type\": \"cat\", \"options\": [3.10, 3.1, \"001\", 12e4, \"True\", \"\", \"no\"], \"guess\": 3.10}}",
        ] {
            let expected =
                json!({"vtype": "cat", "options": ["3.10", "3.1", "001", "12e4", "True", "", "no"], "guess": "3.10"});
            assert_eq!(Space::parse(text).unwrap().covars()["v"], expected, "{text}");
        }
    }

    #[test]
    fn steps_that_people_write_are_no_trouble() {
        for text in [
            "x: {type: cont, min: 0, max: 1, step: 0.1, guess: 0.3}",
            "x: {type: cont, min: -1, max: 1e6, step: 1e-3, guess: 999999.999}",
            "x: {type: int, min: 1, max: 1e3, guess: 10, log: true}",
            "x: {type: int, min: -9, max: -1, step: 4, guess: -5}",
        ] {
            assert!(Space::parse(text).is_ok(), "{text}: {:?}", Space::parse(text));
        }
    }

    #[test]
    fn names_in_the_environment_are_upper_case_with_underscores_and_differ() {
        let names = |names: &[&str]| {
            let variables: Vec<_> =
                names.iter().map(|name| format!("{name:?}: {{type: int, min: 0, max: 1}}")).collect();
            let names = Space::parse(&variables.join("\n")).unwrap().environment_names();
            names.iter().map(|name| name.strip_prefix(PREFIX).unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(&["learning-rate.1 é", "n"]), ["LEARNING_RATE_1__", "N"]);
        assert_eq!(names(&["X", "x", "x_2", "x.2"]), ["X", "X_3", "X_2", "X_2_2"]);
        assert_eq!(names(&["学习", "批量", "率"]), ["__", "___2", "_"]);
    }

    #[test]
    fn values_are_named_in_the_order_of_the_space() {
        let space = Space::parse(
            "{lr: {type: cont, min: 0, max: 1}, act: {type: cat, options: [a]}, n: {type: int, min: 0, max: 9}}",
        )
        .unwrap();
        let values = json!({"act": "re\nlu", "lr": 1.0 / 3.0, "n": 12345678});
        assert_eq!(space.describe(values.as_object().unwrap()), "lr=0.333333 act=re lu n=12345678");
    }
}
