//! Error of a command: its exit code, its message with causes, and the next command to try.

use std::error::Error as _;
use std::io;

use mlhub::ErrorKind;

use crate::exit::Exit;

/// Causes beneath an error that are shown, the innermost ones: they say most, and more would bury the next step.
const MAX_CAUSES: usize = 2;

/// Status of a proxy that wants to know who asks.
const PROXY_AUTHENTICATION: u16 = 407;
/// What is said then.
const PROXY_LOGIN: &str = "a proxy wants a name and a password, and not the platform: give both in the proxy's address, http://NAME:PASSWORD@HOST:PORT";
/// What is said of a call that has failed after it was sent.
const APPLIED: &str = "it may have been done all the same: look at what there is before you repeat it";

/// Result of a command, or of a part of it.
pub(crate) type CliResult<T = ()> = Result<T, CliError>;

/// Error of a command.
#[derive(Debug)]
pub(crate) enum CliError {
    /// Broken pipe: whoever read the output has gone, as `head` does. No failure, and nobody to tell.
    BrokenPipe,
    /// Any other error, which is reported.
    Reported(Box<ErrorReport>),
}

/// Report of an error, as people read it.
#[derive(Debug)]
pub(crate) struct ErrorReport {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) causes: Vec<String>,
    /// What else has to be known before anything is done about it.
    pub(crate) note: Option<&'static str>,
    /// The next command to try.
    pub(crate) next: String,
}

impl CliError {
    /// Error with that exit code; `next` is the command to try.
    pub(crate) fn new(exit: Exit, message: impl Into<String>, next: impl Into<String>) -> CliError {
        let (message, next) = (message.into(), next.into());
        CliError::Reported(Box::new(ErrorReport { exit, message, causes: Vec::new(), note: None, next }))
    }

    /// Usage error: the command line makes no sense.
    pub(crate) fn usage(message: impl Into<String>, next: impl Into<String>) -> CliError {
        CliError::new(Exit::Usage, message, next)
    }

    /// Error of this machine.
    pub(crate) fn local(error: impl std::error::Error) -> CliError {
        CliError::new(Exit::Other, error.to_string(), "mlhub help").caused_by(error.source())
    }

    /// Interruption by Ctrl-C.
    pub(crate) fn interrupted() -> CliError {
        CliError::new(Exit::Interrupted, "interrupted", "mlhub help")
    }

    /// Error of the library, with its causes and that command to try.
    pub(crate) fn of(error: &mlhub::Error, next: impl Into<String>) -> CliError {
        CliError::new(error.kind().into(), error.to_string(), next).caused_by(error.source())
    }

    /// Error of a call; `url` is what was given as `--url`, and `look` the command that shows what there is.
    pub(crate) fn failed_call(error: &mlhub::Error, platform: &str, url: Option<&str>, look: &str) -> CliError {
        // An address with a password in it is not repeated.
        let url = url.filter(|url| !url.contains('@')).map_or_else(String::new, |url| format!(" --url {url}"));
        if error.status().is_some_and(|status| status.as_u16() == PROXY_AUTHENTICATION) {
            return CliError::of(error, format!("mlhub config explain {platform}{url}")).with_note(PROXY_LOGIN);
        }
        if error.may_have_been_applied() {
            return CliError::of(error, look).with_note(APPLIED);
        }
        let next = match (error.kind(), error.operation()) {
            (ErrorKind::Unauthenticated, _) => format!("mlhub login {platform}{url}"),
            (ErrorKind::Forbidden, _) => format!("mlhub whoami {platform}{url}"),
            (ErrorKind::Config, _) => format!("mlhub config explain {platform}{url}"),
            (ErrorKind::Request | ErrorKind::Invalid | ErrorKind::NotFound, Some(operation)) => {
                format!("mlhub ops {platform} {operation}")
            }
            (kind, _) => format!("mlhub explain {}", kind.code()),
        };
        CliError::of(error, next)
    }

    /// Interruption of a wait, which that command resumes.
    pub(crate) fn detached(command: String) -> CliError {
        CliError::new(Exit::Interrupted, "interrupted; the job goes on", command)
    }

    /// The same error with another command to try.
    pub(crate) fn with_next(mut self, next: impl Into<String>) -> CliError {
        if let CliError::Reported(report) = &mut self {
            report.next = next.into();
        }
        self
    }

    /// The same error, with the place of which it speaks.
    pub(crate) fn with_context(mut self, place: &str) -> CliError {
        if let CliError::Reported(report) = &mut self {
            report.message = format!("{place}: {}", report.message);
        }
        self
    }

    /// The same error with another exit code.
    pub(crate) fn with_exit(mut self, exit: Exit) -> CliError {
        if let CliError::Reported(report) = &mut self {
            report.exit = exit;
        }
        self
    }

    fn with_note(mut self, note: &'static str) -> CliError {
        if let CliError::Reported(report) = &mut self {
            report.note = Some(note);
        }
        self
    }

    /// Whether what was asked for may have been done all the same: then there is something to look at first.
    pub(crate) fn is_uncertain(&self) -> bool {
        matches!(self, CliError::Reported(report) if report.note == Some(APPLIED))
    }

    /// The same error with another command to try, if that is its exit code.
    pub(crate) fn with_next_after(self, exit: Exit, next: String) -> CliError {
        match &self {
            CliError::Reported(report) if report.exit == exit => self.with_next(next),
            _ => self,
        }
    }

    fn caused_by(mut self, mut source: Option<&(dyn std::error::Error + 'static)>) -> CliError {
        if let CliError::Reported(report) = &mut self {
            while let Some(cause) = source {
                if report.causes.len() == MAX_CAUSES {
                    report.causes.remove(0);
                }
                report.causes.push(cause.to_string());
                source = cause.source();
            }
        }
        self
    }
}

/// Error of writing to stdout or to a file.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> CliError {
        match error.kind() {
            io::ErrorKind::BrokenPipe => CliError::BrokenPipe,
            _ => CliError::local(error),
        }
    }
}
