//! Why a task has failed: each failed run, its status, and the end of its log.

use crate::vantage6::{ops, types};

/// As many failed runs are named; of more, their number.
const NAMED: usize = 10;
/// As much of a log is quoted, from its end: where programs say what ended them.
const TAIL: usize = 300;

/// The failed runs in one line.
pub(super) fn reason(runs: &[types::Run]) -> Option<String> {
    let goal = ops::find("run_get").wait("done")?;
    let mut failed: Vec<_> = runs
        .iter()
        .filter_map(|run| Some((run, crate::__private::word(&run.status)?)))
        .filter(|(_, status)| goal.bad.contains(&status.as_str()))
        .collect();
    failed.sort_by_key(|(run, _)| run.id);
    let mut lines: Vec<_> = failed.iter().take(NAMED).map(|(run, status)| line(run, status)).collect();
    if let Some(more @ 1..) = failed.len().checked_sub(NAMED) {
        lines.push(format!("and {more} more"));
    }
    (!lines.is_empty()).then(|| lines.join("; "))
}

fn line(run: &types::Run, status: &str) -> String {
    let mut line = format!("run {}", run.id);
    if let Some(organization) = &run.organization {
        line += &format!(" at organization {}", organization.id);
    }
    if let Some(name) = run.node.as_ref().and_then(|node| node.name.as_deref()) {
        line += &format!(" (node {name})");
    }
    line += &format!(": {status}");
    match run.log.as_deref().map(end_of).filter(|end| !end.is_empty()) {
        Some(end) => format!("{line}, its log ends with {end:?}"),
        None => line,
    }
}

/// The end of a log: whole lines where they fit, in one line.
fn end_of(log: &str) -> String {
    let mut end: Vec<&str> = Vec::new();
    let mut length = 0;
    for line in log.lines().rev().map(str::trim).filter(|line| !line.is_empty()) {
        length += line.chars().count() + 3;
        if length > TAIL && !end.is_empty() {
            break;
        }
        end.push(line);
    }
    end.reverse();
    let text = end.join(" | ");
    let from = text.chars().count().saturating_sub(TAIL);
    text.chars().skip(from).collect()
}

#[cfg(test)]
mod tests {
    use super::end_of;

    #[test]
    fn the_end_of_a_log_is_its_last_lines_in_one() {
        assert_eq!(end_of("starting\n\n  Traceback:\nKeyError: 'age'\n"), "starting | Traceback: | KeyError: 'age'");
        assert_eq!(end_of(" \n"), "");
        let long = format!("{}\nKeyError: 'age'", "x".repeat(1000));
        assert_eq!(end_of(&long), "KeyError: 'age'");
        assert_eq!(end_of(&"ü".repeat(1000)), "ü".repeat(300));
    }
}
