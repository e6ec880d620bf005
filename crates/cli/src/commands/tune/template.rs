//! Command template of a trial: words with `{name}` where values go.

use std::ffi::OsString;
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{CliError, CliResult};
use crate::format::shell_line;

/// Before the variable's name in the environment of a trial.
const PREFIX: &str = "MLHUB_PARAM_";

/// Command template whose placeholders are known variables.
#[derive(Debug)]
pub(super) struct Template {
    words: Vec<Word>,
}

/// Word of the command.
#[derive(Debug, PartialEq)]
enum Word {
    /// The same in each trial; perhaps no text at all.
    Fixed(OsString),
    /// With values in it.
    Filled(Vec<Part>),
}

#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    Value(String),
}

impl Template {
    /// Parses the words of the command; `names` are those of the variables.
    pub(super) fn new(words: &[OsString], names: &[&str]) -> CliResult<Template> {
        let words = words.iter().map(|word| match word.to_str() {
            Some(text) => parse(text, names),
            // A placeholder is text, and this is none.
            None => Ok(Word::Fixed(word.clone())),
        });
        let words = words.collect::<Result<_, _>>().map_err(|message| CliError::usage(message, "mlhub tune --help"))?;
        let template = Template { words };
        template.check_program()?;
        Ok(template)
    }

    /// The command with these values. They are words of their own, never read by a shell.
    pub(super) fn command(&self, params: &Map<String, Value>) -> Vec<OsString> {
        let value = |name: &String| params.get(name).map(text).unwrap_or_default();
        let word = |word: &Word| match word {
            Word::Fixed(word) => word.clone(),
            Word::Filled(parts) => {
                let part = |part: &Part| match part {
                    Part::Text(text) => text.clone(),
                    Part::Value(name) => value(name),
                };
                parts.iter().map(part).collect::<String>().into()
            }
        };
        self.words.iter().map(word).collect()
    }

    /// The same as a line to be pasted into a shell.
    pub(super) fn shell_line(&self, params: &Map<String, Value>) -> String {
        let words = self.command(params);
        shell_line(words.iter().map(|word| word.to_string_lossy()))
    }

    /// A program that does not exist is a mistake on the command line, not a failure of each trial.
    fn check_program(&self) -> CliResult {
        let Some(Word::Fixed(program)) = self.words.first() else {
            return Ok(());
        };
        let shown = program.to_string_lossy();
        let search = std::env::var_os("PATH").unwrap_or_default();
        let found = match Path::new(program).components().count() {
            1 if !shown.contains('/') => std::env::split_paths(&search).any(|folder| runs(&folder.join(program))),
            _ => runs(Path::new(program)),
        };
        if found {
            return Ok(());
        }
        let next = if shown.contains('/') { format!("ls -l {shown}") } else { format!("command -v {shown}") };
        Err(CliError::usage(format!("there is no program {shown:?} to run"), next))
    }
}

/// Environment variables of a trial, which carry its values.
pub(super) fn variables(params: &Map<String, Value>) -> Vec<(String, String)> {
    params.iter().map(|(name, value)| (variable_name(name), text(value))).collect()
}

/// Name of the environment variable that carries a value: upper case, and `_` for what environments do not take.
pub(super) fn variable_name(name: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
    PREFIX.chars().chain(name.chars().map(letter)).collect()
}

/// Value as a program reads it: a category as it is, a number as JSON has it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        number => number.to_string(),
    }
}

#[cfg(unix)]
fn runs(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn runs(path: &Path) -> bool {
    path.is_file() || path.with_extension("exe").is_file()
}

/// Braces of other languages (JSON, `${X}` of a shell) are left alone in a word without a placeholder; beside one they
/// have to be doubled, so that no word means two things.
fn parse(text: &str, names: &[&str]) -> Result<Word, String> {
    let pieces = split(text);
    let known = |name: &str| names.contains(&name);
    let filled = pieces.iter().any(|piece| matches!(piece, Piece::Name(name) if known(name)));
    let mut parts = Vec::new();
    let mut foreign = None;
    for piece in pieces {
        match piece {
            Piece::Text(letters) => parts.push(Part::Text(letters)),
            Piece::Name(name) if known(&name) => parts.push(Part::Value(name)),
            Piece::Name(name) => return Err(unknown(text, &name, names)),
            Piece::Foreign(letters) => foreign = foreign.or(Some(letters)),
        }
    }
    match (foreign, filled) {
        (Some(letters), true) => Err(format!(
            "{letters:?} in the word {text:?} is no placeholder; a brace beside a placeholder is doubled: {{{{ or }}}}"
        )),
        (None, true) => Ok(Word::Filled(parts)),
        (Some(_), false) => Ok(Word::Fixed(text.into())),
        (None, false) => {
            let letters = parts
                .iter()
                .filter_map(|part| if let Part::Text(letters) = part { Some(letters.as_str()) } else { None });
            Ok(Word::Fixed(letters.collect::<String>().into()))
        }
    }
}

fn unknown(text: &str, name: &str, names: &[&str]) -> String {
    format!(
        "{{{name}}} in the word {text:?} is no variable; there are {}. To have braces there, write {{{{{name}}}}}",
        names.join(", ")
    )
}

/// Piece of a word.
#[derive(Debug, PartialEq)]
enum Piece {
    Text(String),
    /// `{name}`, whether or not there is such a variable.
    Name(String),
    /// A brace of another language.
    Foreign(String),
}

fn split(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain += &rest[..at];
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            plain += brace;
            rest = after;
            continue;
        }
        let inner = rest.split_once('}').map(|(inner, _)| inner).filter(|inner| brace == "{" && is_name(inner));
        let piece = match inner {
            Some(name) if plain.ends_with('$') => Piece::Foreign(format!("${{{name}}}")),
            Some(name) => Piece::Name(name.to_owned()),
            None => Piece::Foreign(brace.to_owned()),
        };
        rest = &rest[inner.map_or(0, |name| name.len() + 1)..];
        pieces.push(Piece::Text(std::mem::take(&mut plain)));
        pieces.push(piece);
    }
    plain += rest;
    pieces.push(Piece::Text(plain));
    pieces
}

/// Whether it could be the name of a variable, if perhaps of none that there is.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_alphanumeric() || "_-. ".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(words: &[&str]) -> Result<Vec<String>, String> {
        let template = words.iter().map(|word| parse(word, &["lr", "n layers", "act"])).collect::<Result<_, _>>()?;
        let params = json!({"lr": 1e-5, "n layers": 3, "act": "$(touch x); \"a\" 'b' {lr}\n"});
        let command = Template { words: template }.command(params.as_object().unwrap());
        Ok(command.into_iter().map(|word| word.into_string().unwrap()).collect())
    }

    #[test]
    fn placeholders_become_values_wherever_they_stand() {
        let words =
            ["train", "--lr={lr}", "{n layers}", "{lr}/{n layers}", "{act}", "{{lr}}", "a{{b", "{{\"v\": {lr}}}", ""];
        let expected = [
            "train",
            "--lr=0.00001",
            "3",
            "0.00001/3",
            "$(touch x); \"a\" 'b' {lr}\n",
            "{lr}",
            "a{b",
            "{\"v\": 0.00001}",
            "",
        ];
        assert_eq!(filled(&words).unwrap(), expected);
    }

    #[test]
    fn braces_of_other_languages_are_left_alone() {
        for word in [
            "{\"a\": {\"b\": 1}}",
            "echo ${MLHUB_PARAM_LR} ${lr}",
            "'{ print $1 }'",
            "} {",
            "{}",
            "f() { echo \"$1\"; }",
        ] {
            assert_eq!(filled(&[word]).unwrap(), [word]);
        }
    }

    #[test]
    fn what_could_be_a_mistake_is_one() {
        for (word, said) in [
            ("{rate}", "{rate} in the word \"{rate}\" is no variable; there are lr, n layers, act"),
            ("{lr} {rate}", "is no variable"),
            ("{\"value\": {lr}}", "is doubled"),
            ("{lr}}", "is doubled"),
            ("${rate}{lr}", "is doubled"),
        ] {
            let error = filled(&[word]).unwrap_err();
            assert!(error.contains(said), "{word}: {error}");
        }
    }

    #[test]
    fn names_in_the_environment_are_upper_case_with_underscores() {
        assert_eq!(variable_name("learning-rate.1 é"), "MLHUB_PARAM_LEARNING_RATE_1__");
    }

    #[test]
    fn a_command_can_be_pasted() {
        let template = Template::new(&["echo".into(), "--act={act}".into(), "".into()], &["act"]).unwrap();
        let values = json!({"act": "$(touch x); \"a\" 'b'"});
        let line = template.shell_line(values.as_object().unwrap());
        let words = shlex::split(&line).unwrap();
        assert_eq!(words, ["echo", "--act=$(touch x); \"a\" 'b'", ""]);
    }

    #[test]
    fn values_in_the_environment_are_the_same_words() {
        let params = json!({"n layers": 3, "lr": 0.5, "act": "a b"});
        let expected = [("MLHUB_PARAM_ACT", "a b"), ("MLHUB_PARAM_LR", "0.5"), ("MLHUB_PARAM_N_LAYERS", "3")];
        let mut found = variables(params.as_object().unwrap());
        found.sort();
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_is_not_there_is_said_at_once() {
        let template = |program: &str| Template::new(&[program.into()], &["lr"]).map_err(|error| format!("{error:?}"));
        assert!(template("sh").is_ok() && template("/bin/sh").is_ok() && template("{lr}").is_ok());
        for program in ["no-such-program", "/no/such/program", "/etc/passwd", "/etc", ""] {
            assert!(template(program).unwrap_err().contains("there is no program"), "{program}");
        }
    }
}
