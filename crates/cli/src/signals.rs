//! Stop signals: SIGINT (Ctrl-C) and SIGTERM, by which people and machines ask a program to end; and one that is no reason
//! to end.

use crate::error::{CliError, CliResult};

/// Stop signals, caught from the moment this is made.
pub(crate) struct StopSignals {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

#[cfg(unix)]
impl StopSignals {
    /// Catches them from now on.
    pub(crate) fn catch() -> CliResult<StopSignals> {
        use tokio::signal::unix::{SignalKind, signal};
        let catch = |kind| signal(kind).map_err(CliError::local);
        Ok(StopSignals { signals: [catch(SignalKind::interrupt())?, catch(SignalKind::terminate())?] })
    }

    /// The next one.
    pub(crate) async fn next(&mut self) {
        let [interrupt, terminate] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl StopSignals {
    /// Catches them from now on.
    pub(crate) fn catch() -> CliResult<StopSignals> {
        Ok(StopSignals {})
    }

    /// The next one.
    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a way to be told, the program runs to its end.
            std::future::pending::<()>().await;
        }
    }
}

/// Catches the signal that comes with a write beyond `ulimit -f`, so that the write fails instead.
#[cfg(unix)]
pub(crate) fn catch_file_size() -> Option<tokio::signal::unix::Signal> {
    let number = rustix::process::Signal::XFSZ.as_raw();
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(number)).ok()
}
