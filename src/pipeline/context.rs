//! Call context: what an error of a call says about it, whichever stage it comes from.

use bytes::Bytes;
use http::Method;

use super::redact;
use crate::error::{Attempt, Error};
use crate::op::Op;

/// The context of a call. Not printable: the address is as it was sent.
#[derive(Clone)]
pub(crate) struct CallContext {
    pub(crate) op: &'static Op,
    pub(crate) method: Method,
    /// Where the last attempt went; loses its secret values when it gets into an error.
    pub(crate) address: Option<Bytes>,
    pub(crate) attempts: Vec<Attempt>,
}

impl CallContext {
    /// The error with everything that is known about the call.
    pub(crate) fn with_context(&self, error: Error) -> Error {
        let url = self.address.as_ref().map(|address| redact::url(self.op, &String::from_utf8_lossy(address)));
        error
            .with_call((self.op.platform, self.op.id), self.method.clone(), self.op.path)
            .with_url(url)
            .with_attempts(self.attempts.clone())
    }

    /// Whether the call changes nothing by its method.
    pub(crate) fn is_read(&self) -> bool {
        self.method.is_safe()
    }
}
