//! Success check: whether the body of a success is of the document's type, and not the page of something in between.

use mlhub::op::{Op, ReplyKind};
use mlhub::{Error, ErrorKind};
use serde_json::Value;

use crate::format::one_line;

/// So much of a body is shown.
const HEAD: usize = 400;
/// How a page of HTML begins, in small letters.
const PAGE: [&str; 2] = ["<!doctype html", "<html"];
/// Before a text of some editors and servers.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Holds the whole body of a success to what the document says of it.
pub(crate) fn check(op: &'static Op, body: &[u8]) -> Result<(), Error> {
    let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii();
    let begins_as_json = || text.first().is_none_or(|first| b"{[\"-0123456789tfnNI".contains(first));
    let what = match op.reply {
        ReplyKind::Json => match serde_json::from_slice::<Value>(text) {
            _ if text.is_empty() => return Ok(()),
            Ok(value) => return listed(op, &value, body),
            // What Python and browsers read of JSON is read.
            Err(_) if begins_as_json() => return Ok(()),
            Err(_) => "JSON",
        },
        ReplyKind::Lenient if begins_as_json() => return Ok(()),
        ReplyKind::Lenient => "JSON",
        ReplyKind::Text | ReplyKind::Stream | ReplyKind::Empty => return check_begin(op, body),
    };
    Err(other(op, what, body))
}

/// The same for a body of which the first bytes are there.
pub(crate) fn check_begin(op: &'static Op, begin: &[u8]) -> Result<(), Error> {
    let begin = begin.strip_prefix(BYTE_ORDER_MARK).unwrap_or(begin).trim_ascii_start();
    let is_page = PAGE
        .iter()
        .any(|page| begin.get(..page.len()).is_some_and(|found| found.eq_ignore_ascii_case(page.as_bytes())));
    let what = match op.reply {
        ReplyKind::Empty => "an empty reply",
        ReplyKind::Stream => "data",
        _ => "text",
    };
    if is_page { Err(other(op, what, begin)) } else { Ok(()) }
}

/// A list is where the document has it.
fn listed(op: &'static Op, value: &Value, body: &[u8]) -> Result<(), Error> {
    let Some(places) = op.list else { return Ok(()) };
    let mut steps = places.items.split('.').filter(|step| !step.is_empty());
    let items = steps.try_fold(value, |here, step| here.get(step));
    match items {
        Some(Value::Array(_)) => Ok(()),
        _ => Err(other(op, "a list", body)),
    }
}

fn other(op: &'static Op, what: &str, body: &[u8]) -> Error {
    let head = String::from_utf8_lossy(&body[..body.len().min(HEAD)]).into_owned();
    let detail = format!(
        "the server said that all went well, and its reply is not {what} as the document says: {}",
        one_line(head.trim())
    );
    Error::new(ErrorKind::Decode, format!("{}/{}: {detail}", op.platform, op.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platforms::find;

    #[test]
    fn a_page_is_no_success_of_any_operation() {
        for page in ["<!DOCTYPE html><title>Log in</title>", "\u{feff}\n  <HTML lang=en>", "<html>"] {
            for op in crate::platforms::all().flat_map(|platform| platform.ops) {
                let said = check(op, page.as_bytes()).unwrap_err();
                assert!(said.kind() == ErrorKind::Decode && said.to_string().contains('<'), "{}: {said}", op.id);
            }
        }
    }

    #[test]
    fn a_list_stands_where_the_document_has_it() {
        let op = find("autotune").unwrap().op("experiment_list").unwrap();
        assert!(check(op, br#"{"items":[],"total":0}"#).is_ok());
        for wrong in [r#"{"status":"ok"}"#, "[]", "7", "null", r#"{"items":{}}"#] {
            assert!(check(op, wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(check(op, "\u{feff}{\"items\":[]}".as_bytes()).is_ok());
    }
}
