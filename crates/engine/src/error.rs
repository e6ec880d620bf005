//! Engine errors, each as one line that names the cause and the next step.

use std::fmt;

/// An engine error: why a space, a point, a name or a suggestion was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The variables do not describe a space that can be searched.
    InvalidSpace(String),
    /// A point does not belong to the space.
    InvalidPoint(String),
    /// An acquisition function or a model that this engine does not offer.
    Unsupported(String),
    /// Every point of a finite space has been told or is pending.
    Exhausted,
    /// Nobody waits for the suggestion any more.
    Cancelled,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidSpace(reason) | Error::InvalidPoint(reason) | Error::Unsupported(reason) => {
                f.write_str(reason)
            }
            Error::Cancelled => f.write_str("the suggestion was cancelled"),
            Error::Exhausted => f.write_str(
                "every point of this space has been told or is pending: stop here, or start a \
                 study with wider ranges, smaller steps or more options",
            ),
        }
    }
}

impl std::error::Error for Error {}
