//! Shell of somebody with a home, a login, and what was typed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::federation::{Federation, PASSWORD};
use crate::hq::{ADMIN, Hq};
use crate::peer;
use crate::ready::until;
use crate::support::{Home, Ran};

/// A home in which `mlhub vantage6 ..` is typed.
pub(crate) struct Shell {
    pub(crate) home: Home,
}

impl Shell {
    /// Somebody who knows where the hub is and is not logged in.
    pub(crate) fn of(hq: &Hq) -> Shell {
        let home = Home::new().with("MLHUB_VANTAGE6_URL", &hq.url).with("MLHUB_VANTAGE6_AUTH_URL", &hq.auth);
        Shell { home }
    }

    /// The same with a variable of the environment.
    pub(crate) fn with(self, name: &str, value: &str) -> Shell {
        Shell { home: self.home.with(&format!("MLHUB_VANTAGE6_{name}"), value) }
    }

    /// Somebody who is logged in with a password.
    pub(crate) fn logged_in(self, user: &str, password: &str) -> Shell {
        let login = ["vantage6", "login", "--username", user, "--secret-stdin"];
        self.home.run_with_stdin(&login, password).ok();
        self
    }

    /// The first account, which may do everything.
    pub(crate) fn admin(hq: &Hq) -> Shell {
        Shell::of(hq).logged_in(ADMIN, ADMIN)
    }

    /// The user of the first member, with its key if there is one.
    pub(crate) fn member(hq: &Hq, federation: &Federation) -> Shell {
        let shell = Shell::of(hq).logged_in(&federation.user, PASSWORD);
        match &federation.members[0].key {
            Some(key) => shell.with("PRIVATE_KEY", key),
            None => shell,
        }
    }

    /// What is typed after `mlhub vantage6`: words with spaces between them, and spaces in none of them.
    pub(crate) fn types(&self, line: &str) -> Ran {
        self.home.run(&words(line))
    }

    /// The same, which goes well; what is printed, without the last end of a line.
    #[track_caller]
    pub(crate) fn gets(&self, line: &str) -> String {
        self.types(line).ok().trim_end_matches('\n').to_owned()
    }

    /// The same as JSON.
    #[track_caller]
    pub(crate) fn json(&self, line: &str) -> Value {
        let printed = self.gets(&format!("{line} -o json"));
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{line}: {error} in {printed}"))
    }

    /// What stands above the columns of the table that a person sees.
    #[track_caller]
    pub(crate) fn heading(&self, line: &str) -> Vec<String> {
        let table = self.gets(&format!("{line} -o table"));
        let columns = table.lines().next().unwrap_or_default().split("  ").map(str::trim);
        columns.filter(|column| !column.is_empty()).map(str::to_owned).collect()
    }

    /// What is typed goes wrong with that exit code and ends in that next command.
    #[track_caller]
    pub(crate) fn fails(&self, line: &str, code: i32, next: &str) -> String {
        let said = self.types(line).fails(code);
        assert!(said.trim_end().ends_with(&format!("next: {next}")), "{line}: {said}");
        said
    }

    /// A group has none of that name any longer, and says so of one that never was. Nobody can ask for the deleted
    /// one by its id: the database gives it to the next that another test makes.
    #[track_caller]
    pub(crate) fn gone(&self, group: &str, filter: &str) -> String {
        assert_eq!(self.gets(&format!("{group} list {filter} -q")), "");
        self.fails(&format!("{group} get 999999"), 4, &format!("mlhub vantage6 {group} list"))
    }

    /// Starts what is typed, and goes on.
    pub(crate) fn starts(&self, line: &str) -> Running {
        self.starts_words(&words(line))
    }

    /// The same for another command than those of vantage6.
    pub(crate) fn starts_words(&self, words: &[&str]) -> Running {
        Running::of(self.home.command(words))
    }
}

fn words(line: &str) -> Vec<&str> {
    std::iter::once("vantage6").chain(line.split(' ')).collect()
}

/// A command that is still running.
pub(crate) struct Running {
    child: Child,
    said: Arc<Mutex<String>>,
    hears: JoinHandle<()>,
}

impl Running {
    fn of(mut command: Command) -> Running {
        let mut child = command.stdin(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&said);
        let hears = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                *heard.lock().unwrap() += &(line + "\n");
            }
        });
        Running { child, said, hears }
    }

    /// What it has said on stderr so far.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has said that.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        until(&format!("the words {words:?}"), || self.said().contains(words));
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&self) {
        let kill = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn ends(self) -> Ran {
        let output = self.child.wait_with_output().unwrap();
        self.hears.join().unwrap();
        let stderr = self.said.lock().unwrap().clone();
        Ran { stderr, ..Ran::of(output) }
    }
}

/// Has the nodes work beside the test.
pub(crate) fn beside(order: Value) -> JoinHandle<Value> {
    std::thread::spawn(move || peer::order(order))
}

/// Has them work at one task.
pub(crate) fn work(federation: &Federation, task: &str) -> JoinHandle<Value> {
    let task: u64 = task.parse().unwrap();
    beside(federation.work(&federation.members, federation.members.len(), json!({"task": task})))
}

/// The options of a task at all members, but for its arguments.
pub(crate) fn task(federation: &Federation) -> String {
    let ids: Vec<String> = federation.members.iter().map(|member| member.organization.to_string()).collect();
    format!(
        "task create --image registry.test/average --method partial_average --action federated_compute \
         --collaboration {} --session {} --organizations {}",
        federation.collaboration,
        federation.session,
        ids.join(",")
    )
}
