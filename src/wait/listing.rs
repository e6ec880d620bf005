//! A list that tells of many jobs at once.

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use serde::Serialize;

use crate::error::Error;
use crate::op::Op;
use crate::paginate::{Page, Pages};

/// The list that a job is in.
pub struct Listing {
    /// The operation that gives it.
    pub op: &'static Op,
    /// What that is called with: jobs with the same are in one list.
    pub args: Vec<String>,
    /// The job's id in it.
    pub id: String,
    /// As many of its items cost the server as much as a look at one job; none where nothing is known about that.
    pub worth: Option<u64>,
    /// Reads it; nothing is sent before the first is asked for.
    pub pages: BoxStream<'static, Result<Survey, Error>>,
}

impl Listing {
    /// How many looks at single jobs have cost the server as much as that many requests for pages, and items on them.
    pub(super) fn cost(&self, requests: usize, items: usize) -> usize {
        let per_look = self.worth.map_or(usize::MAX, |worth| usize::try_from(worth).unwrap_or(usize::MAX).max(1));
        requests + items / per_look
    }

    /// Whether no job that is wanted can come after those, where the list is in the order of its ids.
    pub(super) fn is_past(&self, jobs: &[Listed], wanted: &HashSet<String>) -> bool {
        let Some(paging) = self.op.paging.filter(|paging| paging.sorted) else { return false };
        // Ids that are no numbers are in an order of which nothing is known here.
        let number = |id: &String| id.parse::<u64>().ok();
        let Some(last) = jobs.last().and_then(|job| number(job.id.as_ref()?)) else { return false };
        let wanted: Option<Vec<u64>> = wanted.iter().map(number).collect();
        wanted.is_some_and(|ids| ids.iter().all(|id| if paging.descending { *id >= last } else { *id <= last }))
    }
}

/// Some jobs of a list.
pub struct Survey {
    /// The jobs.
    pub jobs: Vec<Listed>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// What a list says about a job.
pub struct Listed {
    /// Its id.
    pub id: Option<String>,
    /// Its status word.
    pub status: Option<String>,
    /// Whether the field whose presence is final is there.
    pub present: bool,
}

impl Survey {
    /// Those of a list that comes in pages.
    pub fn pages<T>(pages: Pages<T>, listed: fn(&T) -> Listed) -> BoxStream<'static, Result<Survey, Error>>
    where
        T: Serialize + Send + 'static,
    {
        pages.map_ok(move |page| Survey::of(&page, listed)).boxed()
    }

    /// The one of a list that comes whole.
    pub fn whole<T>(
        list: impl Future<Output = Result<(Vec<T>, Option<Duration>), Error>> + Send + 'static,
        listed: fn(&T) -> Listed,
    ) -> BoxStream<'static, Result<Survey, Error>>
    where
        T: Send + 'static,
    {
        let page = async move {
            let (items, retry_after) = list.await?;
            Ok(Survey { jobs: items.iter().map(listed).collect(), retry_after })
        };
        stream::once(page).boxed()
    }

    fn of<T>(page: &Page<T>, listed: fn(&T) -> Listed) -> Survey {
        Survey { jobs: page.items.iter().map(listed).collect(), retry_after: page.retry_after }
    }
}
