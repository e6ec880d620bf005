//! Group methods: what the Python client does with jobs and versions beyond one call.

use futures::TryStreamExt as _;

use super::types::{Job, Series};
use super::{builder, groups};
use crate::error::{Error, ErrorKind, Optional as _};

impl builder::JobsId<'_> {
    /// The job as it is now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where the server does not know it, or no longer.
    pub async fn fetch(self) -> Result<Job, Error> {
        let job = self.send().await?.into_iter().next();
        job.ok_or_else(|| Error::new(ErrorKind::NotFound, "the server gave no job for that identifier"))
    }

    /// Whether the server knows the job. It forgets jobs about a minute after
    /// their end.
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub async fn exists(self) -> Result<bool, Error> {
        self.fetch().await.optional().map(|job| job.is_some())
    }

    /// Waits until the job is done, and gives its series. `.wait()` gives the
    /// whole job, takes a time limit and tells of progress.
    ///
    /// # Errors
    ///
    /// Those of the wait, and [`ErrorKind::Failed`] for a job that gives none.
    pub async fn fetch_result(self) -> Result<Series, Error> {
        self.wait().await?.series().cloned()
    }

    /// Ends the job, at the server where it lives.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] where it is over.
    pub async fn cancel(self) -> Result<(), Error> {
        self.wait().cancel().await
    }
}

impl groups::Jobs<'_> {
    /// Ends several jobs, one call for each: servers up to 1.6 take no list.
    ///
    /// # Errors
    ///
    /// The first failure; the jobs before it are ended.
    pub async fn cancel_jobs(&self, ids: impl IntoIterator<Item = impl Into<String>>) -> Result<(), Error> {
        for id in ids {
            self.cancel_job(id.into()).send().await?;
        }
        Ok(())
    }
}

impl<'a> groups::Models<'a> {
    /// The checkpoints of models.
    pub fn versions(&self) -> groups::Versions<'a> {
        self.client.versions()
    }
}

impl groups::Versions<'_> {
    /// Whether the model has that version. There is no such call on the server:
    /// this reads the list.
    ///
    /// # Errors
    ///
    /// An unknown model, and those of any call.
    pub async fn exists(&self, model: &str, version: &str) -> Result<bool, Error> {
        let mut versions = self.list(model).fields(["version"]).items();
        while let Some(found) = versions.try_next().await? {
            if found.version.is_some_and(|mark| mark.name.as_deref() == Some(version)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
