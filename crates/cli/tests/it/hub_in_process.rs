//! Hub in the tests' own process, with an account and an experiment.

use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use mlhub_server::{Server, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::support::Home;

/// The account. The password looks like nothing else, so that it is found
/// wherever it leaks.
pub(crate) const USER: &str = "canary@example.org";
pub(crate) const PASSWORD: &str = "canary-Passw0rd-41d7";

/// One hub for all tests of this binary.
pub(crate) static HUB: LazyLock<Hub> = LazyLock::new(Hub::start);

pub(crate) struct Hub {
    pub(crate) url: String,
    pub(crate) token: String,
    // Both live as long as the tests.
    _runtime: Runtime,
    _sweeper: Option<Child>,
}

/// Takes a folder away when this process has ended: what is static is never dropped. It waits for the end of its input.
fn sweeper(folder: TempDir) -> Option<Child> {
    let mut sweep = Command::new("sh");
    sweep.args(["-c", "cat; rm -rf \"$0\""]).arg(folder.keep());
    sweep.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
}

impl Hub {
    fn start() -> Hub {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("hub.sqlite").display());
        let runtime = Runtime::new().unwrap();
        let settings = Settings::new("127.0.0.1:0".parse().unwrap(), database).with_development(true);
        let server = runtime.block_on(Server::bind(settings)).unwrap();
        let url = server.url();
        runtime.spawn(server.run(std::future::pending()));
        let home = Home::new().with("MLHUB_AUTOTUNE_URL", &url);
        let (user, password) = (format!("email={USER}"), format!("password={PASSWORD}"));
        home.run(&["call", "autotune", "user_signup", &user, &password]).ok();
        let user = format!("username={USER}");
        let reply = home.run(&["call", "autotune", "auth_token", &user, &password]).ok();
        let reply: Value = serde_json::from_str(&reply).unwrap();
        let token = reply["access_token"].as_str().unwrap().to_owned();
        Hub { url, token, _runtime: runtime, _sweeper: sweeper(folder) }
    }

    /// A home that is logged in.
    pub(crate) fn home(&self) -> Home {
        self.outside().with("MLHUB_AUTOTUNE_TOKEN", &self.token)
    }

    /// A home that is not.
    pub(crate) fn outside(&self) -> Home {
        Home::new().with("MLHUB_AUTOTUNE_URL", &self.url)
    }

    /// A new experiment; its id.
    pub(crate) fn experiment(&self) -> String {
        let covars = json!({"x": {"vtype": "cont", "guess": 0.5, "min": 0, "max": 1}}).to_string();
        let args = ["call", "autotune", "experiment_create", "name=one", &format!("covars={covars}")];
        let made: Value = serde_json::from_str(&self.home().run(&args).ok()).unwrap();
        made["exp_uuid"].as_str().unwrap().to_owned()
    }

    /// A new trial of it; its id.
    pub(crate) fn trial(&self, experiment: &str) -> String {
        let args = ["call", "autotune", "trial_create", &format!("experiment_id={experiment}")];
        let made: Value = serde_json::from_str(&self.home().run(&args).ok()).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }
}
