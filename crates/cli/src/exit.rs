//! Exit codes, and which kind of error ends with which.

use mlhub::ErrorKind;

/// Exit code of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what it was asked.
    Ok,
    /// Any failure without a code of its own.
    Other,
    /// The command line makes no sense.
    Usage,
    /// Not logged in, or refused.
    Denied,
    /// There is no such thing.
    NotFound,
    /// The state of the thing forbids it.
    Conflict,
    /// Too many requests.
    RateLimited,
    /// Time ran out.
    Timeout,
    /// The remote job failed.
    Failed,
    /// The server failed.
    Server,
    /// No connection.
    Connect,
    /// Ctrl-C.
    Interrupted,
}

/// Every way to end, its number, and the words for it.
const TABLE: &[(Exit, u8, &str)] = &[
    (Exit::Ok, 0, "ok"),
    (Exit::Other, 1, "other failure"),
    (Exit::Usage, 2, "usage"),
    (Exit::Denied, 3, "not logged in, or refused"),
    (Exit::NotFound, 4, "not found"),
    (Exit::Conflict, 5, "conflict"),
    (Exit::RateLimited, 6, "rate limited"),
    (Exit::Timeout, 7, "timeout"),
    (Exit::Failed, 8, "the remote job failed"),
    (Exit::Server, 9, "server error"),
    (Exit::Connect, 10, "cannot connect"),
    // 128 and the number of SIGINT, as shells have it.
    (Exit::Interrupted, 130, "interrupted"),
];

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        TABLE.iter().find(|row| row.0 == self).map_or(1, |row| row.1)
    }

    /// The table for the help text.
    pub(crate) fn help() -> String {
        let rows: Vec<_> = TABLE.iter().map(|(_, code, words)| format!("  {code:>3}  {words}")).collect();
        format!("Exit codes:\n{}", rows.join("\n"))
    }
}

impl From<ErrorKind> for Exit {
    fn from(kind: ErrorKind) -> Exit {
        match kind {
            // What is wrong here was said on the command line or in a profile; nothing was sent.
            ErrorKind::Config | ErrorKind::Request | ErrorKind::Handle => Exit::Usage,
            ErrorKind::Unauthenticated | ErrorKind::Forbidden => Exit::Denied,
            ErrorKind::NotFound => Exit::NotFound,
            ErrorKind::Conflict => Exit::Conflict,
            ErrorKind::RateLimited => Exit::RateLimited,
            ErrorKind::Timeout => Exit::Timeout,
            ErrorKind::Failed => Exit::Failed,
            ErrorKind::Server => Exit::Server,
            ErrorKind::Connect => Exit::Connect,
            // Refused content, a broken connection, an unreadable reply, and kinds yet to come.
            _ => Exit::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_has_its_code() {
        let codes: Vec<_> = ErrorKind::all().map(|kind| (kind.code(), Exit::from(kind).code())).collect();
        assert_eq!(
            codes,
            [
                ("MLH-CONFIG", 2),
                ("MLH-REQUEST", 2),
                ("MLH-AUTH", 3),
                ("MLH-FORBIDDEN", 3),
                ("MLH-NOT-FOUND", 4),
                ("MLH-CONFLICT", 5),
                ("MLH-INVALID", 1),
                ("MLH-RATE-LIMIT", 6),
                ("MLH-SERVER", 9),
                ("MLH-STATUS", 1),
                ("MLH-CONNECT", 10),
                ("MLH-TIMEOUT", 7),
                ("MLH-TRANSPORT", 1),
                ("MLH-DECODE", 1),
                ("MLH-FAILED", 8),
                ("MLH-HANDLE", 2),
                ("MLH-DECRYPT", 1),
            ]
        );
    }

    #[test]
    fn interrupted_is_what_a_shell_makes_of_sigint() {
        assert_eq!(Exit::Interrupted.code(), 130);
        assert_eq!(Exit::Ok.code(), 0);
    }
}
