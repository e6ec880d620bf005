//! Why a command did not do what it was asked, and what to try next.

use std::error::Error as _;
use std::io::{self, IsTerminal as _};

use anstyle::{AnsiColor, Style};
use mlhub::ErrorKind;

use crate::exit::Exit;
use crate::terminal::write_stderr;

/// Causes beneath an error that are shown, the innermost ones: they say most,
/// and more would bury the next step.
const MAX_CAUSES: usize = 2;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Whoever read the output has gone, as `head` does: no failure, and
    /// nobody to tell.
    Pipe,
    /// Anything else.
    Told(Box<Told>),
}

/// What is said about a failure.
#[derive(Debug)]
pub(crate) struct Told {
    exit: Exit,
    message: String,
    causes: Vec<String>,
    next: String,
}

impl Fault {
    /// A failure of that sort; `next` is the command to try.
    pub(crate) fn new(exit: Exit, message: impl Into<String>, next: impl Into<String>) -> Fault {
        Fault::Told(Box::new(Told { exit, message: message.into(), causes: Vec::new(), next: next.into() }))
    }

    /// The command line makes no sense.
    pub(crate) fn usage(message: impl Into<String>, next: impl Into<String>) -> Fault {
        Fault::new(Exit::Usage, message, next)
    }

    /// Something on this machine did not work.
    pub(crate) fn local(error: impl std::error::Error) -> Fault {
        Fault::new(Exit::Other, error.to_string(), "mlhub help").caused_by(error.source())
    }

    /// Ctrl-C.
    pub(crate) fn interrupted() -> Fault {
        Fault::new(Exit::Interrupted, "interrupted", "mlhub help")
    }

    /// A failed call; `url` is what was given as `--url`.
    pub(crate) fn call(error: &mlhub::Error, platform: &str, url: Option<&str>) -> Fault {
        // An address with a password in it is not repeated.
        let url = url.filter(|url| !url.contains('@')).map_or_else(String::new, |url| format!(" --url {url}"));
        let next = match (error.kind(), error.operation()) {
            (ErrorKind::Unauthenticated, _) => format!("mlhub login {platform}{url}"),
            (ErrorKind::Forbidden, _) => format!("mlhub whoami {platform}{url}"),
            (ErrorKind::Request | ErrorKind::Invalid | ErrorKind::NotFound, Some(operation)) => {
                format!("mlhub ops {platform} {operation}")
            }
            (kind, _) => format!("mlhub explain {}", kind.code()),
        };
        Fault::new(error.kind().into(), error.to_string(), next).caused_by(error.source())
    }

    /// Ctrl-C in a wait; the command goes on with it.
    pub(crate) fn left(command: String) -> Fault {
        Fault::new(Exit::Interrupted, "interrupted; the job goes on", command)
    }

    /// The same failure with another command to try.
    pub(crate) fn next(mut self, next: impl Into<String>) -> Fault {
        if let Fault::Told(told) = &mut self {
            told.next = next.into();
        }
        self
    }

    /// The same with another command to try, where it ends in that way.
    pub(crate) fn next_after(self, exit: Exit, next: String) -> Fault {
        match &self {
            Fault::Told(told) if told.exit == exit => self.next(next),
            _ => self,
        }
    }

    fn caused_by(mut self, mut source: Option<&(dyn std::error::Error + 'static)>) -> Fault {
        if let Fault::Told(told) = &mut self {
            while let Some(cause) = source {
                if told.causes.len() == MAX_CAUSES {
                    told.causes.remove(0);
                }
                told.causes.push(cause.to_string());
                source = cause.source();
            }
        }
        self
    }

    /// Says it on stderr; how the program should end.
    pub(crate) fn report(self) -> Exit {
        let Fault::Told(told) = self else {
            return Exit::Ok;
        };
        let red = AnsiColor::Red.on_default().bold();
        let bold = Style::new().bold();
        // A terminal has written ^C, and stands behind it.
        let new_line = if told.exit == Exit::Interrupted && io::stderr().is_terminal() { "\n" } else { "" };
        let mut text = format!("{new_line}{red}error:{red:#} {}\n", told.message);
        for cause in &told.causes {
            text += &format!("  cause: {cause}\n");
        }
        text += &format!("  next: {bold}{}{bold:#}\n", told.next);
        write_stderr(&text);
        told.exit
    }
}

/// Writing to stdout or to a file.
impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Fault::Pipe,
            _ => Fault::local(error),
        }
    }
}
