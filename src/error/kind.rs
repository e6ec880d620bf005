//! Error kinds, each with a stable code, its cause and its remedy.

use std::fmt;

use http::StatusCode;

/// The kind of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was put together wrongly.
    Config,
    /// The request could not be built; nothing was sent.
    Request,
    /// No credential, or one the server does not take.
    Unauthenticated,
    /// The credential is fine, the permission is missing.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The state of the thing forbids it.
    Conflict,
    /// The server understood the request and refused its content.
    Invalid,
    /// Too many requests.
    RateLimited,
    /// The server failed.
    Server,
    /// A status that no rule covers, such as a redirect to another host.
    Status,
    /// No connection came about; nothing was sent.
    Connect,
    /// Time ran out.
    Timeout,
    /// The connection broke on the way.
    Transport,
    /// The reply is not what the document says.
    Decode,
    /// The remote job ended badly.
    Failed,
    /// The text of a saved wait is not one, or belongs elsewhere.
    Handle,
    /// A message does not decrypt, for whatever reason.
    Decrypt,
}

/// Cause and remedy of a kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// What leads to it.
    pub cause: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// Kind, code, cause, remedy: the one table of kinds.
const TABLE: &[(ErrorKind, &str, &str, &str)] = &[
    (
        ErrorKind::Config,
        "MLH-CONFIG",
        "The client was put together wrongly: an address that is none, a certificate that cannot be read, a setting out of range.",
        "Correct the setting that the message names. Addresses need their scheme: http://127.0.0.1:8008.",
    ),
    (
        ErrorKind::Request,
        "MLH-REQUEST",
        "The request could not be built: a required parameter is missing, a path value is empty, `.` or `..`, or a header holds characters that headers cannot carry. Nothing was sent.",
        "Correct the parameter that the message names; `mlhub ops PLATFORM` lists what each operation takes.",
    ),
    (
        ErrorKind::Unauthenticated,
        "MLH-AUTH",
        "The server wants a credential and got none, or one that it does not take: mistyped, expired or withdrawn.",
        "Log in again (`mlhub login PLATFORM`), or set the platform's token in the environment. On a machine whose clock is wrong, tokens look expired.",
    ),
    (
        ErrorKind::Forbidden,
        "MLH-FORBIDDEN",
        "The server knows who is asking and does not allow it: the thing belongs to somebody else, or a role is missing.",
        "Check the id, and that you are logged in as the right user (`mlhub whoami PLATFORM`); else ask the platform's administrator.",
    ),
    (
        ErrorKind::NotFound,
        "MLH-NOT-FOUND",
        "There is no such thing (404), or no longer (410): a mistyped id, one from another server, or an address with a wrong prefix.",
        "List what there is, and compare the URL in the message with the one you meant.",
    ),
    (
        ErrorKind::Conflict,
        "MLH-CONFLICT",
        "The state of the thing forbids it (409, 412): it exists already, it has ended, or somebody changed it meanwhile.",
        "Read its present state, then decide again.",
    ),
    (
        ErrorKind::Invalid,
        "MLH-INVALID",
        "The server understood the request and refused its content (400, 422 and other 4xx).",
        "Correct the field that the server's message names.",
    ),
    (
        ErrorKind::RateLimited,
        "MLH-RATE-LIMIT",
        "Too many requests in a short time (429), and the pauses that the server asked for did not fit the call's deadline.",
        "Wait as long as the server asked, send less at once, or give the call a longer deadline.",
    ),
    (
        ErrorKind::Server,
        "MLH-SERVER",
        "The server failed (5xx), also when it was asked again where asking again does no harm.",
        "Try again later; give the request id to whoever runs the server. Look at the thing before repeating a change: it may have happened.",
    ),
    (
        ErrorKind::Status,
        "MLH-STATUS",
        "The server answered with a status that no rule covers. Redirects to another host are not followed, because the credential would travel along.",
        "Check the address of the server; for a redirect, use the address that it points to.",
    ),
    (
        ErrorKind::Connect,
        "MLH-CONNECT",
        "No connection came about: nothing listens there, the name is unknown, a firewall is in between, or the certificate is not trusted. Nothing was sent.",
        "Check that the server runs and that address and port are right; for a private certificate authority, give its certificate.",
    ),
    (
        ErrorKind::Timeout,
        "MLH-TIMEOUT",
        "Time ran out: for one attempt, for the call with all its attempts, or for a wait.",
        "Give it more time (timeout for one attempt, deadline for the call). A job that was waited for goes on: resume the wait by its handle. Look before repeating a change: it may have happened.",
    ),
    (
        ErrorKind::Transport,
        "MLH-TRANSPORT",
        "The connection broke before the reply was read whole.",
        "Try again; look first where the call changes something, because it may have happened.",
    ),
    (
        ErrorKind::Decode,
        "MLH-DECODE",
        "The reply is not what the document says: a proxy's page in place of the server's answer, or another version of the server.",
        "Compare the place that the message names with the reply; a raw call returns the reply undecoded.",
    ),
    (
        ErrorKind::Failed,
        "MLH-FAILED",
        "The remote job ended badly; the message carries the platform's reason.",
        "Read the job's logs on the platform, correct its input, start it again.",
    ),
    (
        ErrorKind::Handle,
        "MLH-HANDLE",
        "The text of a saved wait is cut, altered, of another version, or belongs to another platform or operation.",
        "Pass the text unchanged to the client and the resource that it was taken from.",
    ),
    (
        ErrorKind::Decrypt,
        "MLH-DECRYPT",
        "A message cannot be decrypted: it was encrypted for another key, or damaged on its way. Which of them, no error says: that would help whoever guesses at keys.",
        "Compare your private key with the public key that your organization has on the server; what was encrypted for an earlier key is decrypted by that one alone.",
    ),
];

impl ErrorKind {
    /// Every kind, in the order of the codes' table.
    pub fn all() -> impl Iterator<Item = ErrorKind> {
        TABLE.iter().map(|row| row.0)
    }

    /// The kind with that code, letter case ignored.
    pub fn from_code(code: &str) -> Option<ErrorKind> {
        TABLE.iter().find(|row| row.1.eq_ignore_ascii_case(code.trim())).map(|row| row.0)
    }

    /// The stable code, such as `MLH-AUTH`.
    pub fn code(self) -> &'static str {
        self.row().map_or("MLH", |row| row.1)
    }

    /// Cause and remedy.
    pub fn explain(self) -> Explanation {
        self.row().map_or(Explanation { cause: "", remedy: "" }, |&(_, _, cause, remedy)| Explanation { cause, remedy })
    }

    /// The kind that a status of failure stands for.
    pub(crate) fn of_status(status: StatusCode) -> ErrorKind {
        match status.as_u16() {
            401 | 407 => ErrorKind::Unauthenticated,
            403 => ErrorKind::Forbidden,
            404 | 410 => ErrorKind::NotFound,
            408 => ErrorKind::Timeout,
            409 | 412 => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited,
            400..=499 => ErrorKind::Invalid,
            500..=599 => ErrorKind::Server,
            _ => ErrorKind::Status,
        }
    }

    fn row(self) -> Option<&'static (ErrorKind, &'static str, &'static str, &'static str)> {
        TABLE.iter().find(|row| row.0 == self)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
