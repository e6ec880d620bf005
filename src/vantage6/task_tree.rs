//! The tasks of a session as a tree of what has to be completed first.

use std::fmt;

use super::tree::{Line, tasks_of};
use super::{Client, types};
use crate::error::Error;

/// The tasks of a session. It prints as a tree, and under each task stand those
/// that have to be completed before it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskTree {
    /// The session.
    pub session: types::Session,
    /// Its tasks, the oldest first.
    pub tasks: Vec<types::Task>,
}

impl TaskTree {
    pub(super) async fn read(client: &Client, session: i64) -> Result<Self, Error> {
        let found = client.session().get(session).send().await?;
        Ok(TaskTree { session: found, tasks: tasks_of(client, session).await? })
    }

    /// Those that have to be completed before that task, as far as they are in
    /// the session.
    pub fn before(&self, task: &types::Task) -> Vec<&types::Task> {
        let needed = task.depends_on.as_deref().unwrap_or_default();
        self.tasks.iter().filter(|other| needed.contains(&other.id)).collect()
    }
}

impl fmt::Display for TaskTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {} {}", self.session.id, self.session.name.as_deref().unwrap_or("-"))?;
        for (index, task) in self.tasks.iter().enumerate() {
            let last = index + 1 == self.tasks.len();
            let (branch, below) = if last { ("└─", "   ") } else { ("├─", "│  ") };
            write!(f, "\n{branch} {}", Line(task))?;
            let needed = self.before(task);
            for (index, needed_one) in needed.iter().enumerate() {
                let branch = if index + 1 == needed.len() { "└─" } else { "├─" };
                write!(f, "\n{below}{branch} after {}", Line(needed_one))?;
            }
        }
        Ok(())
    }
}
