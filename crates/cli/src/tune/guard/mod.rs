//! The guard of a trial: a process that starts the command in a group of its own and sees to it that nothing of it stays.
//!
//! `tune` starts one for each trial and holds a socket to its stdin. Whatever ends `tune`, SIGKILL included, closes that
//! socket, and the guard stops the command: no process needs to be alive to clean up after another.

mod link;
#[cfg(target_os = "linux")]
mod proc;
mod tree;

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal as Caught, SignalKind, signal};

pub(crate) use link::{Link, Order, Report};
pub(crate) use tree::Tree;

use crate::clock;
use crate::fault::Fault;

/// The hidden command by which the program starts itself as a guard.
pub(crate) const COMMAND: &str = "guard-trial";
/// Marks the processes of one run of a trial, so that they are found when they have left their group.
pub(crate) const MARK: &str = "MLHUB_RUN";

/// How long a process has between SIGTERM and SIGKILL, and how long SIGKILL is waited for.
pub(crate) const GRACE: Duration = Duration::from_secs(5);
/// How often what is left is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How hard the trial is being stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Not at all.
    Running,
    /// It was sent SIGTERM.
    Asked,
    /// It was sent SIGKILL.
    Forced,
    /// Not even that helped: a process that hangs in the kernel.
    GivenUp,
}

/// Runs the command to its end and reports it.
pub(crate) async fn run(command: &[OsString]) -> Result<(), Fault> {
    let mut link = Link::inherited().map_err(Fault::local)?;
    let mut guard = match Guard::start(command) {
        Ok(guard) => guard,
        Err(error) => {
            link.report(&Report::Unstartable { reason: error.to_string() }).await;
            return Ok(());
        }
    };
    link.report(&Report::Started { group: guard.tree.group() }).await;
    let (status, left) = guard.watch(&mut link).await;
    link.report(&Report::Ended { code: status.code(), signal: status.signal(), left }).await;
    Ok(())
}

struct Guard {
    child: Child,
    tree: Tree,
    stage: Stage,
    /// What asks this process itself to end.
    asked: [Caught; 3],
    /// A process below this one has ended.
    ended: Caught,
}

impl Guard {
    fn start(command: &[OsString]) -> io::Result<Guard> {
        // Caught before there is anything that they could leave behind.
        let asked = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?, signal(SignalKind::hangup())?];
        let ended = signal(SignalKind::child())?;
        tree::adopt();
        let (program, args) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        // Stdout and stderr are those of this process, which never writes to them.
        let child = Command::new(program).args(args).stdin(Stdio::null()).process_group(0).spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).ok_or(io::ErrorKind::NotFound)?;
        let tree = Tree::below(group, &std::env::var(MARK).unwrap_or_default());
        Ok(Guard { child, tree, stage: Stage::Running, asked, ended })
    }

    /// Waits until nothing is left of the trial; how its first process ended, and how many were left by then.
    async fn watch(&mut self, link: &mut Link) -> (ExitStatus, usize) {
        let mut status = None;
        let mut left = 0;
        let mut connected = true;
        let mut grace: BoxFuture<'static, ()> = Box::pin(std::future::pending());
        // Should the system not say how it ended, it did not end well.
        let unknown = ExitStatus::from_raw(1 << 8);
        loop {
            let before = self.stage;
            if let Some(status) = status {
                let rest = self.tree.alive();
                if rest == 0 || self.stage == Stage::GivenUp {
                    return (status, left);
                }
                if self.stage == Stage::Running {
                    left = rest;
                    self.stage = Stage::Asked;
                }
            }
            if self.stage == before {
                let looking = status.is_some() || self.stage == Stage::Forced;
                let [terminate, interrupt, hangup] = &mut self.asked;
                tokio::select! {
                    ended = self.child.wait(), if status.is_none() => status = Some(ended.unwrap_or(unknown)),
                    order = link.order(), if connected => {
                        connected = order.is_some();
                        // Nobody is left who could say more, so there is no reason to be patient.
                        let stage = if order == Some(Order::Stop) { Stage::Asked } else { Stage::Forced };
                        self.stage = self.stage.max(stage);
                    }
                    _ = terminate.recv() => self.stage = self.stage.max(Stage::Asked),
                    _ = interrupt.recv() => self.stage = self.stage.max(Stage::Asked),
                    _ = hangup.recv() => self.stage = self.stage.max(Stage::Asked),
                    _ = self.ended.recv() => self.tree.reap(),
                    () = &mut grace => self.stage = if self.stage == Stage::Asked { Stage::Forced } else { Stage::GivenUp },
                    () = clock::sleep(LOOK), if looking => {}
                }
            }
            match self.stage {
                Stage::Asked if before < Stage::Asked => self.tree.terminate(),
                // Again and again: what was born during one look is found by the next.
                Stage::Forced => self.tree.kill(),
                _ => {}
            }
            if self.stage != before {
                grace = Box::pin(clock::sleep(GRACE));
            }
        }
    }
}
