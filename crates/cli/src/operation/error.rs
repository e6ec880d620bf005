//! Error of an operation, with the command of its group to try next.

use mlhub::{ErrorKind, Op};

use super::arguments::path_params;
use crate::error::CliError;
use crate::profile::access::Access;

/// Error of an operation, with the command of its group that helps.
pub(crate) fn operation_error(access: &Access, op: &'static Op, error: &mlhub::Error) -> CliError {
    let failed = access.error(error);
    if failed.is_uncertain() {
        return failed;
    }
    let command = |verb: &str| format!("mlhub {} {} {verb}", op.platform, op.group);
    match error.kind() {
        ErrorKind::NotFound => match access.platform.listing(op.group) {
            Some(list) if path_params(list).is_empty() && list.id != op.id => {
                failed.with_next(command(list.verb) + &access.options())
            }
            _ => failed.with_next(command(op.verb) + " --help"),
        },
        ErrorKind::Request | ErrorKind::Invalid => failed.with_next(command(op.verb) + " --help"),
        _ => failed,
    }
}
