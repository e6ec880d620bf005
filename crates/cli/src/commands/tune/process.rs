//! Trial process: one run of a trial's command below a supervisor of its own, started, stopped, its output read.

use std::ffi::OsString;
#[cfg(unix)]
use std::io;
use std::sync::Arc;
use std::time::Duration;

use mlhub::clock::{Clock as _, SystemClock};
use tokio::io::AsyncRead;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

#[cfg(unix)]
use super::process_tree::{MARK, ProcessTree};
#[cfg(unix)]
use super::supervisor::{COMMAND, ProcessReport, StopOrder, SupervisorSocket};
use super::trial_output::{StderrTail, collect};
use super::trial_result::StdoutSummary;

/// Longest output after the last process has ended: time to read what is in the pipes. One that is held open beyond
/// that is held by a process that got away.
const DRAIN: Duration = Duration::from_secs(1);

/// Command of a trial, with its values.
#[derive(Clone, Debug)]
pub(super) struct TrialCommand {
    /// The program and its arguments.
    pub(super) words: Vec<OsString>,
    /// Variables in its environment, beside those of this process.
    pub(super) variables: Vec<(String, String)>,
    /// Names of those variables of this process that are not for it.
    pub(super) withheld: Arc<[OsString]>,
}

impl TrialCommand {
    /// The environment: that of this process, but for secrets, and the values.
    pub(super) fn environment(&self, process: &mut tokio::process::Command) {
        for name in &*self.withheld {
            process.env_remove(name);
        }
        process.envs(self.variables.iter().map(|(name, value)| (name, value)));
    }
}

/// End of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProcessEnd {
    /// By itself.
    Code(i32),
    /// By a signal.
    Signal(i32),
    /// Before it began.
    Unstartable(String),
    /// Together with its supervisor, which somebody killed.
    Unsupervised,
}

/// Output streams of a run.
#[derive(Debug)]
pub(super) struct OutputStreams {
    results: JoinHandle<StdoutSummary>,
    errors: JoinHandle<StderrTail>,
    /// Dropped when it is enough.
    open: (oneshot::Sender<()>, oneshot::Sender<()>),
}

impl OutputStreams {
    pub(super) fn read(
        out: impl AsyncRead + Unpin + Send + 'static,
        err: impl AsyncRead + Unpin + Send + 'static,
    ) -> OutputStreams {
        let (first, second) = (oneshot::channel(), oneshot::channel());
        OutputStreams {
            results: tokio::spawn(collect(out, StdoutSummary::default(), first.1)),
            errors: tokio::spawn(collect(err, StderrTail::default(), second.1)),
            open: (first.0, second.0),
        }
    }

    /// What was read, once no process is left.
    pub(super) async fn finish(self) -> (StdoutSummary, StderrTail) {
        let OutputStreams { results, errors, open } = self;
        let both = async { (results.await.unwrap_or_default(), errors.await.unwrap_or_default()) };
        tokio::pin!(both);
        tokio::select! {
            read = &mut both => return read,
            () = SystemClock::new().sleep(DRAIN) => drop(open),
        }
        both.await
    }
}

/// Trial process. Dropping it kills all of its processes.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct TrialProcess {
    supervisor: tokio::process::Child,
    socket: SupervisorSocket,
    mark: String,
    group: Option<i32>,
}

#[cfg(unix)]
impl TrialProcess {
    /// Starts it.
    pub(super) fn start(command: &TrialCommand) -> io::Result<(TrialProcess, OutputStreams)> {
        use std::process::Stdio;
        let (socket, stdin) = SupervisorSocket::pair()?;
        let mark = uuid::Uuid::new_v4().to_string();
        let mut supervisor = tokio::process::Command::new(this_program()?);
        command.environment(&mut supervisor);
        let mut supervisor = supervisor
            .arg0("mlhub")
            .args([COMMAND, "--"])
            .args(&command.words)
            .env(MARK, &mark)
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C on the terminal, and who kills the group of `tune`, do not reach it: it has work left then.
            .process_group(0)
            .spawn()?;
        let (Some(out), Some(err)) = (supervisor.stdout.take(), supervisor.stderr.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        Ok((TrialProcess { supervisor, socket, mark, group: None }, OutputStreams::read(out, err)))
    }

    /// Waits until nothing of it is left: how it ended, and how many processes it had left behind. Nothing is lost when
    /// this is dropped and called again.
    pub(super) async fn ended(&mut self) -> (ProcessEnd, usize) {
        let (end, left) = loop {
            match self.socket.next_report().await {
                Some(ProcessReport::Started { group }) => self.group = Some(group),
                Some(ProcessReport::Unstartable { reason }) => break (ProcessEnd::Unstartable(reason), 0),
                Some(ProcessReport::Ended { code, signal, left }) => {
                    break (code.map_or(ProcessEnd::Signal(signal.unwrap_or_default()), ProcessEnd::Code), left);
                }
                None => break (ProcessEnd::Unsupervised, self.clean()),
            }
        };
        // It has nothing more to do, so this takes no time.
        let _ = self.supervisor.wait().await;
        (end, left)
    }

    /// SIGTERM for its processes, and SIGKILL after a while.
    pub(super) async fn stop(&mut self) {
        self.socket.send(&StopOrder::Stop).await;
    }

    /// SIGKILL for its processes.
    pub(super) async fn kill(&mut self) {
        self.socket.send(&StopOrder::Kill).await;
    }

    /// Does the work of a supervisor that was killed; how many processes there were.
    fn clean(&self) -> usize {
        let Some(group) = self.group else {
            return 0;
        };
        let tree = ProcessTree::new(group, &self.mark);
        let left = tree.alive();
        tree.kill();
        left
    }
}

/// This program.
#[cfg(unix)]
fn this_program() -> io::Result<std::path::PathBuf> {
    let path = std::env::current_exe()?;
    // Its file was replaced meanwhile, as a build does: what runs is still there.
    Ok(if cfg!(target_os = "linux") && !path.exists() { "/proc/self/exe".into() } else { path })
}
