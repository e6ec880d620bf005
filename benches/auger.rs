//! Walking 20,000 trials and getting one 2,000 times, beside the Python client,
//! in one run against one server.
//!
//! `cargo bench --bench auger` prints items and gets per second of processor
//! time on both sides, round by round in turn, with what the server counted.
//! `MLHUB_PEERS` is the folder with `auger_peer.py` and `auger_server.py`, and
//! `MLHUB_PEER_PYTHON` a Python that has the package `auger-hub-api-client`.
//! `-- --gate` fails below ten times the Python client, or where memory grows.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use futures::TryStreamExt;
use mlhub::auger::Client;

const ITEMS: usize = 20_000;
const GETS: usize = 2_000;
const ROUNDS: usize = 5;
/// As many as the Python client asks for.
const PAGE: u64 = 50;
/// Items and gets per second of processor time, beside the Python client.
const AIM: f64 = 10.0;
/// The most by which the memory of the program may grow from one walk to five times as much, in KiB.
const SLACK: u64 = 1024;

fn main() {
    let folder = std::env::var_os("MLHUB_PEERS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/peers")), PathBuf::from);
    let python = std::env::var("MLHUB_PEER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !folder.join("auger_peer.py").is_file() {
        eprintln!("skipped: no auger_peer.py in {}; set MLHUB_PEERS to its folder", folder.display());
        return;
    }
    let server = Server::start(&python, &folder.join("auger_server.py"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let hub = Client::builder(&server.url).project_token("fake-project-api-token").no_proxy().build();
    let side = Side { runtime, hub: hub.expect("a client") };
    // What is fetched once is no part of a round.
    side.walk(ITEMS / 5);
    let few = peak();
    side.walk(ITEMS);
    let many = peak();
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..ROUNDS {
        let walked = server.counted(|| cpu_of(|| side.walk(ITEMS)));
        let gotten = server.counted(|| cpu_of(|| side.get(GETS)));
        ours.push([walked, gotten]);
        theirs.push(peer(&python, &folder.join("auger_peer.py"), &server.url));
    }
    let mut ok = many <= few + SLACK;
    for (index, (what, units)) in [("items", ITEMS), ("gets", GETS)].into_iter().enumerate() {
        let us = median(ours.iter().map(|round| round[index].0));
        let Some(them) = theirs.iter().map(|round| round.map(|round| round[index])).collect::<Option<Vec<_>>>() else {
            println!("{what}: {:.0} per CPU second; the Python client did not run", units as f64 / us);
            continue;
        };
        let them = median(them.into_iter());
        let ratio = them / us;
        ok &= ratio >= AIM;
        println!(
            "{what}: {:.0} per CPU second, the Python client {:.0}: {ratio:.1} times as many",
            units as f64 / us,
            units as f64 / them
        );
        let (_, requests, connections) = ours[0][index];
        println!("  {requests} requests a round, {connections} new connections beside the one that is kept");
    }
    println!("memory of the program: {few} KiB at most after {} items, {many} after {ITEMS} more", ITEMS / 5);
    if std::env::args().any(|argument| argument == "--gate") && !ok {
        eprintln!("below {AIM} times the Python client, or memory grows");
        std::process::exit(1);
    }
}

/// Our side: a client, made once as the Python client is.
struct Side {
    runtime: tokio::runtime::Runtime,
    hub: Client,
}

impl Side {
    fn walk(&self, items: usize) {
        self.runtime.block_on(async {
            let mut trials = self.hub.trial().list().items().page_size(PAGE).limit(items);
            let mut count = 0;
            while let Some(trial) = trials.try_next().await.expect("a trial") {
                assert!(!trial.id.is_empty());
                count += 1;
            }
            assert_eq!(count, items);
        });
    }

    fn get(&self, times: usize) {
        self.runtime.block_on(async {
            for _ in 0..times {
                let trial = self.hub.trial().get("000000000000001").send().await.expect("a trial").data;
                assert_eq!(trial.object.as_deref(), Some("trial"));
            }
        });
    }
}

/// The most memory that the program has held so far, in KiB. Nought where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}

/// Seconds that this thread, on which everything runs, was on a processor.
fn cpu_of(work: impl FnOnce()) -> f64 {
    let nanos = || {
        let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        line.split(' ').next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0)
    };
    let start = nanos();
    work();
    (nanos() - start) / 1e9
}

/// The same of one round of the Python client: walking, getting.
fn peer(python: &str, script: &std::path::Path, url: &str) -> Option<[f64; 2]> {
    let (items, gets) = (ITEMS.to_string(), GETS.to_string());
    let arguments = ["--url", url, "--rounds", "1", "--cold", "0", "--items", &items, "--gets", &gets];
    let out = Command::new(python).arg(script).args(arguments).stderr(Stdio::inherit()).output().ok()?;
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).ok()?;
    let cpu = |what: &str| report[what]["client_cpu_s"].as_f64();
    Some([cpu("iterate")?, cpu("get")?])
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The stand-in of the peers, for as long as the value lives.
struct Server {
    url: String,
    child: Child,
}

impl Server {
    fn start(python: &str, script: &std::path::Path) -> Server {
        let items = ITEMS.to_string();
        let child = Command::new(python).arg(script).args(["--items", &items]).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("the server starts");
        let mut line = String::new();
        let out = child.stdout.as_mut().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its first line");
        let port = line.trim().strip_prefix("LISTENING ").expect("its port");
        Server { url: format!("http://127.0.0.1:{port}"), child }
    }

    /// What the work gives, with the requests and connections that the server saw.
    fn counted(&self, work: impl FnOnce() -> f64) -> (f64, u64, u64) {
        self.ask("/__reset");
        let cpu = work();
        let seen = self.ask("/__stats");
        let number = |name: &str| seen[name].as_u64().unwrap_or(0);
        // Asking takes a connection too.
        (cpu, number("requests"), number("connections").saturating_sub(1))
    }

    fn ask(&self, path: &str) -> serde_json::Value {
        let mut socket = TcpStream::connect(self.url.trim_start_matches("http://")).expect("the server");
        write!(socket, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("sent");
        let mut reply = String::new();
        socket.read_to_string(&mut reply).expect("an answer");
        let (_, body) = reply.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).expect("JSON")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
