//! Next trials: the older answer of the optimizers service, which is a list of two.

use serde_json::Value;

use super::types;
use crate::error::{Error, ErrorKind};

impl types::NextTrialsReply {
    /// What to try next.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] where the answer is not a list of trials and a
    /// context.
    pub fn trials(&self) -> Result<Vec<types::Suggestion>, Error> {
        let trials = self.data.first().cloned().unwrap_or_default();
        serde_json::from_value(trials).map_err(|cause| {
            Error::new(ErrorKind::Decode, "the answer has no list of trials in front").with_source(cause)
        })
    }

    /// What the optimizer wants to be given as `optimizer_context` next time.
    pub fn context(&self) -> Option<&Value> {
        self.data.get(1)
    }
}
