//! Results of a task, fetched: each run once, some at a time.

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::reader::fetch_result;
use super::{ResultRow, Results};
use crate::error::{Error, ErrorKind};
use crate::vantage6::{Client, ops, types};

/// As many results are fetched at once.
const AT_ONCE: usize = 4;

/// What the runs of a task have given so far.
pub(in crate::vantage6) async fn results_of(client: &Client, task: i64) -> Result<Results, Error> {
    let mut runs = runs_of(client, task).await?;
    runs.sort_by_key(|run| run.id);
    let rows = runs.into_iter().map(|run| async move {
        let completed = has_completed(&run);
        let bytes = match completed {
            true => whole_result(client, run.id).await.map_err(|error| of_run(error, &run))?,
            false => None,
        };
        let organization = run.organization.as_ref().map(|link| link.id).unwrap_or_default();
        let status = crate::__private::word(&run.status).unwrap_or_default();
        Ok::<_, Error>(ResultRow { run: run.id, organization, status, completed, bytes })
    });
    Ok(Results { task, rows: stream::iter(rows).buffered(AT_ONCE).try_collect().await? })
}

/// All runs of a task.
pub(super) async fn runs_of(client: &Client, task: i64) -> Result<Vec<types::Run>, Error> {
    client.run().list().task_id(task).items().try_collect().await
}

/// The result of a run, whole; nothing where it has given none.
async fn whole_result(client: &Client, run: i64) -> Result<Option<Bytes>, Error> {
    let (mut stream, mut reader) = fetch_result(client, run).await?;
    let mut whole = Vec::new();
    while let Some(piece) = stream.try_next().await? {
        reader.push(&piece, &mut whole)?;
    }
    let found = reader.finish(&mut whole)?;
    Ok(found.then(|| whole.into()))
}

/// What does not decrypt, with the run that has given it: of many, one may be encrypted for another key.
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
