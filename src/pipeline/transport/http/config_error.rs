//! Configuration error of a transport.

use crate::error::{Error, ErrorKind};

/// The error of a transport that was put together wrongly.
pub(super) fn config(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, detail)
}
