//! How far a search is, on stderr: a bar on a terminal, lines elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Out;
use crate::terminal;

const TEMPLATE: &str = "[{bar:32}] {pos}/{len} trials, {msg}, {elapsed}";

/// A bar, where there is a terminal and somebody wants to see it.
pub(crate) struct Bar<'a> {
    bar: ProgressBar,
    out: &'a Out,
}

impl Bar<'_> {
    /// A bar of so many trials.
    pub(crate) fn new(trials: u64, out: &Out) -> Bar<'_> {
        let bar = if out.quiet() { ProgressBar::hidden() } else { ProgressBar::new(trials) };
        // The template is checked by a test; without it the bar looks plain.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Bar { bar, out }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_has_a_template_that_works() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
