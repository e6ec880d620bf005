//! A run on a system without process groups: stopping it stops its first process only.

use std::io;
use std::process::Stdio;

use tokio::process::Command;

use super::{End, Launch, Streams};

/// A run. Dropping it kills its process.
#[derive(Debug)]
pub(crate) struct Child {
    process: tokio::process::Child,
}

impl Child {
    /// Starts it.
    pub(crate) fn start(launch: &Launch) -> io::Result<(Child, Streams)> {
        let (program, args) = launch.command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut process = Command::new(program)
            .args(args)
            .envs(launch.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(out), Some(err)) = (process.stdout.take(), process.stderr.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        Ok((Child { process }, Streams::read(out, err)))
    }

    /// Waits for its end. Nothing is lost when this is dropped and called again.
    pub(crate) async fn ended(&mut self) -> (End, usize) {
        let code = self.process.wait().await.ok().and_then(|status| status.code());
        (End::Code(code.unwrap_or(1)), 0)
    }

    /// Ends its process.
    pub(crate) async fn stop(&mut self) {
        self.kill().await;
    }

    /// Ends its process.
    pub(crate) async fn kill(&mut self) {
        // One that has ended needs no killing.
        let _ = self.process.start_kill();
    }
}
