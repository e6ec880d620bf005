//! The signals by which people and machines ask a program to end.

use crate::fault::Fault;

/// Ctrl-C and, where there is such a thing, SIGTERM; caught from the moment this is made.
pub(crate) struct Interrupts {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

#[cfg(unix)]
impl Interrupts {
    /// Catches them from now on.
    pub(crate) fn catch() -> Result<Interrupts, Fault> {
        use tokio::signal::unix::{SignalKind, signal};
        let catch = |kind| signal(kind).map_err(Fault::local);
        Ok(Interrupts { signals: [catch(SignalKind::interrupt())?, catch(SignalKind::terminate())?] })
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
impl Interrupts {
    /// Catches them from now on.
    pub(crate) fn catch() -> Result<Interrupts, Fault> {
        Ok(Interrupts {})
    }

    /// The next one.
    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a way to be told, the program runs to its end.
            std::future::pending::<()>().await;
        }
    }
}
