//! A stand-in node in a process of its own: this program, started once more.
//! What runs there knows nothing of the client.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use mlhub::testing::{Lab, Port, Replay, Reply};
use serde_json::json;

/// The port that a process which is started as a node opens; 0 for any.
const PORT: &str = "MLHUB_STAND_IN_PORT";
/// How it says where it listens.
const READY: &str = "listening on ";

/// A process that serves; killed when it is dropped.
pub(super) struct Node {
    child: Child,
    pub(super) port: u16,
}

impl Node {
    /// Starts it on that port, and returns when it listens.
    pub(super) fn start(port: u16) -> Self {
        // A test is named without the crate that it stands in.
        let (_, here) = module_path!().split_once("::").expect("a module");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([&format!("{here}::a_node_serves"), "--exact", "--nocapture"])
            .env(PORT, port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = lines.map_while(Result::ok).find_map(|line| Some(line.split_once(READY)?.1.to_owned()));
        let port = address.as_deref().and_then(|address| address.rsplit_once(':')?.1.parse().ok());
        Node { child, port: port.expect("it says where it listens") }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it at once; its port takes no connection from then on.
    pub(super) fn kill(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).expect("it ends");
    }

    /// Lets it hang: the system goes on accepting connections for it, and nobody answers.
    pub(super) fn hang(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub(super) fn wake(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill {signal}");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Serves until its parent is gone, where this program was started as a node;
/// else starts one and looks at it without any client.
#[test]
fn a_node_serves() {
    let Some(port) = std::env::var(PORT).ok().and_then(|port| port.parse().ok()) else {
        let node = Node::start(0);
        let mut socket = std::net::TcpStream::connect(("127.0.0.1", node.port)).expect("it listens");
        let request = "GET /models HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
        std::io::Write::write_all(&mut socket, request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(serve(port)).expect("a port");
}

async fn serve(port: u16) -> std::io::Result<()> {
    let lab = Lab::today();
    lab.keep_connections();
    match crate::recordings::read("loudml.json") {
        Some(recordings) => Replay::new(&recordings)?.serve(&lab),
        // What counts here is who answers, and not what.
        None => drop(lab.rule(|_| Some(Reply::json(&json!([]))))),
    }
    let port = Port::open_at(&lab, port).await?;
    println!("{READY}{}", port.url());
    let parent = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    parent.await.map(|_| ()).map_err(std::io::Error::other)
}
