//! Hub in a process of its own, as `mlhub serve` runs it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use crate::support::Home;

/// The key that it signs with. It looks like nothing else, so that it is found wherever it leaks.
pub(crate) const KEY: &str = "canary-signing-key-0123456789abcdef";

/// A running hub; dropped, it is killed.
pub(crate) struct Served {
    child: Child,
    /// Who hears its signals, as `kill` takes it.
    signalled: String,
    pub(crate) url: String,
    // Open, so that the hub can go on writing.
    _stdout: BufReader<ChildStdout>,
}

/// A home whose hub has a key.
pub(crate) fn home() -> Home {
    Home::new().with("MLHUB_JWT_SECRET", KEY)
}

/// What the hubs of that home have logged.
pub(crate) fn log(home: &Home) -> String {
    std::fs::read_to_string(home.path().join("hub.log")).unwrap()
}

impl Served {
    /// Starts it on a free port with the file `hub.sqlite` of that home.
    pub(crate) fn start(home: &Home, more: &[&str]) -> Served {
        Served::start_on(home, "127.0.0.1:0", more)
    }

    /// The same on that address.
    pub(crate) fn start_on(home: &Home, address: &str, more: &[&str]) -> Served {
        let args = [&["serve", "--listen", address, "--database", "sqlite://hub.sqlite"], more].concat();
        Served::spawn(home, &mut home.command(&args))
    }

    /// The same by a program that starts it; `arguments` end where the hub's own command begins.
    #[cfg(unix)]
    pub(crate) fn start_by(home: &Home, program: &str, arguments: &[&str], database: &str) -> Served {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--database", database];
        let own = home.command(&serve);
        let mut command = Command::new(program);
        command.args(arguments).arg(own.get_program()).args(serve).env_clear().stdin(Stdio::null());
        command.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(home.path());
        // A group of their own, so that a signal reaches the hub behind the program.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut hub = Served::spawn(home, command.stdout(Stdio::piped()));
        hub.signalled.insert(0, '-');
        hub
    }

    /// Starts it by that command, and waits for its line.
    fn spawn(home: &Home, command: &mut Command) -> Served {
        // A pipe that nobody reads would fill up and hold the hub.
        let log = File::options().create(true).append(true).open(home.path().join("hub.log")).unwrap();
        let mut child = command.stderr(log).spawn().unwrap();
        let signalled = child.id().to_string();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("{line:?}, and in the log {}", self::log(home))).to_owned();
        Served { child, signalled, url, _stdout: stdout }
    }

    /// Kills it; it learns nothing of it beforehand.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its number among the processes.
    #[cfg(unix)]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, "--", &self.signalled]).status().unwrap().success());
    }

    /// How it ends.
    #[cfg(unix)]
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Tells it to stop, and demands that it does so in good order.
    #[cfg(unix)]
    pub(crate) fn stop(mut self) {
        self.signal("-TERM");
        assert!(self.wait().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", "--", &self.signalled]).stderr(Stdio::null()).status();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
