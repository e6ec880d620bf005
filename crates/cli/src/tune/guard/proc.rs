//! The system's table of processes, as `/proc` shows it (proc(5)).

use std::collections::BTreeMap;

use super::MARK;

/// A process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Process {
    /// Its id.
    pub(super) id: i32,
    /// Its group's id.
    pub(super) group: i32,
    parent: i32,
    /// It has ended and waits for its parent to notice.
    ended: bool,
}

/// Those that run, are not this process, and belong to a trial: by their group, by the mark in their environment or, if
/// `below`, as descendants of this process.
pub(super) fn members(group: i32, mark: &str, below: bool) -> impl Iterator<Item = Process> {
    let table: BTreeMap<i32, Process> = table().map(|process| (process.id, process)).collect();
    let own = own_id();
    let entry = format!("{MARK}={mark}");
    let descends = |process: &Process, table: &BTreeMap<i32, Process>| {
        // No table is longer than itself, even if it changed while it was read.
        let parents = std::iter::successors(Some(*process), |process| table.get(&process.parent).copied());
        parents.take(table.len()).any(|process| process.parent == own)
    };
    let belongs = |process: &Process| {
        process.group == group
            || (below && descends(process, &table))
            || (!mark.is_empty() && has(process.id, entry.as_bytes()))
    };
    let found: Vec<_> =
        table.values().filter(|process| process.id != own && !process.ended && belongs(process)).copied().collect();
    found.into_iter()
}

/// Children of this process that have ended.
pub(super) fn ended_children() -> impl Iterator<Item = i32> {
    let own = own_id();
    table().filter(move |process| process.parent == own && process.ended).map(|process| process.id)
}

fn own_id() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}

fn table() -> impl Iterator<Item = Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id| parse(id, &std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?))
}

/// `id (name) state parent group ..`; the name may hold anything.
fn parse(id: i32, stat: &str) -> Option<Process> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let ended = matches!(fields.next()?, "Z" | "X");
    Some(Process { id, ended, parent: fields.next()?.parse().ok()?, group: fields.next()?.parse().ok()? })
}

/// Whether that entry is in its environment; no, for processes of others.
fn has(id: i32, entry: &[u8]) -> bool {
    let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|other| other == entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_brackets_is_no_trouble() {
        let process = Process { id: 7, group: 6, parent: 5, ended: false };
        assert_eq!(parse(7, "7 (a) Z 1 1 (b) R 5 6 4 0"), Some(process));
        assert_eq!(parse(7, "7 (x) Z 5 6 4"), Some(Process { ended: true, ..process }));
        assert_eq!(parse(7, "garbage"), None);
    }
}
