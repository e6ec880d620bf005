//! Values in the words of people and shells.

use std::time::Duration;

use mlhub::autotune::Params;
use serde_json::{Map, Value};

use super::space::Space;
use super::template::{Template, text};

/// What fits on a line beside other things.
const LINE: usize = 160;

/// A value with as many digits as tell it from its neighbours, without those that only a machine needs.
pub(crate) fn number(value: f64) -> String {
    // Six significant digits, as `%g` of C has it.
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    text(&Value::from(rounded))
}

/// `lr=0.01 act=relu`, in the order of the space.
pub(crate) fn params(params: &Params, space: &Space) -> String {
    let word = |value: &Value| match value.as_f64() {
        Some(value) if value.fract() != 0.0 => number(value),
        _ => text(value),
    };
    let words: Vec<_> = space.names().filter_map(|name| Some(format!("{name}={}", word(params.get(name)?)))).collect();
    bounded(&words.join(" "))
}

/// One line of at most [`LINE`] letters.
pub(crate) fn bounded(text: &str) -> String {
    let mut line: String =
        text.chars().take(LINE).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.chars().nth(LINE).is_some() {
        line.push('…');
    }
    line
}

/// A time as people write it and options read it: `90s`, `1m30s`.
pub(crate) fn duration(time: Duration) -> String {
    let whole = jiff::SignedDuration::try_from(time).map(|time| format!("{time:#}").replace(' ', ""));
    whole.unwrap_or_else(|_| format!("{}s", time.as_secs()))
}

/// The command with these values, to be pasted into a shell.
pub(crate) fn command(template: &Template, params: &Map<String, Value>) -> String {
    let words = template.command(params);
    quoted(words.iter().map(|word| word.to_string_lossy()))
}

/// Words of a command, quoted for a shell.
pub(crate) fn quoted<'a>(words: impl Iterator<Item = std::borrow::Cow<'a, str>>) -> String {
    let words: Vec<_> = words.map(|word| shell_word(&word)).collect();
    words.join(" ")
}

/// One word, quoted if it has to be.
pub(crate) fn shell_word(word: &str) -> String {
    // Only a null character cannot be quoted, and nothing here has one.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::space::tests::space;
    use serde_json::json;

    #[test]
    fn numbers_have_the_digits_that_people_read() {
        for (value, words) in [
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333"),
            (12.0, "12.0"),
            (-1.23456789e-7, "-1.23457e-7"),
            (1e300, "1e+300"),
        ] {
            assert_eq!(number(value), words);
        }
    }

    #[test]
    fn values_are_named_in_the_order_of_the_space() {
        let space = space("{lr: {type: cont}, act: {type: cat}, n: {type: int}}");
        let values = json!({"act": "re\nlu", "lr": 1.0 / 3.0, "n": 12345678});
        assert_eq!(params(values.as_object().unwrap(), &space), "lr=0.333333 act=re lu n=12345678");
        assert!(bounded(&"x".repeat(1000)).chars().count() == LINE + 1);
    }

    #[test]
    fn a_command_can_be_pasted() {
        let space = space("{act: {type: cat}}");
        let template = Template::new(&["echo".into(), "--act={act}".into(), "".into()], &space).unwrap();
        let values = json!({"act": "$(touch x); \"a\" 'b'"});
        let line = command(&template, values.as_object().unwrap());
        let words = shlex::split(&line).unwrap();
        assert_eq!(words, ["echo", "--act=$(touch x); \"a\" 'b'", ""]);
    }
}
