//! Progress of a study, on stderr: a bar on a terminal, lines elsewhere, with the best so far and each failure.

use indicatif::{ProgressBar, ProgressStyle};
use mlhub::autotune::Params;

use super::space::Space;
use super::study::{ToldTrial, Trial};
use super::worker::{FinishedTrial, TrialOutcome, WorkEvent};
use crate::direction::Direction;
use crate::format::{number, one_line};
use crate::output::Out;
use crate::terminal;

/// Template of the bar.
const TEMPLATE: &str = "[{bar:32}] {pos}/{len} trials, {msg}, {elapsed}";

/// Progress bar of trials, where there is a terminal and somebody wants to see it.
pub(crate) struct TrialBar<'a> {
    bar: ProgressBar,
    out: &'a Out,
}

impl TrialBar<'_> {
    /// A bar of so many trials.
    pub(crate) fn new(trials: u64, out: &Out) -> TrialBar<'_> {
        let bar = if out.quiet() { ProgressBar::hidden() } else { ProgressBar::new(trials) };
        // The template is checked by a test; without it the bar looks plain.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        TrialBar { bar, out }
    }

    /// So many are done; what is said beside it.
    pub(crate) fn show(&self, done: u64, message: String) {
        self.bar.set_message(message);
        self.bar.set_position(done);
    }

    /// A line that stays. Said even under `--quiet` if it is a warning.
    pub(crate) fn warn(&self, text: &str) {
        self.bar.suspend(|| terminal::warn(text));
    }

    /// A line in place of the bar, where there is none.
    pub(crate) fn instead(&self, text: &str) {
        if self.bar.is_hidden() {
            self.out.notice(text);
        }
    }

    /// A line beside the bar.
    pub(crate) fn notice(&self, text: &str) {
        self.bar.suspend(|| self.out.notice(text));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Progress of a study.
pub(super) struct StudyProgress<'a> {
    bar: TrialBar<'a>,
    space: &'a Space,
    direction: Direction,
    trials: u64,
    waiting: bool,
    /// What the bar says of the best value.
    label: String,
    /// How many trials have a value, as the hub said last, and what this worker told since.
    pub(super) told: u64,
    /// How many failed.
    pub(super) failed: u64,
    /// The best value that is known here, and the values that gave it.
    pub(super) best: Option<(f64, Params)>,
    /// The last trial that failed here: the one to look at.
    pub(super) last_failure: Option<(Trial, String)>,
}

impl<'a> StudyProgress<'a> {
    /// Of a study that begins, or goes on from that best point.
    pub(super) fn new(
        space: &'a Space,
        direction: Direction,
        trials: u64,
        best: Option<&ToldTrial>,
        out: &'a Out,
    ) -> Self {
        let bar = TrialBar::new(trials, out);
        let label = best.map_or_else(|| "no value yet".to_owned(), |best| format!("best {}", number(best.value)));
        let best = best.map(|best| (best.value, best.params.clone()));
        let (waiting, told, failed, last_failure) = (false, 0, 0, None);
        StudyProgress { bar, space, direction, trials, waiting, label, told, failed, best, last_failure }
    }

    /// Trials of the study that are done with.
    pub(super) fn finished(&self) -> u64 {
        self.told + self.failed
    }

    /// Trials that the study is to have.
    pub(super) fn trials(&self) -> u64 {
        self.trials
    }

    /// Observer of the work, which shows what happens.
    pub(super) fn observer(&mut self) -> impl FnMut(WorkEvent) {
        move |event| self.show(event)
    }

    /// Shows what happened.
    pub(super) fn show(&mut self, event: WorkEvent) {
        match event {
            WorkEvent::Counts(asked) => (self.told, self.failed) = (asked.told, asked.failed),
            WorkEvent::Waiting => self.wait(),
            WorkEvent::Finished(trial) => self.finished_trial(trial),
        }
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        self.bar.show(self.finished(), format!("{}{failed}", self.label));
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish();
    }

    fn wait(&mut self) {
        if !self.waiting {
            self.bar.notice("the trials that are left are with other workers; waiting for them");
        }
        self.waiting = true;
    }

    fn finished_trial(&mut self, finished: FinishedTrial) {
        self.waiting = false;
        let FinishedTrial { trial, outcome, left } = finished;
        match outcome {
            TrialOutcome::Told(value) => {
                self.told += 1;
                if self.direction.beats(value, self.best.as_ref().map(|best| best.0)) {
                    self.best = Some((value, trial.params.clone()));
                    self.label = format!("best {}", number(value));
                    self.bar.instead(&format!(
                        "{}: {} with {}",
                        self.number(),
                        number(value),
                        self.space.describe(&trial.params)
                    ));
                }
            }
            TrialOutcome::Failed(reason) => {
                self.failed += 1;
                self.bar.notice(&format!("{} failed: {}", self.number(), one_line(&reason)));
                self.last_failure = Some((trial.clone(), reason));
            }
            TrialOutcome::Released => {}
            TrialOutcome::Lost(value) => {
                let value = value.map_or_else(String::new, |value| format!(", so its value {value} does not count"));
                self.bar.warn(&format!("the trial {} was given to another worker meanwhile{value}", trial.id));
            }
            TrialOutcome::Untold(what, error) => {
                let what = match what {
                    Ok(value) => format!("its value is {value}"),
                    Err(reason) => format!("it failed: {}", one_line(&reason)),
                };
                let params = self.space.describe(&trial.params);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_has_a_template_that_works() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
