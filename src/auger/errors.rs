//! Parameter errors in the Hub's replies, and the Python client's exception that an error would have been.

use std::fmt;

use serde::Deserialize;

use crate::error::{Error, ErrorKind};

/// Parameter error: one entry of `meta.errors`, a parameter and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ParamError {
    /// What sort of mistake it is, such as `invalid_param`.
    pub error_type: Option<String>,
    /// The parameter; none where the whole request is meant.
    pub error_param: Option<String>,
    /// What is wrong.
    pub message: Option<String>,
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message.as_deref().or(self.error_type.as_deref()).unwrap_or("no message");
        match &self.error_param {
            Some(param) => write!(f, "{param} {message}"),
            None => f.write_str(message),
        }
    }
}

/// What the Hub says about single parameters, in its order; nothing where the
/// reply has no such list, be it a page of a proxy or no reply at all.
///
/// ```no_run
/// # use mlhub::auger;
/// # async fn example(hub: auger::Client) {
/// if let Err(error) = hub.dataset_manifest().create().send().await {
///     for param in auger::param_errors(&error) {
///         println!("{:?}: {:?}", param.error_param, param.message);
///     }
/// }
/// # }
/// ```
pub fn param_errors(error: &Error) -> Vec<ParamError> {
    #[derive(Deserialize)]
    struct ErrorBody {
        meta: Meta,
    }

    #[derive(Deserialize)]
    struct Meta {
        errors: Vec<ParamError>,
    }

    let body = error.body().and_then(|body| serde_json::from_slice::<ErrorBody>(body).ok());
    body.map(|body| body.meta.errors).unwrap_or_default()
}

/// The five sorts of failure that users of the Python client know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PythonError {
    /// `InvalidParamsError`: correct the parameters that [`param_errors`] names.
    InvalidParams,
    /// `FatalApiError`: trying again makes no sense.
    Fatal,
    /// `RetryableApiError`: it may pass; reads have been tried again already.
    Retryable,
    /// `NetworkError`: no answer came. Tried again already where that does no
    /// harm, which the Python client never did.
    Network,
    /// `MissingParamError`: refused before anything was sent.
    MissingParam,
}

impl PythonError {
    /// What the error would have been. Ours say more: see
    /// [`Error::kind`](crate::Error::kind).
    pub fn of(error: &Error) -> PythonError {
        match error.kind() {
            ErrorKind::Invalid => PythonError::InvalidParams,
            ErrorKind::Request | ErrorKind::Config | ErrorKind::Handle => PythonError::MissingParam,
            ErrorKind::Connect | ErrorKind::Transport | ErrorKind::Timeout => PythonError::Network,
            _ if error.is_retryable() => PythonError::Retryable,
            _ => PythonError::Fatal,
        }
    }
}
