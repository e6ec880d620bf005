//! Command template of a trial: words with `{name}` where values go.

use std::ffi::OsString;
use std::path::Path;

use serde_json::{Map, Value};

use super::space::{Space, text};
use crate::error::{CliError, CliResult};
use crate::format::shell_line;

/// Command template whose placeholders are known variables.
#[derive(Debug)]
pub(super) struct Template {
    words: Vec<Word>,
    /// The variables and those of the environment that carry them.
    variables: Vec<(String, String)>,
}

/// Word of the command.
#[derive(Debug, PartialEq)]
enum Word {
    /// The same in each trial; perhaps no text at all.
    Fixed(OsString),
    /// With values in it.
    Filled(Vec<Part>),
    /// The value of a flag, and nothing where that is empty.
    Flag(String),
}

#[derive(Debug, PartialEq)]
enum Part {
    Text(String),
    Value(String),
}

impl Template {
    /// Parses the words of the command.
    pub(super) fn new(words: &[OsString], space: &Space) -> CliResult<Template> {
        let words = words.iter().map(|word| match word.to_str() {
            Some(text) => parse(text, space),
            // A placeholder is text, and this is none.
            None => Ok(Word::Fixed(word.clone())),
        });
        let words = words.collect::<Result<_, _>>().map_err(|message| CliError::usage(message, "mlhub tune --help"))?;
        let variables = space.names().map(str::to_owned).zip(space.environment_names()).collect();
        let template = Template { words, variables };
        template.check_program()?;
        Ok(template)
    }

    /// The command with these values. They are words of their own, never read by a shell.
    pub(super) fn command(&self, params: &Map<String, Value>) -> Vec<OsString> {
        let value = |name: &String| params.get(name).map(text).unwrap_or_default();
        let word = |word: &Word| match word {
            Word::Fixed(word) => Some(word.clone()),
            Word::Flag(name) => Some(value(name).into()).filter(|word: &OsString| !word.is_empty()),
            Word::Filled(parts) => {
                let part = |part: &Part| match part {
                    Part::Text(text) => text.clone(),
                    Part::Value(name) => value(name),
                };
                Some(parts.iter().map(part).collect::<String>().into())
            }
        };
        self.words.iter().filter_map(word).collect()
    }

    /// Environment variables of a trial, which carry its values, in the order of the space.
    pub(super) fn variables(&self, params: &Map<String, Value>) -> Vec<(String, String)> {
        let value = |(name, variable): &(String, String)| Some((variable.clone(), text(params.get(name)?)));
        self.variables.iter().filter_map(value).collect()
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
fn parse(text: &str, space: &Space) -> Result<Word, String> {
    let known = |name: &str| space.names().any(|other| other == name);
    let pieces = split(text, &known);
    let filled = pieces.iter().any(|piece| matches!(piece, Piece::Name(name) if known(name)));
    let mut parts = Vec::new();
    let mut foreign = None;
    for piece in pieces {
        match piece {
            Piece::Text(letters) if letters.is_empty() => {}
            Piece::Text(letters) => parts.push(Part::Text(letters)),
            Piece::Name(name) if known(&name) => parts.push(Part::Value(name)),
            Piece::Name(name) => return Err(unknown(text, &name, space)),
            Piece::Foreign(letters) => foreign = foreign.or(Some(letters)),
        }
    }
    if let [Part::Value(name)] = &parts[..]
        && foreign.is_none()
        && space.is_flag(name)
    {
        return Ok(Word::Flag(name.clone()));
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

fn unknown(text: &str, name: &str, space: &Space) -> String {
    format!(
        "{{{name}}} in the word {text:?} is no variable; there are {}. To have braces there, write {{{{{name}}}}}",
        space.names().collect::<Vec<_>>().join(", ")
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

fn split(text: &str, known: &impl Fn(&str) -> bool) -> Vec<Piece> {
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
        let inner = rest
            .split_once('}')
            .map(|(inner, _)| inner)
            .filter(|inner| brace == "{" && (known(inner) || is_name(inner)));
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

/// Whether it could be the name of a variable, if perhaps of none that there is: nothing that other languages have between
/// braces.
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|letter: char| letter.is_control() || "{\"'`$;,\\()<>|&".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// With variables of these names.
    fn space(names: &[&str]) -> Space {
        let variables: Vec<_> = names.iter().map(|name| format!("{name:?}: {{type: int, min: 0, max: 9}}")).collect();
        Space::parse(&variables.join("\n")).unwrap()
    }

    fn filled(words: &[&str]) -> Result<Vec<String>, String> {
        let space = space(&["lr", "n layers", "act", "model/lr", "optim:lr", "net[0]", "a=b*(c)"]);
        let template = words.iter().map(|word| parse(word, &space)).collect::<Result<_, _>>()?;
        let params = json!({
            "lr": 1e-5, "n layers": 3, "act": "$(touch x); \"a\" 'b' {lr}\n", "model/lr": 1, "optim:lr": 2, "net[0]": 3,
            "a=b*(c)": 4,
        });
        let command = Template { words: template, variables: Vec::new() }.command(params.as_object().unwrap());
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
    fn any_name_is_a_placeholder() {
        let words = ["{model/lr}", "--o={optim:lr}", "{net[0]}{a=b*(c)}"];
        assert_eq!(filled(&words).unwrap(), ["1", "--o=2", "34"]);
        for word in ["{model/rl}", "{optim:l}", "{net[1]}", "{model.lr}", "x={lr:}"] {
            let said = filled(&[word]).unwrap_err();
            assert!(said.contains("is no variable; there are lr, n layers, act, model/lr"), "{word}: {said}");
        }
    }

    #[test]
    fn an_empty_option_of_a_flag_leaves_its_word_out() {
        let command = |flag: &str, amp: &str| {
            let space = Space::parse(&format!("amp: {{type: cat, options: ['', --amp]{flag}}}")).unwrap();
            let template = Template::new(&["echo".into(), "{amp}".into(), "a{amp}".into()], &space).unwrap();
            template.command(json!({"amp": amp}).as_object().unwrap())
        };
        assert_eq!(command("", ""), ["echo", "", "a"]);
        assert_eq!(command(", flag: true", ""), ["echo", "a"]);
        assert_eq!(command(", flag: true", "--amp"), ["echo", "--amp", "a--amp"]);
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
    fn a_command_can_be_pasted() {
        let template = Template::new(&["echo".into(), "--act={act}".into(), "".into()], &space(&["act"])).unwrap();
        let values = json!({"act": "$(touch x); \"a\" 'b'"});
        let line = template.shell_line(values.as_object().unwrap());
        let words = shlex::split(&line).unwrap();
        assert_eq!(words, ["echo", "--act=$(touch x); \"a\" 'b'", ""]);
    }

    #[test]
    fn values_in_the_environment_are_the_same_words() {
        let params = json!({"n layers": 3, "lr": 0.5, "act": "a b"});
        let expected = [("MLHUB_PARAM_ACT", "a b"), ("MLHUB_PARAM_LR", "0.5"), ("MLHUB_PARAM_N_LAYERS", "3")];
        let template = Template::new(&["echo".into()], &space(&["act", "lr", "n layers"])).unwrap();
        let found = template.variables(params.as_object().unwrap());
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_is_not_there_is_said_at_once() {
        let template =
            |program: &str| Template::new(&[program.into()], &space(&["lr"])).map_err(|error| format!("{error:?}"));
        assert!(template("sh").is_ok() && template("/bin/sh").is_ok() && template("{lr}").is_ok());
        for program in ["no-such-program", "/no/such/program", "/etc/passwd", "/etc", ""] {
            assert!(template(program).unwrap_err().contains("there is no program"), "{program}");
        }
    }
}
