//! A run below a guard of its own: see [`guard`](crate::tune::guard).

use std::io;
use std::process::Stdio;

use tokio::process::Command;
use uuid::Uuid;

use super::{End, Launch, Streams};
use crate::tune::guard::{COMMAND, Link, MARK, Order, Report, Tree};

/// A run. Dropping it kills all of its processes.
#[derive(Debug)]
pub(crate) struct Child {
    guard: tokio::process::Child,
    link: Link,
    mark: String,
    group: Option<i32>,
}

impl Child {
    /// Starts it.
    pub(crate) fn start(launch: &Launch) -> io::Result<(Child, Streams)> {
        let (link, stdin) = Link::pair()?;
        let mark = Uuid::new_v4().to_string();
        let mut guard = Command::new(this_program()?)
            .arg0("mlhub")
            .args([COMMAND, "--"])
            .args(&launch.command)
            .envs(launch.variables.iter().map(|(name, value)| (name, value)))
            .env(MARK, &mark)
            .stdin(Stdio::from(stdin))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C on the terminal, and who kills the group of `tune`, do not reach it: it has work left then.
            .process_group(0)
            .spawn()?;
        let (Some(out), Some(err)) = (guard.stdout.take(), guard.stderr.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        Ok((Child { guard, link, mark, group: None }, Streams::read(out, err)))
    }

    /// Waits until nothing of it is left: how it ended, and how many processes it had left behind. Nothing is lost when
    /// this is dropped and called again.
    pub(crate) async fn ended(&mut self) -> (End, usize) {
        let (end, left) = loop {
            match self.link.heard().await {
                Some(Report::Started { group }) => self.group = Some(group),
                Some(Report::Unstartable { reason }) => break (End::Unstartable(reason), 0),
                Some(Report::Ended { code, signal, left }) => {
                    break (code.map_or(End::Signal(signal.unwrap_or_default()), End::Code), left);
                }
                None => break (End::Unguarded, self.clean()),
            }
        };
        // It has nothing more to do, so this takes no time.
        let _ = self.guard.wait().await;
        (end, left)
    }

    /// SIGTERM for its processes, and SIGKILL after a while.
    pub(crate) async fn stop(&mut self) {
        self.link.tell(Order::Stop).await;
    }

    /// SIGKILL for its processes.
    pub(crate) async fn kill(&mut self) {
        self.link.tell(Order::Kill).await;
    }

    /// Does the work of a guard that was killed; how many processes there were.
    fn clean(&self) -> usize {
        let Some(group) = self.group else {
            return 0;
        };
        let tree = Tree::new(group, &self.mark);
        let left = tree.alive();
        tree.kill();
        left
    }
}

/// This program, also when its file was replaced meanwhile, as a build does.
#[cfg(target_os = "linux")]
fn this_program() -> io::Result<std::path::PathBuf> {
    Ok("/proc/self/exe".into())
}

#[cfg(not(target_os = "linux"))]
fn this_program() -> io::Result<std::path::PathBuf> {
    std::env::current_exe()
}
