//! Tasks and their results: makes tasks, sessions and dataframes, waits for what runs give, and reads it.

use std::io::Write;

use futures::StreamExt;

use super::result::{GOAL, OPERATION, PARAMETER, Results, UntilDone, decrypted, fetch_result, results_of};
use super::task::{NewDataframe, NewSession, NewStep, NewTask, Participants, encrypted_arguments, id, word};
use super::{Client, ops, types};
use crate::error::{Error, ErrorKind};
use crate::stream::ByteStream;
use crate::wait::{Wait, WaitHandle};

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
        let (participants, arguments, body) = task.prepare(self)?;
        let organizations = encrypted_arguments(self, participants, arguments).await?;
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
        let body = types::DataframeBody::builder().label(label).task(task).name(name);
        self.dataframe().create(session).body(body).send().await
    }

    /// Changes a dataframe by a task. Wait for the task in `last_session_task`.
    ///
    /// # Errors
    ///
    /// As of [`create_task`](Self::create_task).
    pub async fn preprocess(&self, dataframe: i64, step: NewStep) -> Result<types::Dataframe, Error> {
        let found = self.dataframe().get(dataframe).send().await?;
        let session = id(found.session.as_ref(), "the dataframe", "session")?;
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
        let participants = Participants::of_session(self, session).await?;
        let everywhere = match step.organizations {
            Some(some) => some,
            // All of them, however many pages that takes.
            None => participants.organizations(self).await?.into_iter().map(|organization| organization.id).collect(),
        };
        let organizations = encrypted_arguments(self, participants, step.arguments.for_each(everywhere)?).await?;
        let store = step.store.or_else(|| self.default_store());
        let task = types::SessionTask::builder().image(step.image).method(step.method).store_id(store);
        let task = task.organizations(organizations);
        types::SessionTask::try_from(task).map_err(|why| crate::__private::invalid(&why))
    }

    /// Makes a session.
    ///
    /// # Errors
    ///
    /// A session without a collaboration; what HQ refuses.
    pub async fn create_session(&self, session: NewSession) -> Result<types::Session, Error> {
        let NewSession { scope, name, participants } = session;
        let Some(collaboration) = participants.or_default(self).collaboration_id(self).await? else {
            let detail = "a session needs a collaboration, its own or one for all sessions of the client";
            return Err(Error::new(ErrorKind::Request, detail));
        };
        let body = types::SessionBody::builder().scope(word::<types::SessionScope>(&scope)?);
        let body = body.collaboration_id(collaboration).study_id(participants.study).name(name);
        self.session().create().body(body).send().await
    }

    /// Whether HQ keeps large values in a store; asked of it once.
    ///
    /// # Errors
    ///
    /// A server that cannot be reached.
    pub async fn has_blob_store(&self) -> Result<bool, Error> {
        let state = self.state();
        if let Some(known) = state.store.get() {
            return Ok(*known);
        }
        let status = self.blob().status().send().await?;
        Ok(*state.store.get_or_init(|| status.blob_store_enabled))
    }

    /// What the runs of a task have given so far: one row for each organization,
    /// those without a result as well, on however many pages they stand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for a task that is not there;
    /// [`ErrorKind::Decrypt`] for what the key of this client does not decrypt: the message names the run, and those of
    /// the others can still be read one by one, by [`read_result`](Self::read_result).
    pub async fn results(&self, task: i64) -> Result<Results, Error> {
        // The list of runs does not tell a task without runs from one that is not there.
        self.task().status(task).send().await?;
        results_of(self, task).await
    }

    /// The result of a run, decrypted as it arrives: neither the reply nor the
    /// result is ever whole in memory. A run without a result gives nothing.
    ///
    /// # Errors
    ///
    /// A run that is not there; [`ErrorKind::Decrypt`], also in the middle of
    /// the stream, for what the key of this client does not decrypt.
    pub async fn read_result(&self, run: i64) -> Result<ByteStream, Error> {
        let (stream, reader) = fetch_result(self, run).await?;
        Ok(decrypted(stream, reader))
    }

    /// Writes the result of a run, decrypted as it arrives, and gives the number of
    /// bytes. Without a checksum in the format, what has been written before an
    /// error is not known to be right.
    ///
    /// # Errors
    ///
    /// As of [`read_result`](Self::read_result), and a writer that fails.
    pub async fn write_result(&self, run: i64, mut writer: impl Write + Send) -> Result<u64, Error> {
        let mut stream = self.read_result(run).await?;
        let mut written = 0;
        let failed = |cause| Error::new(ErrorKind::Request, "the result cannot be written").with_source(cause);
        while let Some(piece) = stream.next().await.transpose()? {
            writer.write_all(&piece).map_err(failed)?;
            written += piece.len() as u64;
        }
        writer.flush().map_err(failed)?;
        Ok(written)
    }

    /// Waits until a task is done, and gives the results of all its runs: one
    /// for each organization, decrypted, however many there are.
    ///
    /// HQ is asked for the state of the task alone until then, by its cheapest
    /// route. See [`Wait`] for limits, progress, and waits that outlive the
    /// process; [`resume_results`](Self::resume_results) goes on with those.
    /// With [`cancel_on_drop`](Wait::cancel_on_drop) a wait that is given up
    /// stops the task.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Failed`](crate::ErrorKind::Failed) as soon as one run has failed: its message names each failed
    /// run, its status and the end of its log. What other runs have given is
    /// still there, by [`results`](Self::results).
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) at once for a task that is not there.
    #[must_use = "a wait does nothing until it is awaited"]
    pub fn wait_for_results(&self, task: i64) -> Wait<'static, Results> {
        Wait::new(UntilDone { client: self.clone(), task })
    }

    /// Takes up a wait for results that was saved, maybe in another process; any
    /// wait for a task serves.
    ///
    /// # Errors
    ///
    /// A text that is not such a handle.
    pub fn resume_results(&self, handle: &str) -> Result<Wait<'static, Results>, Error> {
        let handle = WaitHandle::parse(handle, ops::PLATFORM, &[OPERATION])?;
        if handle.goal() != GOAL {
            return Err(handle.foreign("a wait for results"));
        }
        Ok(self.wait_for_results(handle.arg(PARAMETER)?))
    }
}
