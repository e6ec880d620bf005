//! One job under watch: what each answer about it means, by the document's words. It knows nothing of pauses.

use std::time::Duration;

use super::job::Job;
use super::{Look, WaitHandle};
use crate::error::{Error, ErrorKind};
use crate::op::WaitSpec;

/// Requests that may fail one after the other for passing reasons, the last of them too many.
pub(super) const MAX_TROUBLES: u32 = 10;

/// A job and what is known about it.
pub(super) struct Watch<V> {
    job: Box<dyn Job<V>>,
    /// As many requests in a row may not fail.
    max_troubles: u32,
    looks: u32,
    troubles: u32,
    /// The job has left the words that it begins with.
    begun: bool,
    /// A word that the server may take back, if the last look said one.
    doubted: Option<String>,
    /// The job has ended well and its value is still to be fetched.
    done: bool,
}

/// What one request has shown.
pub(super) enum Step<V> {
    /// The job is over, or nothing more can be known about it.
    Over(Result<V, Error>),
    /// It has ended well; the next step fetches the value.
    Fetch,
    /// It goes on.
    Later(News),
}

/// How it goes on.
#[derive(Default)]
pub(super) struct News {
    pub(super) status: Option<String>,
    pub(super) fraction: Option<f64>,
    /// Why the request failed.
    pub(super) trouble: Option<Error>,
    /// How long the server wants to be left alone.
    pub(super) asked: Option<Duration>,
    /// A final word that has to be said a second time.
    pub(super) doubted: bool,
}

impl<V> Watch<V> {
    pub(super) fn new(job: Box<dyn Job<V>>, max_troubles: u32) -> Self {
        Watch { job, max_troubles, looks: 0, troubles: 0, begun: false, doubted: None, done: false }
    }

    pub(super) fn job(&self) -> &dyn Job<V> {
        &*self.job
    }

    pub(super) fn handle(&self) -> WaitHandle {
        self.job.handle()
    }

    /// Looks taken so far, failed ones included.
    pub(super) fn looks(&self) -> u32 {
        self.looks
    }

    /// Counts a look that somebody else has taken.
    pub(super) fn count(&mut self) {
        self.looks += 1;
    }

    /// Whether what a list says about the job is nothing final. Only a look of its own ends a wait.
    pub(super) fn goes_on(&mut self, status: Option<&str>, present: bool) -> bool {
        let (_, spec) = self.job.spec();
        let is = |words: &[&str]| status.is_some_and(|word| words.contains(&word));
        let over = spec.present && present || is(spec.good) || is(spec.bad) || self.begun && is(spec.start);
        if !over {
            self.begun |= status.is_some() && !is(spec.start);
            self.doubted = None;
        }
        !over && !self.done
    }

    /// Requests that have failed since the last that did not.
    pub(super) fn troubles(&self) -> u32 {
        self.troubles
    }

    /// Whether only the value is missing.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// One request: a look, or the fetch of the value, with the same patience.
    pub(super) async fn step(&mut self) -> Step<V> {
        if self.done {
            return match self.job.value().await {
                Ok(value) => Step::Over(Ok(value)),
                Err(error) => self.bear(error),
            };
        }
        self.looks += 1;
        let look = match self.is_lost() {
            true => self.find().await,
            false => self.job.look().await,
        };
        match look {
            Ok(look) => self.judge(look),
            Err(error) => self.bear(error),
        }
    }

    /// Whether the job lives on one of several nodes and nobody has said on which.
    fn is_lost(&self) -> bool {
        let (_, spec) = self.job.spec();
        spec.pinned && self.job.pipeline().pin().is_none() && self.job.pipeline().nodes().len() > 1
    }

    /// Asks one node after the other for the job, and stays with the one that knows it. It is not there only if every
    /// node says so.
    async fn find(&mut self) -> Result<Look<V>, Error> {
        let mut trouble = None;
        for node in self.job.pipeline().likely_nodes() {
            self.job.pin(Some(node.base()));
            match self.job.look().await {
                Err(error) => {
                    let first_or_worse = trouble.is_none() || error.kind() != ErrorKind::NotFound;
                    if first_or_worse {
                        trouble = Some(error);
                    }
                }
                found => return found,
            }
        }
        self.job.pin(None);
        Err(trouble.unwrap_or_else(|| self.error(ErrorKind::Config, "the client has no server".to_owned())))
    }

    fn judge(&mut self, look: Look<V>) -> Step<V> {
        self.troubles = 0;
        let (_, spec) = self.job.spec();
        let word = look.status.as_deref();
        let is = |words: &[&str]| word.is_some_and(|word| words.contains(&word));
        let over = spec.present && look.present;
        // What has left its first words and comes back to them has given up.
        let back = self.begun && is(spec.start);
        self.begun |= word.is_some() && !is(spec.start);
        if !over && self.doubts(spec, word) {
            return Step::Later(News {
                status: look.status,
                asked: look.retry_after,
                doubted: true,
                ..News::default()
            });
        }
        // Where presence is final, a word of neither kind decides nothing, but a reason does.
        if is(spec.bad) || back || over && !is(spec.good) && look.reason.is_some() {
            return Step::Over(Err(self.failed(look.status, look.reason)));
        }
        if is(spec.good) || over {
            if let Some(value) = look.value {
                return Step::Over(Ok(value));
            }
            self.done = true;
            return Step::Fetch;
        }
        let fraction = look.progress.map(fraction);
        Step::Later(News { status: look.status, fraction, asked: look.retry_after, ..News::default() })
    }

    /// Whether the word is one that the server may take back, and is said for the first time.
    fn doubts(&mut self, spec: &WaitSpec, word: Option<&str>) -> bool {
        let unsure = word.filter(|word| spec.unsure.contains(word));
        let doubted = unsure.is_some() && unsure != self.doubted.as_deref();
        self.doubted = unsure.map(str::to_owned);
        doubted
    }

    /// A request that failed: borne for a while where the trouble may pass.
    fn bear(&mut self, error: Error) -> Step<V> {
        let passing = error.is_retryable() || error.kind() == ErrorKind::Server;
        self.troubles += 1;
        if !passing || self.troubles >= self.max_troubles {
            return Step::Over(Err(error));
        }
        Step::Later(News { asked: error.retry_after(), trouble: Some(error), ..News::default() })
    }

    fn failed(&self, status: Option<String>, reason: Option<String>) -> Error {
        let (_, spec) = self.job.spec();
        let status = status.as_deref().unwrap_or("no status").to_owned();
        let detail = format!("waiting for {:?} ended with {status:?}", spec.goal);
        self.error(ErrorKind::Failed, detail).with_message(reason)
    }

    /// An error of this wait.
    pub(super) fn error(&self, kind: ErrorKind, detail: String) -> Error {
        let (op, _) = self.job.spec();
        Error::new(kind, detail).with_call((op.platform, op.id), op.method.clone(), op.path)
    }
}

/// Platforms count progress to 1 or to 100.
fn fraction(number: f64) -> f64 {
    let part = if number > 1.0 { number / 100.0 } else { number };
    part.clamp(0.0, 1.0)
}
