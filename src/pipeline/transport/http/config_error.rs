//! Configuration error of a transport, told when it is made or when the setting is first used.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// The error of a transport that was put together wrongly.
pub(super) fn config(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, detail)
}

/// A setting that cannot be used, found out by the first connection that needs it: most programs never do.
#[derive(Clone, Debug)]
pub(super) struct Unusable(pub(super) String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}
