//! The two ends of the socket between `tune` and a guard: a line of JSON for each message.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// What a guard is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// SIGTERM, and SIGKILL after a while.
    Stop,
    /// SIGKILL at once.
    Kill,
}

/// What a guard says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Report {
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

/// One end.
#[derive(Debug)]
pub(crate) struct Link {
    read: Lines<BufReader<OwnedReadHalf>>,
    write: OwnedWriteHalf,
}

impl Link {
    /// An end of this process, and the other one as the stdin of a guard.
    pub(crate) fn pair() -> io::Result<(Link, OwnedFd)> {
        let (here, there) = std::os::unix::net::UnixStream::pair()?;
        Ok((Link::over(here)?, there.into()))
    }

    /// The end that this process was started with.
    pub(super) fn inherited() -> io::Result<Link> {
        Link::over(std::io::stdin().as_fd().try_clone_to_owned()?.into())
    }

    fn over(stream: std::os::unix::net::UnixStream) -> io::Result<Link> {
        stream.set_nonblocking(true)?;
        let (read, write) = UnixStream::from_std(stream)?.into_split();
        Ok(Link { read: BufReader::new(read).lines(), write })
    }

    /// The next order; none when the other end is closed. Nothing is lost when it is dropped.
    pub(super) async fn order(&mut self) -> Option<Order> {
        self.next().await
    }

    /// The next report; none when the other end is closed. Nothing is lost when it is dropped.
    pub(crate) async fn heard(&mut self) -> Option<Report> {
        self.next().await
    }

    /// Says something to `tune`. One that has gone is noticed where orders are read.
    pub(super) async fn report(&mut self, report: &Report) {
        self.send(report).await;
    }

    /// Tells the guard something. One that has gone is noticed where reports are read.
    pub(crate) async fn tell(&mut self, order: Order) {
        self.send(&order).await;
    }

    async fn send(&mut self, message: &impl Serialize) {
        if let Ok(text) = serde_json::to_string(message) {
            let _ = self.write.write_all(format!("{text}\n").as_bytes()).await;
        }
    }

    async fn next<T: for<'de> Deserialize<'de>>(&mut self) -> Option<T> {
        let line = self.read.next_line().await.ok()??;
        serde_json::from_str(&line).ok()
    }
}
