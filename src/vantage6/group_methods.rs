//! Group methods: calls that the platform's Python client has by name and HQ has no endpoint for.

use std::path::Path;

use super::{PrivateKey, Results, SessionTree, TaskTree, builder, groups, types};
use crate::error::Error;

/// A task and what its runs have given.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskWithResults {
    /// The task.
    pub task: types::Task,
    /// What its runs have given so far, decrypted.
    pub results: Results,
}

impl<'a> groups::Run<'a> {
    /// The runs of a task: a list, to be read by `.items()`.
    pub fn from_task(&self, task: i64) -> builder::RunList<'a> {
        self.client.run().list().task_id(task)
    }
}

impl groups::Result<'_> {
    /// What the runs of a task have given so far, decrypted, on however many pages
    /// it stands; see [`Client::results`](super::Client::results).
    ///
    /// # Errors
    ///
    /// As of [`Client::results`](super::Client::results).
    pub async fn from_task(&self, task: i64) -> Result<Results, Error> {
        self.client.results(task).await
    }
}

impl groups::Task<'_> {
    /// A task with what its runs have given so far, decrypted.
    ///
    /// # Errors
    ///
    /// As of [`Client::results`](super::Client::results).
    pub async fn get_with_results(&self, task: i64) -> Result<TaskWithResults, Error> {
        let found = self.client.task().get(task).send().await?;
        Ok(TaskWithResults { task: found, results: super::result::results_of(self.client, task).await? })
    }
}

impl<'a> groups::Session<'a> {
    /// The dataframes of a session: a list, to be read by `.items()`.
    pub fn dataframes(&self, session: i64) -> builder::DataframeList<'a> {
        self.client.dataframe().list(session)
    }

    /// A session with its dataframes and tasks; it prints as a tree.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for a session that is not there.
    pub async fn tree(&self, session: i64) -> Result<SessionTree, Error> {
        SessionTree::read(self.client, session).await
    }

    /// The tasks of a session, each with the tasks that have to be completed
    /// before it; it prints as a tree.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for a session that is not there.
    pub async fn task_tree(&self, session: i64) -> Result<TaskTree, Error> {
        TaskTree::read(self.client, session).await
    }
}

impl groups::Organization<'_> {
    /// The organization of whoever is logged in, as it is now.
    ///
    /// # Errors
    ///
    /// As of [`Client::identity`](super::Client::identity); [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) for who may not look at it.
    pub async fn own(&self) -> Result<types::Organization, Error> {
        let id = self.client.identity().await?.organization_id;
        self.client.organization().get(id).send().await
    }
}

impl groups::Util<'_> {
    /// Makes a private key and keeps it in that file, readable by its owner
    /// alone. Nothing is sent, and the client does not use it by itself.
    ///
    /// # Errors
    ///
    /// A file that is there already, and a place that cannot be written.
    pub fn generate_private_key(&self, path: impl AsRef<Path>) -> Result<PrivateKey, Error> {
        let key = PrivateKey::generate()?;
        key.save(path)?;
        Ok(key)
    }
}
