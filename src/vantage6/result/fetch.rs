//! All results of a task.

use futures::stream::{self, StreamExt, TryStreamExt};

use super::{ResultRow, Results};
use crate::error::{Error, ErrorKind};
use crate::vantage6::{Client, ops, types};

/// As many results are fetched at once.
const AT_ONCE: usize = 4;

impl Client {
    /// What the runs of a task have given so far: one row for each organization,
    /// those without a result as well, on however many pages they stand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for a task that is not there;
    /// [`ErrorKind::Decrypt`] for what the key of this client does not open: the message names the run, and those of
    /// the others can still be read one by one, by [`read_result`](Self::read_result).
    pub async fn results(&self, task: i64) -> Result<Results, Error> {
        // The list of runs does not tell a task without runs from one that is not there.
        self.task().status(task).send().await?;
        self.results_of(task).await
    }

    pub(in crate::vantage6) async fn results_of(&self, task: i64) -> Result<Results, Error> {
        let mut runs = self.runs_of(task).await?;
        runs.sort_by_key(|run| run.id);
        let rows = runs.into_iter().map(|run| async move {
            let completed = has_completed(&run);
            let bytes = match completed {
                true => self.whole_result(run.id).await.map_err(|error| of_run(error, &run))?,
                false => None,
            };
            let organization = run.organization.as_ref().map(|link| link.id).unwrap_or_default();
            let status = crate::__private::word(&run.status).unwrap_or_default();
            Ok::<_, Error>(ResultRow { run: run.id, organization, status, completed, bytes })
        });
        Ok(Results { task, rows: stream::iter(rows).buffered(AT_ONCE).try_collect().await? })
    }

    /// All runs of a task.
    pub(super) async fn runs_of(&self, task: i64) -> Result<Vec<types::Run>, Error> {
        self.run().list().task_id(task).items().try_collect().await
    }
}

/// What does not open, with the run that has given it: of many, one may be sealed for another key.
fn of_run(error: Error, run: &types::Run) -> Error {
    if !matches!(error.kind(), ErrorKind::Decrypt | ErrorKind::Config) {
        return error;
    }
    let organization = run.organization.as_ref().map(|link| format!(" at organization {}", link.id));
    let detail = format!("run {}{}: {}", run.id, organization.unwrap_or_default(), error.detail());
    error.with_detail(detail)
}

/// Whether a run has ended well, in the document's words.
fn has_completed(run: &types::Run) -> bool {
    let goal = ops::find("run_get").wait("done");
    let status = crate::__private::word(&run.status);
    goal.zip(status).is_some_and(|(goal, status)| goal.good.contains(&status.as_str()))
}
