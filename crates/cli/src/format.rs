//! Text formats of numbers, durations and words of a shell: written for people, read from options.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

/// Letters of a line beside other things.
const LINE: usize = 160;

/// Significant digits of a number for people, as `%g` of C has it, and as many as a double can have.
const DIGITS: usize = 6;
const ALL_DIGITS: usize = 17;

/// Number with as many digits as people read, without those that only a machine needs.
pub(crate) fn number(value: f64) -> String {
    rounded(value, DIGITS)
}

/// Numbers that stand below each other, with as many digits as tell them apart.
pub(crate) fn numbers(values: &[f64]) -> Vec<String> {
    let different = values.iter().map(|value| value.to_bits()).collect::<BTreeSet<_>>().len();
    let texts = |digits| values.iter().map(|value| rounded(*value, digits)).collect::<Vec<_>>();
    let enough = (DIGITS..ALL_DIGITS).find(|digits| texts(*digits).iter().collect::<BTreeSet<_>>().len() == different);
    texts(enough.unwrap_or(ALL_DIGITS))
}

fn rounded(value: f64, digits: usize) -> String {
    let rounded: f64 = format!("{value:.*e}", digits - 1).parse().unwrap_or(value);
    Value::from(rounded).to_string()
}

/// One line of at most [`LINE`] letters.
pub(crate) fn one_line(text: &str) -> String {
    let mut line: String =
        text.chars().take(LINE).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.chars().nth(LINE).is_some() {
        line.push('…');
    }
    line
}

/// Duration as people write it and options read it: `90s`, `1m30s`.
pub(crate) fn duration(time: Duration) -> String {
    let whole = jiff::SignedDuration::try_from(time).map(|time| format!("{time:#}").replace(' ', ""));
    whole.unwrap_or_else(|_| format!("{}s", time.as_secs()))
}

/// Duration of an option, such as `90s` or `1h30m`: a positive one.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    parsed.filter(|time| !time.is_zero()).ok_or_else(|| "a duration is written like 90s, 45m, 12h or 1h30m".to_owned())
}

/// Duration of an option, of a second or more.
pub(crate) fn parse_seconds(text: &str) -> Option<Duration> {
    parse_duration(text).ok().filter(|time| *time >= Duration::from_secs(1))
}

/// Command line, quoted for a shell.
pub(crate) fn shell_line<'a>(words: impl IntoIterator<Item = Cow<'a, str>>) -> String {
    words.into_iter().map(|word| shell_word(&word)).collect::<Vec<_>>().join(" ")
}

/// One word of a command line, quoted if it has to be.
pub(crate) fn shell_word(word: &str) -> String {
    // Only a null character cannot be quoted, and nothing here has one.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_people_read() {
        for (value, text) in [
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333"),
            (12.0, "12.0"),
            (-1.23456789e-7, "-1.23457e-7"),
            (1e300, "1e+300"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn numbers_below_each_other_can_be_told_apart() {
        assert_eq!(numbers(&[0.1 + 0.2, 1.0 / 3.0, 12.0]), ["0.3", "0.333333", "12.0"]);
        assert_eq!(numbers(&[0.12345678, 0.12345679, 0.12345678]), ["0.12345678", "0.12345679", "0.12345678"]);
        assert_eq!(numbers(&[0.1 + 0.2, 0.3]), ["0.30000000000000004", "0.3"]);
        assert_eq!(numbers(&[]), [""; 0]);
    }

    #[test]
    fn a_line_has_an_end() {
        assert_eq!(one_line("a\nb"), "a b");
        assert!(one_line(&"x".repeat(1000)).chars().count() == LINE + 1);
    }

    #[test]
    fn durations_are_positive() {
        assert_eq!(parse_duration("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(parse_duration("1500ms"), Ok(Duration::from_millis(1500)));
        for wrong in ["", "12", "-1h", "0s", "soon"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse_seconds("999ms"), None);
    }
}
