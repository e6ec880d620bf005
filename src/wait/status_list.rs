//! Status list: a list of a platform that tells of many jobs at once.

use std::collections::HashSet;
use std::time::Duration;

use futures::stream::BoxStream;

use crate::error::Error;
use crate::op::Op;

/// Status list that a job is in.
pub struct StatusList {
    /// The operation that gives it.
    pub op: &'static Op,
    /// What that is called with: jobs with the same are in one list.
    pub args: Vec<String>,
    /// The job's id in it.
    pub id: String,
    /// As many of its items cost the server as much as a poll of one job; none where nothing is known about that.
    pub items_per_poll: Option<u64>,
    /// Reads it; nothing is sent before the first is asked for.
    pub pages: BoxStream<'static, Result<StatusPage, Error>>,
}

impl StatusList {
    /// How many polls of single jobs have cost the server as much as that many requests for pages, and items on them.
    pub(super) fn cost(&self, requests: usize, items: usize) -> usize {
        let per_poll =
            self.items_per_poll.map_or(usize::MAX, |items| usize::try_from(items).unwrap_or(usize::MAX).max(1));
        requests + items / per_poll
    }

    /// Whether no job that is wanted can come after those, where the list is in the order of its ids.
    pub(super) fn is_past(&self, jobs: &[ListedJob], wanted: &HashSet<String>) -> bool {
        let Some(paging) = self.op.paging.filter(|paging| paging.sorted) else { return false };
        // Ids that are no numbers are in an order of which nothing is known here.
        let number = |id: &String| id.parse::<u64>().ok();
        let Some(last) = jobs.last().and_then(|job| number(job.id.as_ref()?)) else { return false };
        let wanted: Option<Vec<u64>> = wanted.iter().map(number).collect();
        wanted.is_some_and(|ids| ids.iter().all(|id| if paging.descending { *id >= last } else { *id <= last }))
    }
}

/// Page of a status list.
pub struct StatusPage {
    /// The jobs.
    pub jobs: Vec<ListedJob>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// Job as a status list tells of it.
pub struct ListedJob {
    /// Its id.
    pub id: Option<String>,
    /// Its status word.
    pub status: Option<String>,
    /// Whether the field whose presence is final is there.
    pub present: bool,
}
