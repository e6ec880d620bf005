//! Report of a study: the values that won, ready to be used.

use serde_json::{Value, json};

use super::progress::StudyProgress;
use super::space::Space;
use super::study::{ToldTrial, Trial};
use super::template::Template;
use crate::direction::Direction;
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::format::{number, numbers, shell_word};
use crate::global::Format;
use crate::output::{Out, Table};
use crate::plot::search_history::search_history;
use crate::variable_columns::variable_columns;

/// Rows of the table for people.
const ROWS: usize = 10;

/// Report of a study.
pub(super) struct StudyReport<'a> {
    /// Its variables.
    pub(super) space: &'a Space,
    /// The command that was tuned.
    pub(super) template: &'a Template,
    /// Whether greater or lesser values are better.
    pub(super) direction: Direction,
    /// What was told, in the order of telling.
    pub(super) told: Vec<ToldTrial>,
}

impl StudyReport<'_> {
    /// The best of all points; of equals the one told first.
    pub(super) fn best(&self) -> Option<&ToldTrial> {
        self.told
            .iter()
            .reduce(|best, point| if self.direction.beats(point.value, Some(best.value)) { point } else { best })
    }

    /// Prints it in the form that was asked for.
    pub(super) fn print(&self, progress: &StudyProgress, out: &Out) -> CliResult {
        let best = self.best();
        match (out.asked(), out.quiet()) {
            (Some(Format::Json), _) => out.text(&format!("{}\n", self.object(progress))),
            (Some(Format::Yaml), _) => out.value(&self.object(progress)),
            (None | Some(Format::Table), true) => best.map_or(Ok(()), |best| out.text(&format!("{}\n", best.value))),
            (None | Some(Format::Table), false) if best.is_some() => self.for_people(progress, out),
            (None | Some(Format::Table), false) => Ok(()),
            (Some(_), _) => out.rows(&self.table(usize::MAX, false)),
        }
    }

    /// What the study comes to: a failure if no trial gave a value.
    pub(super) fn verdict(&self, progress: &StudyProgress) -> CliResult {
        if self.told.is_empty() { Err(self.all_failed(progress)) } else { Ok(()) }
    }

    fn for_people(&self, progress: &StudyProgress, out: &Out) -> CliResult {
        let values: Vec<_> = self.told.iter().map(|point| Some(point.value)).collect();
        out.notice(&search_history(&values, self.direction, "value"));
        out.rows(&self.table(ROWS, out.format() == Format::Table))?;
        if let Some(best) = self.best() {
            let failed =
                if progress.failed > 0 { format!(", {} of them failed", progress.failed) } else { String::new() };
            out.notice(&format!("Best of {} trials{failed}: {}. To use it:", progress.finished(), number(best.value)));
            out.notice(&format!("  {}", self.template.shell_line(&best.params)));
            for (name, value) in self.template.variables(&best.params) {
                out.notice(&format!("  export {name}={}", shell_word(&value)));
            }
        }
        Ok(())
    }

    /// The best first. For people `short`: trials by the number that they have in the plot, and numbers with as many digits
    /// as tell the rows apart.
    fn table(&self, rows: usize, short: bool) -> Table {
        let names: Vec<_> = self.space.names().collect();
        let variables = variable_columns(names.iter().copied()).into_iter();
        let columns = std::iter::once("value".to_owned()).chain(variables).chain(std::iter::once("trial".to_owned()));
        let mut table = Table::with_columns(columns.collect());
        let mut points: Vec<_> = self.told.iter().enumerate().collect();
        points.sort_by(|one, other| self.direction.order(one.1.value, other.1.value));
        points.truncate(rows);
        let column = |name: &str| {
            let values = points.iter().map(|(_, point)| point.params.get(name).cloned().unwrap_or_default());
            values.collect::<Vec<_>>()
        };
        let mut columns: Vec<Vec<Value>> = vec![points.iter().map(|(_, point)| point.value.into()).collect()];
        columns.extend(names.iter().map(|name| column(name)));
        if short {
            columns.iter_mut().for_each(|cells| shorten(cells));
        }
        let trial = |(index, point): &(usize, &ToldTrial)| if short { json!(index + 1) } else { json!(point.id) };
        columns.push(points.iter().map(trial).collect());
        for row in 0..points.len() {
            table.push(columns.iter().map(|cells| cells[row].clone()).collect());
        }
        table
    }

    fn object(&self, progress: &StudyProgress) -> Value {
        let best = self.best();
        json!({
            "best": best.map(|best| &best.params),
            "value": best.map(|best| best.value),
            "trials": progress.finished(),
            "failed": progress.failed,
        })
    }

    fn all_failed(&self, progress: &StudyProgress) -> CliError {
        let (words, next) = match &progress.last_failure {
            Some((trial, reason)) => (format!(": {reason}"), self.by_hand(trial)),
            None => (String::new(), "mlhub tune --help".to_owned()),
        };
        let message = match progress.finished() {
            1 => format!("the only trial failed{words}"),
            trials => format!("each of {trials} trials failed; the last one{words}"),
        };
        CliError::new(Exit::Failed, message, next)
    }

    /// The trial as it was run, for people to see what is wrong with it.
    fn by_hand(&self, trial: &Trial) -> String {
        let variables = self.template.variables(&trial.params);
        let variables: String =
            variables.iter().map(|(name, value)| format!("{name}={} ", shell_word(value))).collect();
        format!("{variables}{}", self.template.shell_line(&trial.params))
    }
}

/// Numbers of a column, unless they are whole, for people.
fn shorten(cells: &mut [Value]) {
    let values: Option<Vec<f64>> = cells.iter().map(|cell| cell.as_f64().filter(|_| !cell.is_i64())).collect();
    for (cell, text) in cells.iter_mut().zip(values.map(|values| numbers(&values)).unwrap_or_default()) {
        *cell = text.into();
    }
}
