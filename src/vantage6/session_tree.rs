//! Session trees: a session with what was started in it, or each task with what has to be completed before it.

use std::fmt;

use futures::TryStreamExt;

use super::{Client, types};
use crate::error::Error;

/// A session with its dataframes and tasks. It prints as a tree, tasks under the
/// tasks that have started them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionTree {
    /// The session.
    pub session: types::Session,
    /// Its dataframes, the oldest first.
    pub dataframes: Vec<types::Dataframe>,
    /// Its tasks, the oldest first.
    pub tasks: Vec<types::Task>,
}

/// The tasks of a session, the oldest first, of whichever collaboration it is.
async fn tasks_of(client: &Client, session: i64) -> Result<Vec<types::Task>, Error> {
    let client = client.everywhere();
    let mut tasks: Vec<_> = client.task().list().session_id(session).items().try_collect().await?;
    tasks.sort_by_key(|task: &types::Task| task.id);
    Ok(tasks)
}

/// A task in one line.
struct TaskLine<'a>(&'a types::Task);

impl fmt::Display for TaskLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TaskLine(task) = self;
        let name = task.name.as_deref().filter(|name| !name.is_empty()).unwrap_or("-");
        write!(f, "task {} {name}", task.id)?;
        if let Some(action) = task.action.as_ref().and_then(crate::__private::word) {
            write!(f, ", {action}")?;
        }
        write!(f, ": {}", crate::__private::word(&task.status).unwrap_or_default())
    }
}

impl SessionTree {
    pub(super) async fn read(client: &Client, session: i64) -> Result<Self, Error> {
        let found = client.session().get(session).send().await?;
        let dataframes = client.dataframe().list(session).items().try_collect().await?;
        let tasks = tasks_of(client, session).await?;
        Ok(SessionTree { session: found, dataframes, tasks })
    }

    /// The tasks that a task has started; without one, those that none has.
    fn started_by(&self, parent: Option<i64>) -> Vec<&types::Task> {
        let known = |id: i64| self.tasks.iter().any(|task| task.id == id);
        let parent_of = |task: &types::Task| task.parent.as_ref().map(|link| link.id).filter(|id| known(*id));
        self.tasks.iter().filter(|task| parent_of(task) == parent && Some(task.id) != parent).collect()
    }

    fn branches(&self, f: &mut fmt::Formatter<'_>, tasks: &[&types::Task], indent: &str) -> fmt::Result {
        for (index, task) in tasks.iter().enumerate() {
            let last = index + 1 == tasks.len();
            write!(f, "\n{indent}{} {}", if last { "└─" } else { "├─" }, TaskLine(task))?;
            // A circle of parents would have no end.
            if indent.len() < 64 {
                let below = format!("{indent}{}", if last { "   " } else { "│  " });
                self.branches(f, &self.started_by(Some(task.id)), &below)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for SessionTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SessionTree { session, dataframes, .. } = self;
        write!(f, "session {} {}", session.id, session.name.as_deref().unwrap_or("-"))?;
        let tasks = self.started_by(None);
        for (index, dataframe) in dataframes.iter().enumerate() {
            let last = tasks.is_empty() && index + 1 == dataframes.len();
            write!(f, "\n{} dataframe {}", if last { "└─" } else { "├─" }, dataframe.id)?;
            write!(f, " {}", dataframe.name.as_deref().unwrap_or("-"))?;
            if let Some(label) = &dataframe.db_label {
                write!(f, " from {label}")?;
            }
            f.write_str(if dataframe.ready == Some(true) { ": ready" } else { ": not ready" })?;
        }
        self.branches(f, &tasks, "")
    }
}

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
            write!(f, "\n{branch} {}", TaskLine(task))?;
            let needed = self.before(task);
            for (index, needed_one) in needed.iter().enumerate() {
                let branch = if index + 1 == needed.len() { "└─" } else { "├─" };
                write!(f, "\n{below}{branch} after {}", TaskLine(needed_one))?;
            }
        }
        Ok(())
    }
}
