//! Request path: checked against the document's path template, its values percent-encoded.
//!
//! A path value that is empty, `.` or `..` would address something else than
//! what the caller named: URL parsers remove such segments silently.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, ErrorKind};

/// All but the unreserved characters of RFC 3986, section 2.3.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Checks `path` against `template` and puts its values into `wire`, the
/// template that replaces the documented one, where there is one.
pub(crate) fn check_path(template: &str, path: &str, wire: Option<&str>) -> Result<Option<String>, Error> {
    let names: Vec<_> = template.split('/').collect();
    let values: Vec<_> = path.split('/').collect();
    let fits = names.len() == values.len()
        && names.iter().zip(&values).all(|(name, value)| name.contains('{') || same_text(name, value));
    if !fits {
        return Err(refuse(template));
    }
    for (name, value) in names.iter().zip(&values) {
        if name.contains('{') && is_dot_or_empty(value) {
            return Err(refuse(template));
        }
    }
    Ok(wire.map(|wire| fill(wire, &names, &values)))
}

/// One path segment with that value.
pub(crate) fn segment(name: &str, value: &str) -> Result<String, Error> {
    if is_dot_or_empty(value) {
        let detail = format!("the path parameter {name:?} may not be empty, `.` or `..`");
        return Err(Error::new(ErrorKind::Request, detail));
    }
    Ok(utf8_percent_encode(value, SEGMENT).to_string())
}

fn refuse(template: &str) -> Error {
    let detail = format!("a path parameter of {template} is empty, `.` or `..`, which would address something else");
    Error::new(ErrorKind::Request, detail)
}

fn is_dot_or_empty(value: &str) -> bool {
    matches!(value, "" | "." | "..")
}

fn same_text(name: &str, value: &str) -> bool {
    name == value || percent_decode_str(value).eq(name.bytes())
}

fn fill(wire: &str, names: &[&str], values: &[&str]) -> String {
    let filled: Vec<_> = wire
        .split('/')
        .map(|part| {
            let place = names.iter().position(|name| part.contains('{') && *name == part);
            place.and_then(|at| values.get(at)).copied().unwrap_or(part)
        })
        .collect();
    filled.join("/")
}

#[cfg(test)]
mod tests {
    use super::{check_path, segment};

    #[test]
    fn a_value_that_is_nothing_is_refused() {
        for path in ["/a//b", "/a/./b", "/a/../b", "/b", "/a/x/y/b", "/a/x/c"] {
            assert!(check_path("/a/{id}/b", path, None).is_err(), "{path}");
        }
        for value in ["", ".", ".."] {
            assert!(segment("id", value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn values_and_trailing_slashes_pass() -> Result<(), crate::Error> {
        for (template, path) in [
            ("/", "/"),
            ("/user/", "/user/"),
            ("/a/{id}/b", "/a/x%2Fy/b"),
            ("/a/{id}:go", "/a/7:go"),
            ("/a b/{id}", "/a%20b/..."),
        ] {
            assert_eq!(check_path(template, path, None)?, None);
        }
        Ok(())
    }

    #[test]
    fn the_wire_path_takes_the_values_over() -> Result<(), crate::Error> {
        let path = check_path("/m/{names}/_eval_later", "/m/a;b/_eval_later", Some("/m/{names}/_eval"))?;
        assert_eq!(path.as_deref(), Some("/m/a;b/_eval"));
        Ok(())
    }
}
