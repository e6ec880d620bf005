//! Unsupervised process, on a system without process groups: stopping it stops its first process only.

use std::io;
use std::process::Stdio;

use tokio::process::Command;

use super::process::{OutputStreams, ProcessEnd, TrialCommand};

/// Unsupervised process. Dropping it kills its process.
#[derive(Debug)]
pub(super) struct UnsupervisedProcess {
    process: tokio::process::Child,
}

impl UnsupervisedProcess {
    /// Starts it.
    pub(super) fn start(command: &TrialCommand) -> io::Result<(UnsupervisedProcess, OutputStreams)> {
        let (program, args) = command.words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut process = Command::new(program);
        command.environment(&mut process);
        let mut process = process
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(out), Some(err)) = (process.stdout.take(), process.stderr.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        Ok((UnsupervisedProcess { process }, OutputStreams::read(out, err)))
    }

    /// Waits for its end. Nothing is lost when this is dropped and called again.
    pub(super) async fn ended(&mut self) -> (ProcessEnd, usize) {
        let code = self.process.wait().await.ok().and_then(|status| status.code());
        (ProcessEnd::Code(code.unwrap_or(1)), 0)
    }

    /// Ends its process.
    pub(super) async fn stop(&mut self) {
        self.kill().await;
    }

    /// Ends its process.
    pub(super) async fn kill(&mut self) {
        // One that has ended needs no killing.
        let _ = self.process.start_kill();
    }
}
