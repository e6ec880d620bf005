//! Request body and parameters as a command line gives them: `key=value`, JSON, a file, stdin.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use mlhub::op::BodyKind;
use mlhub::{Op, RawCall};
use serde_json::Value;

use crate::error::CliResult;
use crate::input;

/// Source of a body.
#[derive(Clone, Debug)]
pub(crate) enum BodySource {
    /// The command line.
    Text(String),
    /// A file.
    File(PathBuf),
    /// Stdin.
    Stdin,
}

impl FromStr for BodySource {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.strip_prefix('@') {
            Some(path) => BodySource::File(path.into()),
            None if text == "-" => BodySource::Stdin,
            None => BodySource::Text(text.to_owned()),
        })
    }
}

impl BodySource {
    /// The bytes of the body.
    pub(crate) async fn read(&self) -> CliResult<Vec<u8>> {
        match self {
            BodySource::Text(text) => Ok(text.clone().into_bytes()),
            BodySource::File(path) => {
                input::read_bytes(path, &format!("the body cannot be read from {}", path.display()))
            }
            BodySource::Stdin => input::read_all().await,
        }
    }
}

/// The call with that body.
pub(crate) fn attach(call: RawCall, op: &Op, bytes: Vec<u8>) -> Result<RawCall, String> {
    match op.body {
        BodyKind::Bytes => Ok(call.content("application/octet-stream", bytes)),
        BodyKind::Text => Ok(call.content("text/plain; charset=utf-8", bytes)),
        _ => match serde_json::from_slice::<Value>(&bytes) {
            Ok(value) => Ok(call.body(value)),
            // Only the place: the body itself may hold secrets.
            Err(error) => Err(format!("the body is not JSON (line {}, column {})", error.line(), error.column())),
        },
    }
}

/// Parameter as `key=value`.
pub(crate) fn parse_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a parameter is written key=value".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_a_name() {
        assert_eq!(parse_pair("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert_eq!(parse_pair("a="), Ok(("a".into(), String::new())));
        assert!(parse_pair("=b").is_err() && parse_pair("ab").is_err());
    }
}
