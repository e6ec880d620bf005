//! The processes of one trial: its group and, on Linux, whatever left the group.

use rustix::process::{Pid, Signal};

/// The processes of one run of a trial.
#[derive(Debug)]
pub(crate) struct Tree {
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

impl Tree {
    /// The group with that id, and the processes whose environment has the mark.
    pub(crate) fn new(group: i32, mark: &str) -> Tree {
        Tree { group, mark: mark.to_owned(), below: false }
    }

    /// The same, and all descendants of this process.
    pub(super) fn below(group: i32, mark: &str) -> Tree {
        Tree { below: true, ..Tree::new(group, mark) }
    }

    /// The id of the group.
    pub(crate) fn group(&self) -> i32 {
        self.group
    }

    /// SIGTERM for each, once.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
        // One that was stopped would not hear it.
        self.signal(Signal::CONT);
    }

    /// SIGKILL for each.
    pub(crate) fn kill(&self) {
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
    fn members(&self) -> impl Iterator<Item = super::proc::Process> {
        super::proc::members(self.group, &self.mark, self.below)
    }

    /// How many run.
    #[cfg(target_os = "linux")]
    pub(crate) fn alive(&self) -> usize {
        self.members().count()
    }

    /// Whether any runs.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn alive(&self) -> usize {
        let group = Pid::from_raw(self.group);
        usize::from(group.is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok()))
    }

    /// Takes note of the end of adopted processes, without which they would stay in the system's table. The first process
    /// is left to whoever waits for it.
    pub(super) fn reap(&self) {
        #[cfg(target_os = "linux")]
        for id in super::proc::ended_children().filter(|id| *id != self.group) {
            if let Some(id) = Pid::from_raw(id) {
                let _ = rustix::process::waitpid(Some(id), rustix::process::WaitOptions::NOHANG);
            }
        }
    }
}
