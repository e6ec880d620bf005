//! One run of the command of a trial: started, watched, stopped, its output read.

#[cfg(unix)]
mod guarded;
#[cfg(not(unix))]
mod plain;

use std::ffi::OsString;
use std::time::Duration;

#[cfg(unix)]
pub(crate) use guarded::Child;
#[cfg(not(unix))]
pub(crate) use plain::Child;

use tokio::io::AsyncRead;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::output::{Errors, Results, collect};
use crate::clock;

/// How long the output may go on after the last process has ended: time to read what is in the pipes. One that is held
/// open beyond that is held by a process that got away.
const DRAIN: Duration = Duration::from_secs(1);

/// What is run.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// The program and its arguments.
    pub(crate) command: Vec<OsString>,
    /// Variables in its environment, beside those of this process.
    pub(crate) variables: Vec<(String, String)>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself.
    Code(i32),
    /// By a signal.
    Signal(i32),
    /// Before it began.
    Unstartable(String),
    /// Together with its guard, which somebody killed.
    Unguarded,
}

/// The two streams of a run.
#[derive(Debug)]
pub(crate) struct Streams {
    results: JoinHandle<Results>,
    errors: JoinHandle<Errors>,
    /// Dropped when it is enough.
    open: (oneshot::Sender<()>, oneshot::Sender<()>),
}

impl Streams {
    fn read(out: impl AsyncRead + Unpin + Send + 'static, err: impl AsyncRead + Unpin + Send + 'static) -> Streams {
        let (first, second) = (oneshot::channel(), oneshot::channel());
        Streams {
            results: tokio::spawn(collect(out, Results::default(), first.1)),
            errors: tokio::spawn(collect(err, Errors::default(), second.1)),
            open: (first.0, second.0),
        }
    }

    /// What was read, once no process is left.
    pub(crate) async fn finish(self) -> (Results, Errors) {
        let Streams { results, errors, open } = self;
        let both = async { (results.await.unwrap_or_default(), errors.await.unwrap_or_default()) };
        tokio::pin!(both);
        tokio::select! {
            read = &mut both => return read,
            () = clock::sleep(DRAIN) => drop(open),
        }
        both.await
    }
}
