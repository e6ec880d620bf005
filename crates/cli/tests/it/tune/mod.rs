//! Tune command with real scripts, which do what scripts do.

mod failures;
mod finite;
mod form;
mod resume;
mod shared;
mod supervisor;
mod values;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Child;

use serde_json::Value;
use uuid::Uuid;

use crate::ready;
use crate::support::{Home, Ran};

/// A home with a script to tune, whose processes can be found.
pub(crate) struct Bench {
    pub(crate) home: Home,
    mark: String,
}

impl Bench {
    /// With that script and one variable `x` from 0 to 1.
    pub(crate) fn new(script: &str) -> Bench {
        Bench::over(Home::new(), script)
    }

    /// The same in that home.
    pub(crate) fn over(home: Home, script: &str) -> Bench {
        let mark = Uuid::new_v4().to_string();
        let home = home.with("PATH", "/usr/bin:/bin").with("BENCH_MARK", &mark);
        let bench = Bench { home, mark };
        bench.write("space.yaml", "x: {type: cont, min: 0, max: 1}");
        bench.write("trial.sh", script);
        bench
    }

    /// A file beside the script.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Where such a file is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The lines of a file that scripts write to; none before they do.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.path(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Waits until the file has so many lines.
    #[track_caller]
    pub(crate) fn wait_for_lines(&self, name: &str, count: usize) {
        ready::until(&format!("{count} lines in {name}"), || self.lines(name).len() >= count);
    }

    /// The command line with these options.
    pub(crate) fn line<'a>(&self, options: &[&'a str]) -> Vec<&'a str> {
        [&["tune", "--space", "space.yaml"], options, &["--", "sh", "trial.sh", "{x}"]].concat()
    }

    /// Tunes the script to the end.
    pub(crate) fn tune(&self, options: &[&str]) -> Ran {
        self.home.run(&self.line(options))
    }

    /// Begins to.
    pub(crate) fn start(&self, options: &[&str]) -> Child {
        self.home.command(&self.line(options)).spawn().unwrap()
    }

    /// Processes that were started from here and still run: their ids and commands.
    pub(crate) fn processes(&self) -> Vec<(u32, String)> {
        let entry = format!("BENCH_MARK={}", self.mark);
        let ids = std::fs::read_dir("/proc").unwrap().flatten();
        let ids = ids.filter_map(|process| process.file_name().to_str()?.parse::<u32>().ok());
        let marked = ids.filter_map(|id| {
            let read = |file: &str| std::fs::read(format!("/proc/{id}/{file}")).ok();
            let environment = read("environ")?;
            environment.split(|byte| *byte == 0).any(|other| other == entry.as_bytes()).then_some(())?;
            Some((id, String::from_utf8_lossy(&read("cmdline")?).replace('\0', " ")))
        });
        marked.collect()
    }

    /// Demands that no process is left.
    #[track_caller]
    pub(crate) fn nothing_runs(&self) {
        assert_eq!(self.processes(), []);
    }

    /// Waits until no process is left, where nobody is left either who waits for it.
    #[track_caller]
    pub(crate) fn nothing_runs_soon(&self) {
        ready::until("the end of all processes", || self.processes().is_empty());
    }
}

/// Sends a signal.
pub(crate) fn signal(id: u32, name: &str) {
    assert!(std::process::Command::new("kill").args([name, &id.to_string()]).status().unwrap().success());
}

/// The one object that `-o json` prints.
#[track_caller]
pub(crate) fn object(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}

/// The same lines, wherever they stand.
pub(crate) fn set(lines: &[String]) -> BTreeSet<&str> {
    lines.iter().map(String::as_str).collect()
}
