//! A list that tells of many jobs at once.

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
    /// Reads it; nothing is sent before the first is asked for.
    pub pages: BoxStream<'static, Result<Survey, Error>>,
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
