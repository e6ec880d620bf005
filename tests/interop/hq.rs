//! The real HQ beside a stand-in for its identity provider: started once for
//! all tests, on free ports, ended with them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc::channel;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::{peer, stand};

/// HQ starts within ten seconds; a busy machine takes longer.
const START: Duration = Duration::from_secs(120);
/// So many that a walk over them takes many pages.
pub(crate) const ORGANIZATIONS: usize = 250;
/// The stand-in's and HQ's first account.
pub(crate) const ADMIN: &str = "admin";

/// A server and its identity provider.
pub(crate) struct Hq {
    /// Base of all its paths.
    pub(crate) url: String,
    /// The identity provider.
    pub(crate) auth: String,
    pub(crate) folder: PathBuf,
    pub(crate) server: Mutex<Child>,
    stand_ins: Vec<Child>,
}

/// The one of all tests; nothing, loudly, where it is not installed.
pub(crate) fn shared() -> Option<&'static Hq> {
    static SHARED: LazyLock<Hq> = LazyLock::new(|| Hq::start(ORGANIZATIONS));
    stand::is_there().then(|| &*SHARED)
}

impl Hq {
    /// A server of a test's own.
    pub(crate) fn start(organizations: usize) -> Hq {
        Hq::over(organizations, |_| (Vec::new(), Value::Null))
    }

    /// One over a store for large values: what that is made of, and how HQ comes to it.
    pub(crate) fn over(organizations: usize, store: impl FnOnce(&Path) -> (Vec<Child>, Value)) -> Hq {
        // Each request writes to the database: on a disk that takes longer than all else.
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new().prefix("mlhub-interop-").tempdir_in(parent).expect("a folder").keep();
        let (identity, port) =
            ready(&mut stand::script("identity.py", &[&folder.to_string_lossy()]), &folder, "identity");
        let auth = format!("http://127.0.0.1:{port}");
        let (mut stand_ins, store) = store(&folder);
        stand_ins.push(identity);
        std::fs::write(folder.join("hq.yaml"), settings(&folder, &store)).expect("its settings");
        let (server, port) = serve(&folder, &auth, "0", organizations);
        let url = format!("http://127.0.0.1:{port}/hq");
        Hq { url, auth, folder, server: Mutex::new(server), stand_ins }
    }

    /// A request as it is, by the first account, without the client that is
    /// tested. The body of a success.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let reply = self.reply(&self.token(ADMIN, ADMIN), method, path, body);
        assert!(reply["status"].as_u64().is_some_and(|status| status < 300), "{method} {path}: {reply}");
        reply["body"].clone()
    }

    /// The same with that token, whatever comes of it: `status` and `body`.
    pub(crate) fn reply(&self, token: &str, method: &str, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.url);
        peer::order(json!({"do": "call", "method": method, "url": url, "token": token, "body": body}))
    }

    /// A token of that account, by the password grant.
    pub(crate) fn token(&self, user: &str, password: &str) -> String {
        let form = json!({"grant_type": "password", "client_id": "interop", "username": user, "password": password});
        let url = format!("{}/realms/vantage6/protocol/openid-connect/token", self.auth);
        let reply = peer::order(json!({"do": "call", "method": "POST", "url": url, "form": form}));
        reply["body"]["access_token"].as_str().expect("a token").to_owned()
    }
}

/// Where it is not the one of all tests.
impl Drop for Hq {
    fn drop(&mut self) {
        if let Ok(server) = self.server.get_mut() {
            let _ended = server.kill().and_then(|()| server.wait());
        }
        for stand_in in &mut self.stand_ins {
            let _ended = stand_in.kill().and_then(|()| stand_in.wait());
        }
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

fn settings(folder: &Path, store: &Value) -> String {
    let logging = json!({
        "level": "WARNING", "file": "hq.log", "use_console": true, "backup_count": 1, "max_size": 1024,
        "format": "%(asctime)s %(name)s %(levelname)s %(message)s", "datefmt": "%H:%M:%S",
    });
    // YAML reads JSON.
    json!({
        "api_path": "/hq", "uri": format!("sqlite:///{}/hq.sqlite", folder.display()),
        "jwt_secret_key": "of-tests-alone-0123456789-0123456789", "logging": logging,
        "large_result_store": store,
    })
    .to_string()
}

pub(crate) fn serve(folder: &Path, auth: &str, port: &str, organizations: usize) -> (Child, u16) {
    let config = folder.join("hq.yaml");
    let mut command = stand::script("serve_hq.py", &[&config.to_string_lossy(), port, &organizations.to_string()]);
    for (name, place) in
        [("HOME", ""), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache")]
    {
        command.env(name, folder.join(place));
    }
    for (name, value) in [
        ("KEYCLOAK_URL", auth),
        ("KEYCLOAK_REALM", "vantage6"),
        ("KEYCLOAK_ADMIN_USERNAME", ADMIN),
        ("KEYCLOAK_ADMIN_PASSWORD", ADMIN),
        ("KEYCLOAK_ADMIN_CLIENT", "backend-admin-client"),
        ("KEYCLOAK_ADMIN_CLIENT_SECRET", "backend-secret"),
    ] {
        command.env(name, value);
    }
    ready(&mut command, folder, "hq")
}

/// Starts it, and waits for the line that says at which port it listens.
pub(crate) fn ready(command: &mut Command, folder: &Path, name: &str) -> (Child, u16) {
    let log = folder.join(format!("{name}.log"));
    let errors = std::fs::OpenOptions::new().create(true).append(true).open(&log).expect("its log");
    let mut child = command.stderr(errors).spawn().expect("it starts");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let (said, heard) = channel();
    // The pipe is read to its end, so that nothing is ever written in vain.
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            if let Some(port) = line.strip_prefix("ready ") {
                let _nobody_waits_any_more = said.send(port.trim().parse().expect("a port"));
            }
        }
    });
    match heard.recv_timeout(START) {
        Ok(port) => (child, port),
        Err(_) => {
            let _ended = child.kill();
            panic!("{name} did not start: {}", std::fs::read_to_string(&log).unwrap_or_default());
        }
    }
}
