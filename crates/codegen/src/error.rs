//! Error of this crate: which document could not be compiled, where in it, and what is wrong.

use std::fmt;

/// Why a document could not be compiled.
#[derive(Debug)]
pub struct Error {
    document: String,
    place: String,
    message: String,
}

impl Error {
    /// `place` is an operation id or a JSON path; empty for the document as a whole.
    pub(crate) fn new(document: &str, place: &str, message: impl Into<String>) -> Self {
        Self { document: document.to_owned(), place: place.to_owned(), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => write!(f, "{}: {}", self.document, self.message),
            place => write!(f, "{}: {place}: {}", self.document, self.message),
        }
    }
}

impl std::error::Error for Error {}
