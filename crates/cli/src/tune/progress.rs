//! What is said while trials run: the best so far, and each failure in a line.

use mlhub::autotune::Params;

use super::remote::Point;
use super::space::Space;
use super::study::Trial;
use super::words::{bounded, number, params};
use super::worker::{Done, Event, Fate};
use crate::direction::Direction;
use crate::output::Out;
use crate::progress::Bar;

/// What is known of the study so far.
pub(crate) struct Progress<'a> {
    bar: Bar<'a>,
    space: &'a Space,
    direction: Direction,
    trials: u64,
    waiting: bool,
    /// How many trials have a value, as the hub said last, and what this worker told since.
    pub(crate) told: u64,
    /// How many failed.
    pub(crate) failed: u64,
    /// The best value that is known here, and the values that gave it.
    pub(crate) best: Option<(f64, Params)>,
    /// The last trial that failed here: the one to look at.
    pub(crate) last_failure: Option<(Trial, String)>,
}

impl<'a> Progress<'a> {
    /// Of a study that begins, or goes on from that best point.
    pub(crate) fn new(space: &'a Space, direction: Direction, trials: u64, best: Option<&Point>, out: &'a Out) -> Self {
        let bar = Bar::new(trials, out);
        let best = best.map(|best| (best.value, best.params.clone()));
        Progress { bar, space, direction, trials, waiting: false, told: 0, failed: 0, best, last_failure: None }
    }

    /// Trials of the study that are done with.
    pub(crate) fn finished(&self) -> u64 {
        self.told + self.failed
    }

    /// Trials that the study is to have.
    pub(crate) fn trials(&self) -> u64 {
        self.trials
    }

    /// Says what happened.
    pub(crate) fn event(&mut self, event: Event) {
        match event {
            Event::Counts(asked) => (self.told, self.failed) = (asked.told, asked.failed),
            Event::Waiting => self.wait(),
            Event::Done(done) => self.done(done),
        }
        let best =
            self.best.as_ref().map_or_else(|| "no value yet".to_owned(), |best| format!("best {}", number(best.0)));
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        self.bar.show(self.finished(), format!("{best}{failed}"));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish();
    }

    fn wait(&mut self) {
        if !self.waiting {
            self.bar.notice("the trials that are left are with other workers; waiting for them");
        }
        self.waiting = true;
    }

    fn done(&mut self, done: Done) {
        self.waiting = false;
        let Done { trial, fate, left } = done;
        match fate {
            Fate::Told(value) => {
                self.told += 1;
                if self.direction.beats(value, self.best.as_ref().map(|best| best.0)) {
                    self.best = Some((value, trial.params.clone()));
                    self.bar.instead(&format!(
                        "{}: {} with {}",
                        self.number(),
                        number(value),
                        params(&trial.params, self.space)
                    ));
                }
            }
            Fate::Failed(reason) => {
                self.failed += 1;
                self.bar.notice(&format!("{} failed: {}", self.number(), bounded(&reason)));
                self.last_failure = Some((trial.clone(), reason));
            }
            Fate::Released => {}
            Fate::Lost(value) => {
                let value = value.map_or_else(String::new, |value| format!(", so its value {value} does not count"));
                self.bar.warn(&format!("the trial {} was given to another worker meanwhile{value}", trial.id));
            }
            Fate::Untold(what, error) => {
                let what = match what {
                    Ok(value) => format!("its value is {value}"),
                    Err(reason) => format!("it failed: {}", bounded(&reason)),
                };
                let params = params(&trial.params, self.space);
                self.bar.warn(&format!(
                    "the hub could not be told of trial {} ({params}); {what}\n  cause: {error}",
                    trial.id
                ));
            }
        }
        if left > 0 {
            let processes = if left == 1 { "a process".to_owned() } else { format!("{left} processes") };
            self.bar.notice(&format!("{} left {processes} behind, now stopped", self.number()));
        }
    }

    fn number(&self) -> String {
        format!("trial {} of {}", self.finished(), self.trials)
    }
}
