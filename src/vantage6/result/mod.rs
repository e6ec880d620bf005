//! Task results: one row for each run of a task, decrypted, read as JSON.

mod failure;
mod fetch;
mod reader;
mod wait;

use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind};
use crate::pipeline::lenient_json::{self, BareWord};

pub(super) use fetch::results_of;
pub(super) use reader::{decrypted, fetch_result};
pub(super) use wait::{GOAL, OPERATION, PARAMETER, UntilDone};

/// The results of a task, one for each organization, in the order of their runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Results {
    /// The task.
    pub task: i64,
    /// One row for each run, those without a result as well.
    pub rows: Vec<ResultRow>,
}

/// Result of one organization's run.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResultRow {
    /// The run.
    pub run: i64,
    /// The organization that it ran at.
    pub organization: i64,
    /// The state of the run, in HQ's word.
    pub status: String,
    /// Whether the run has ended well.
    pub completed: bool,
    /// What it has given, decrypted; nothing before its end, after a failure, and
    /// where the algorithm gives nothing.
    pub bytes: Option<Bytes>,
}

impl Results {
    /// All values, read as JSON, in the order of the rows. A run that has given
    /// nothing counts as null.
    ///
    /// # Errors
    ///
    /// A run that has not ended well, and a value of another shape; each named.
    /// The other rows can still be [read one by one](ResultRow::json).
    pub fn json<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        self.rows.iter().map(ResultRow::json).collect()
    }

    /// The row of an organization.
    pub fn of(&self, organization: i64) -> Option<&ResultRow> {
        self.rows.iter().find(|row| row.organization == organization)
    }
}

impl ResultRow {
    /// The value, read as JSON as Python writes it: `NaN` and its like are null.
    ///
    /// ```
    /// # fn show(row: &mlhub::vantage6::ResultRow) -> Result<(), mlhub::Error> {
    /// // Numbers with all their digits.
    /// let text: Box<serde_json::value::RawValue> = row.json()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A run that has not ended well; a value of another shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.read(lenient_json::null)
    }

    /// The same, where `NaN`, `Infinity` and `-Infinity` are these texts.
    ///
    /// # Errors
    ///
    /// Those of [`json`](Self::json).
    pub fn json_with_nan_as_text<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.read(quoted)
    }

    fn read<T: DeserializeOwned>(&self, bare: BareWord) -> Result<T, Error> {
        let ResultRow { run, organization, status, .. } = self;
        if !self.completed {
            let detail = format!("run {run} at organization {organization} has no result: it is {status:?}");
            return Err(Error::new(ErrorKind::Failed, detail));
        }
        let text: &[u8] = self.bytes.as_deref().filter(|bytes| !bytes.is_empty()).unwrap_or(b"null");
        let lenient = |cause: serde_json::Error| match cause.is_syntax() {
            true => serde_json::from_slice(&lenient_json::lenient(text, Some(bare))),
            false => Err(cause),
        };
        serde_json::from_slice(text).or_else(lenient).map_err(|cause| {
            // The cause's words would quote the result.
            let place = format!("line {}, column {}", cause.line(), cause.column());
            let detail =
                format!("the result of run {run} at organization {organization} is not as expected, at {place}");
            Error::new(ErrorKind::Decode, detail)
        })
    }
}

/// A bare word is the text of it.
fn quoted(word: &[u8]) -> Vec<u8> {
    [b"\"", word, b"\""].concat()
}

/// Results are private, so only their size is shown.
impl fmt::Debug for ResultRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultRow")
            .field("run", &self.run)
            .field("organization", &self.organization)
            .field("status", &self.status)
            .field("bytes", &self.bytes.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}
