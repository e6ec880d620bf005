//! Process tree of one trial: its process group and, on Linux, whatever left the group.

#[cfg(target_os = "linux")]
use std::collections::BTreeMap;

use rustix::process::{Pid, Signal};

/// Variable that marks the processes of one run of a trial, so that they are found when they have left their group.
pub(super) const MARK: &str = "MLHUB_RUN";

/// Process tree of one run of a trial.
#[derive(Debug)]
pub(super) struct ProcessTree {
    group: i32,
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux shows the environment of a process"))]
    mark: String,
    /// Whether descendants of this process belong to it.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux keeps them descendants"))]
    below: bool,
}

/// Makes this process the parent of what its descendants leave behind, so that they stay its descendants.
pub(super) fn adopt() {
    // Where it does not work, the mark finds them still.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

impl ProcessTree {
    /// The group with that id, and the processes whose environment has the mark.
    pub(super) fn new(group: i32, mark: &str) -> ProcessTree {
        ProcessTree { group, mark: mark.to_owned(), below: false }
    }

    /// The same, and all descendants of this process.
    pub(super) fn below(group: i32, mark: &str) -> ProcessTree {
        ProcessTree { below: true, ..ProcessTree::new(group, mark) }
    }

    /// The id of the group.
    pub(super) fn group(&self) -> i32 {
        self.group
    }

    /// SIGTERM for each, once.
    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
        // One that was stopped would not hear it.
        self.signal(Signal::CONT);
    }

    /// SIGKILL for each.
    pub(super) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = Pid::from_raw(self.group) {
            // Whoever is gone needs no signal.
            let _ = rustix::process::kill_process_group(group, signal);
        }
        #[cfg(target_os = "linux")]
        for process in self.members().filter(|process| process.group != self.group) {
            if let Some(id) = Pid::from_raw(process.id) {
                let _ = rustix::process::kill_process(id, signal);
            }
        }
    }

    #[cfg(target_os = "linux")]
    fn members(&self) -> impl Iterator<Item = Process> {
        members(self.group, &self.mark, self.below)
    }

    /// How many run.
    #[cfg(target_os = "linux")]
    pub(super) fn alive(&self) -> usize {
        self.members().count()
    }

    /// Whether any runs.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn alive(&self) -> usize {
        let group = Pid::from_raw(self.group);
        usize::from(group.is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok()))
    }

    /// Takes note of the end of adopted processes, without which they would stay in the system's table. The first
    /// process is left to whoever waits for it.
    pub(super) fn reap(&self) {
        #[cfg(target_os = "linux")]
        for id in ended_children().filter(|id| *id != self.group) {
            if let Some(id) = Pid::from_raw(id) {
                let _ = rustix::process::waitpid(Some(id), rustix::process::WaitOptions::NOHANG);
            }
        }
    }
}

/// Process in the system's table, as `/proc` shows it (proc(5)).
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq)]
struct Process {
    /// Its id.
    id: i32,
    /// Its group's id.
    group: i32,
    parent: i32,
    /// It has ended and waits for its parent to notice.
    ended: bool,
}

/// Processes that run, are not this process, and belong to a trial: by their group, by the mark in their environment
/// or, if `below`, as descendants of this process.
#[cfg(target_os = "linux")]
fn members(group: i32, mark: &str, below: bool) -> impl Iterator<Item = Process> {
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
#[cfg(target_os = "linux")]
fn ended_children() -> impl Iterator<Item = i32> {
    let own = own_id();
    table().filter(move |process| process.parent == own && process.ended).map(|process| process.id)
}

#[cfg(target_os = "linux")]
fn own_id() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}

#[cfg(target_os = "linux")]
fn table() -> impl Iterator<Item = Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id| parse(id, &std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?))
}

/// `id (name) state parent group ..`; the name may hold anything.
#[cfg(target_os = "linux")]
fn parse(id: i32, stat: &str) -> Option<Process> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let ended = matches!(fields.next()?, "Z" | "X");
    Some(Process { id, ended, parent: fields.next()?.parse().ok()?, group: fields.next()?.parse().ok()? })
}

/// Whether that entry is in its environment; no, for processes of others.
#[cfg(target_os = "linux")]
fn has(id: i32, entry: &[u8]) -> bool {
    let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|other| other == entry)
}

#[cfg(all(test, target_os = "linux"))]
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
