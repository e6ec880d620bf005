//! Trial process supervisor: a process that starts a trial's command in a group of its own and sees to it that nothing
//! of it stays.
//!
//! `tune` starts one for each trial and holds a socket to its stdin. Whatever ends `tune`, SIGKILL included, closes
//! that socket, and the supervisor stops the command: no process needs to be alive to clean up after another.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures::future::BoxFuture;
use mlhub::clock::{Clock as _, SystemClock};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal as Caught, SignalKind, signal};

use super::process_tree::{self, MARK, ProcessTree};
use crate::error::{CliError, CliResult};

/// The word by which the program starts itself as a supervisor; nobody else does.
pub(super) const COMMAND: &str = "supervise-trial";
/// Grace period between SIGTERM and SIGKILL, and how long SIGKILL is waited for.
const GRACE: Duration = Duration::from_secs(5);
/// Poll interval of what is left.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Stop stage: how hard the trial is being stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum StopStage {
    /// Not at all.
    Running,
    /// It was sent SIGTERM.
    Asked,
    /// It was sent SIGKILL.
    Forced,
    /// Not even that helped: a process that hangs in the kernel.
    GivenUp,
}

/// The command to supervise, where the program was started as a supervisor.
pub(crate) fn requested(args: impl IntoIterator<Item = OsString>) -> Option<Vec<OsString>> {
    let mut args = args.into_iter().skip(1);
    let command = args.next().filter(|word| word == COMMAND).and_then(|_| args.next());
    command.filter(|separator| separator == "--").map(|_| args.collect())
}

/// Runs the command to its end and reports it.
pub(crate) async fn run(command: &[OsString]) -> CliResult {
    let mut socket = SupervisorSocket::inherited().map_err(CliError::local)?;
    let mut supervisor = match Supervisor::start(command) {
        Ok(supervisor) => supervisor,
        Err(error) => {
            socket.send(&ProcessReport::Unstartable { reason: error.to_string() }).await;
            return Ok(());
        }
    };
    socket.send(&ProcessReport::Started { group: supervisor.tree.group() }).await;
    let (status, left) = supervisor.watch(&mut socket).await;
    socket.send(&ProcessReport::Ended { code: status.code(), signal: status.signal(), left }).await;
    Ok(())
}

/// Supervisor of one command.
struct Supervisor {
    child: Child,
    tree: ProcessTree,
    stage: StopStage,
    /// What asks this process itself to end.
    asked: [Caught; 3],
    /// A process below this one has ended.
    ended: Caught,
}

impl Supervisor {
    fn start(command: &[OsString]) -> io::Result<Supervisor> {
        // Caught before there is anything that they could leave behind.
        let asked = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?, signal(SignalKind::hangup())?];
        let ended = signal(SignalKind::child())?;
        process_tree::adopt();
        let (program, args) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        // Stdout and stderr are those of this process, which never writes to them.
        let child = Command::new(program).args(args).stdin(Stdio::null()).process_group(0).spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).ok_or(io::ErrorKind::NotFound)?;
        let tree = ProcessTree::below(group, &std::env::var(MARK).unwrap_or_default());
        Ok(Supervisor { child, tree, stage: StopStage::Running, asked, ended })
    }

    /// Waits until nothing is left of the trial; how its first process ended, and how many were left by then.
    async fn watch(&mut self, socket: &mut SupervisorSocket) -> (ExitStatus, usize) {
        let mut status = None;
        let mut left = 0;
        let mut connected = true;
        let mut grace: BoxFuture<'static, ()> = Box::pin(std::future::pending());
        // Should the system not say how it ended, it did not end well.
        let unknown = ExitStatus::from_raw(1 << 8);
        loop {
            let before = self.stage;
            if let Some(status) = status {
                let alive = self.tree.alive();
                if alive == 0 || self.stage == StopStage::GivenUp {
                    return (status, left);
                }
                if self.stage == StopStage::Running {
                    left = alive;
                    self.stage = StopStage::Asked;
                }
            }
            if self.stage == before {
                let polling = status.is_some() || self.stage == StopStage::Forced;
                let [terminate, interrupt, hangup] = &mut self.asked;
                tokio::select! {
                    ended = self.child.wait(), if status.is_none() => status = Some(ended.unwrap_or(unknown)),
                    order = socket.next_order(), if connected => {
                        connected = order.is_some();
                        // Nobody is left who could say more, so there is no reason to be patient.
                        let stage = if order == Some(StopOrder::Stop) { StopStage::Asked } else { StopStage::Forced };
                        self.stage = self.stage.max(stage);
                    }
                    _ = terminate.recv() => self.stage = self.stage.max(StopStage::Asked),
                    _ = interrupt.recv() => self.stage = self.stage.max(StopStage::Asked),
                    _ = hangup.recv() => self.stage = self.stage.max(StopStage::Asked),
                    _ = self.ended.recv() => self.tree.reap(),
                    () = &mut grace => {
                        let asked = self.stage == StopStage::Asked;
                        self.stage = if asked { StopStage::Forced } else { StopStage::GivenUp };
                    }
                    () = SystemClock::new().sleep(POLL_INTERVAL), if polling => {}
                }
            }
            match self.stage {
                StopStage::Asked if before < StopStage::Asked => self.tree.terminate(),
                // Again and again: what was born during one poll is found by the next.
                StopStage::Forced => self.tree.kill(),
                _ => {}
            }
            if self.stage != before {
                grace = SystemClock::new().sleep(GRACE);
            }
        }
    }
}

/// Order to a supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum StopOrder {
    /// SIGTERM, and SIGKILL after a while.
    Stop,
    /// SIGKILL at once.
    Kill,
}

/// Report of a supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ProcessReport {
    /// The command runs, in that group.
    Started {
        /// The id of the group and of its first process.
        group: i32,
    },
    /// The command could not be started.
    Unstartable {
        /// What the system said.
        reason: String,
    },
    /// Nothing of the command is left.
    Ended {
        /// Its exit code.
        code: Option<i32>,
        /// Or the signal that ended it.
        signal: Option<i32>,
        /// How many of its processes were there after the first one had ended, and had to be stopped.
        left: usize,
    },
}

/// Supervisor socket: one end of the two between `tune` and a supervisor; each message is a line of JSON.
#[derive(Debug)]
pub(super) struct SupervisorSocket {
    read: Lines<BufReader<OwnedReadHalf>>,
    write: OwnedWriteHalf,
}

impl SupervisorSocket {
    /// An end of this process, and the other one as the stdin of a supervisor.
    pub(super) fn pair() -> io::Result<(SupervisorSocket, OwnedFd)> {
        let (here, there) = std::os::unix::net::UnixStream::pair()?;
        Ok((SupervisorSocket::over(here)?, there.into()))
    }

    /// The end that this process was started with.
    fn inherited() -> io::Result<SupervisorSocket> {
        SupervisorSocket::over(std::io::stdin().as_fd().try_clone_to_owned()?.into())
    }

    fn over(stream: std::os::unix::net::UnixStream) -> io::Result<SupervisorSocket> {
        stream.set_nonblocking(true)?;
        let (read, write) = UnixStream::from_std(stream)?.into_split();
        Ok(SupervisorSocket { read: BufReader::new(read).lines(), write })
    }

    /// The next order; none when the other end is closed. Nothing is lost when it is dropped.
    async fn next_order(&mut self) -> Option<StopOrder> {
        self.next().await
    }

    /// The next report; none when the other end is closed. Nothing is lost when it is dropped.
    pub(super) async fn next_report(&mut self) -> Option<ProcessReport> {
        self.next().await
    }

    /// Sends an order, or a report. An end that has gone is noticed where messages are read.
    pub(super) async fn send(&mut self, message: &impl Serialize) {
        if let Ok(text) = serde_json::to_string(message) {
            let _ = self.write.write_all(format!("{text}\n").as_bytes()).await;
        }
    }

    async fn next<T: for<'de> Deserialize<'de>>(&mut self) -> Option<T> {
        let line = self.read.next_line().await.ok()??;
        serde_json::from_str(&line).ok()
    }
}
