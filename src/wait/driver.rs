//! Watches a job until it ends: the pauses and the limits of a wait.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::interval::{after_trouble, pause};
use super::job::Job;
use super::watch::{MAX_TROUBLES, News, Step, Watch};
use super::{Progress, Update};
use crate::clock::{Clock, Elapsed, timeout, unit};
use crate::error::{Error, ErrorKind};

/// A request may take that long even at the very end of the time.
const GRACE: Duration = Duration::from_secs(1);
/// After a word that the server may take back the next look is so much later: longer than the second between two
/// passes by which schedulers, Loud ML's for one, bring their words up to date.
const DOUBT: Duration = Duration::from_secs(2);

/// Tells the caller how it goes.
pub(super) type Tell<'f> = Box<dyn FnMut(&Progress) + Send + 'f>;

/// What the caller has asked for.
pub(super) struct Plan<'f, V> {
    pub(super) job: Box<dyn Job<V>>,
    pub(super) timeout: Option<Duration>,
    pub(super) every: Option<Duration>,
    pub(super) max_troubles: u32,
    pub(super) on_progress: Option<Tell<'f>>,
    pub(super) cancel_on_drop: bool,
}

impl<V> Plan<'_, V> {
    pub(super) fn new(job: Box<dyn Job<V>>) -> Self {
        Plan { job, timeout: None, every: None, max_troubles: MAX_TROUBLES, on_progress: None, cancel_on_drop: false }
    }
}

/// A wait under way.
pub(super) struct Driver<'f, V> {
    watch: Watch<V>,
    timeout: Option<Duration>,
    every: Option<Duration>,
    on_progress: Option<Tell<'f>>,
    cancel_on_drop: bool,
    clock: Arc<dyn Clock>,
    started: Duration,
    /// When the next look is due; at once before the first.
    due: Option<Duration>,
    /// No look of any kind before that.
    not_before: Duration,
    ended: bool,
}

impl<'f, V> Driver<'f, V> {
    pub(super) fn new(plan: Plan<'f, V>) -> Self {
        let clock = plan.job.clock();
        Driver {
            started: clock.now(),
            clock,
            watch: Watch::new(plan.job, plan.max_troubles),
            timeout: plan.timeout,
            every: plan.every,
            on_progress: plan.on_progress,
            cancel_on_drop: plan.cancel_on_drop,
            due: None,
            not_before: Duration::ZERO,
            ended: false,
        }
    }

    /// The next update; none after the last.
    pub(super) async fn next(&mut self) -> Option<Result<Update<V>, Error>> {
        if self.ended {
            return None;
        }
        if let Some(error) = self.refusal() {
            return Some(Err(error));
        }
        if self.due.is_some() {
            let pause = self.due().saturating_sub(self.clock.now());
            self.clock.sleep(pause).await;
        }
        Some(self.attempt().await)
    }

    /// When the next look is due, the last of them at the very end of the time.
    pub(super) fn due(&self) -> Duration {
        let end = self.timeout.map_or(Duration::MAX, |timeout| self.started.saturating_add(timeout));
        self.due.unwrap_or(self.started).min(end)
    }

    /// Whether the server may be asked about this job now.
    pub(super) fn may_look(&self) -> bool {
        self.not_before <= self.clock.now()
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(super) fn watch(&mut self) -> &mut Watch<V> {
        &mut self.watch
    }

    pub(super) fn job(&self) -> &dyn Job<V> {
        self.watch.job()
    }

    /// Why the wait cannot even begin. Ends it.
    pub(super) fn refusal(&mut self) -> Option<Error> {
        if !self.cancel_on_drop || self.job().cancel().is_some() {
            return None;
        }
        self.ended = true;
        let detail = "the platform cannot stop this job, so the wait cannot promise to";
        Some(self.watch.error(ErrorKind::Request, detail.to_owned()))
    }

    /// Looks, without a pause before it.
    pub(super) async fn attempt(&mut self) -> Result<Update<V>, Error> {
        let update = self.look().await;
        self.ended = !matches!(update, Ok(Update::Progress(_)));
        update
    }

    async fn look(&mut self) -> Result<Update<V>, Error> {
        loop {
            match within(&*self.clock, self.limit(), self.watch.step()).await {
                Err(Elapsed) => return Err(self.out_of_time("")),
                Ok(Step::Over(end)) => return end.map(Update::Done),
                Ok(Step::Fetch) => {}
                Ok(Step::Later(news)) => {
                    let (chance, troubles) = (unit(&*self.clock), self.watch.troubles());
                    return self.later(news, chance, troubles).map(Update::Progress);
                }
            }
        }
    }

    /// Takes news that came in another way than by a look; the error, where they end the wait.
    pub(super) fn hear(&mut self, news: News, chance: f64, troubles: u32) -> Option<Error> {
        self.watch.count();
        let error = self.later(news, chance, troubles).err();
        self.ended = error.is_some();
        error
    }

    fn later(&mut self, news: News, chance: f64, troubles: u32) -> Result<Progress, Error> {
        let (elapsed, left) = (self.elapsed(), self.left());
        let asked = news.asked.unwrap_or_default();
        // The server is never asked sooner than it wants, not even for the last time.
        if left.is_zero() || asked > left {
            let mut seen = news.status.map_or(String::new(), |status| format!(" (last seen: {status:?})"));
            if asked > left {
                seen += &format!(", and the server asks for no look within the next {} s", asked.as_secs_f64());
            }
            let error = self.out_of_time(&seen).with_retry_after(news.asked);
            return Err(match news.trouble {
                Some(trouble) => error.with_source(trouble),
                None => error,
            });
        }
        let own = match self.every {
            Some(fixed) => fixed,
            None if news.doubted => DOUBT,
            None => {
                let pause = pause(self.watch.looks(), elapsed, chance);
                pause.max(after_trouble(troubles))
            }
        };
        let now = self.clock.now();
        let at_least = if news.doubted { own.max(asked) } else { asked };
        (self.not_before, self.due) = (now.saturating_add(at_least), Some(now.saturating_add(own.max(asked))));
        let progress = Progress {
            status: news.status,
            fraction: news.fraction,
            elapsed,
            looks: self.watch.looks(),
            trouble: news.trouble.map(|error| error.to_string()),
        };
        if let Some(tell) = &mut self.on_progress {
            tell(&progress);
        }
        Ok(progress)
    }

    fn out_of_time(&self, seen: &str) -> Error {
        let time = self.timeout.unwrap_or_default().as_secs_f64();
        let handle = self.watch.handle();
        let detail = match self.watch.is_done() {
            true => format!("the job is done, but its value was not there within {time} s; fetch it by {handle}"),
            false => format!("not done within {time} s{seen}; the job goes on, resume the wait by {handle}"),
        };
        self.watch.error(ErrorKind::Timeout, detail).retryable(true)
    }

    fn elapsed(&self) -> Duration {
        self.clock.now().saturating_sub(self.started)
    }

    /// How long one request may take; none without a limit of the whole.
    pub(super) fn limit(&self) -> Option<Duration> {
        self.timeout.map(|_| self.left().max(GRACE))
    }

    fn left(&self) -> Duration {
        match self.timeout {
            Some(timeout) => timeout.saturating_sub(self.elapsed()),
            None => Duration::MAX,
        }
    }
}

/// Drops the request when it takes longer than that.
pub(super) async fn within<F: Future>(
    clock: &dyn Clock,
    limit: Option<Duration>,
    request: F,
) -> Result<F::Output, Elapsed> {
    match limit {
        Some(limit) => timeout(clock, limit, request).await,
        None => Ok(request.await),
    }
}

impl<V> Drop for Driver<'_, V> {
    fn drop(&mut self) {
        if !self.cancel_on_drop || self.ended {
            return;
        }
        // Outside of a runtime nobody is left to send the request.
        if let (Some(cancel), Ok(runtime)) = (self.watch.job().cancel(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                if let Err(error) = cancel.await {
                    tracing::warn!(target: "mlhub", %error, "the job could not be cancelled");
                }
            });
        }
    }
}
