//! Tasks: what is computed where, and with which arguments.

mod circle;
mod new_dataframe;
mod new_session;
mod new_task;
mod seal;

pub use new_dataframe::{NewDataframe, NewStep};
pub use new_session::NewSession;
pub use new_task::NewTask;

use super::{Client, types};
use crate::error::Error;

impl Client {
    /// Makes a task. Its arguments are encrypted for each organization where the
    /// collaboration asks for it, and go through the server's store for large
    /// values where it has one.
    ///
    /// The request that makes the task is never repeated: where its answer is
    /// lost, the error [says so](Error::may_have_been_applied).
    ///
    /// # Errors
    ///
    /// What is missing in the task; an organization that is not in the
    /// collaboration, or that has no public key where it needs one; what HQ
    /// refuses, such as an organization without a node.
    pub async fn create_task(&self, task: NewTask) -> Result<types::Task, Error> {
        let (circle, arguments, body) = task.prepare(self)?;
        let organizations = self.seal(&circle, arguments).await?;
        self.task().create().body(body.organizations(organizations)).send().await
    }

    /// Makes a dataframe in a session: a task takes it from a source at the
    /// nodes. Wait for the task in `last_session_task`.
    ///
    /// # Errors
    ///
    /// As of [`create_task`](Self::create_task).
    pub async fn create_dataframe(&self, session: i64, dataframe: NewDataframe) -> Result<types::Dataframe, Error> {
        let NewDataframe { label, name, step } = dataframe;
        let task = self.session_task(session, step).await?;
        let mut body = types::DataframeBody::builder().label(label).task(task);
        if let Some(name) = name {
            body = body.name(name);
        }
        self.dataframe().create(session).body(body).send().await
    }

    /// Changes a dataframe by a task. Wait for the task in `last_session_task`.
    ///
    /// # Errors
    ///
    /// As of [`create_task`](Self::create_task).
    pub async fn preprocess(&self, dataframe: i64, step: NewStep) -> Result<types::Dataframe, Error> {
        let found = self.dataframe().get(dataframe).send().await?;
        let session = circle::id(found.session.as_ref(), "the dataframe", "session")?;
        let task = self.session_task(session, step).await?;
        let body = types::DataframePreprocess::builder().dataframe_id(dataframe).task(task);
        self.dataframe().preprocess(dataframe).body(body).send().await
    }

    /// Stops a task at all its nodes.
    ///
    /// # Errors
    ///
    /// A task that has ended already.
    pub async fn kill_task(&self, task: i64) -> Result<types::Message, Error> {
        self.task().kill().body(types::OnlyId::builder().id(task)).send().await
    }

    async fn session_task(&self, session: i64, step: NewStep) -> Result<types::SessionTask, Error> {
        let circle = self.circle_of_session(session).await?;
        let everywhere = match step.organizations {
            Some(some) => some,
            // All of them, however many pages that takes.
            None => self.organizations_in(&circle).await?.into_iter().map(|organization| organization.id).collect(),
        };
        let organizations = self.seal(&circle, step.arguments.for_each(everywhere)?).await?;
        let mut task = types::SessionTask::builder().image(step.image).method(step.method).organizations(organizations);
        if let Some(store) = step.store.or_else(|| self.default_store()) {
            task = task.store_id(store);
        }
        types::SessionTask::try_from(task).map_err(|why| crate::__private::invalid(&why))
    }
}
