//! A node: this program once more, which answers from fixed bytes, so that
//! what is measured is the client. It knows nothing of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

/// What a process is called with that is to be a node.
pub(crate) const ARGUMENT: &str = "serve-as-a-node";

const MODEL: &str = r#"{"settings":{"name":"m","type":"donut","bucket_interval":"1m","interval":"60s","offset":"10s","span":10,"max_evals":2,"default_bucket":"b","max_threshold":99.7,"min_threshold":68,"grace_period":"5m","features":[{"name":"avg_foo","measurement":"bar","metric":"avg","field":"foo","default":10,"io":"io"}]},"state":{"trained":true,"loss":4.68}}"#;
const JOB: &str = r#""00000000-0000-0000-0000-000000000000""#;

/// A process that serves; killed when it is dropped.
pub(crate) struct Node {
    child: Child,
    address: String,
}

impl Node {
    /// Starts one, and returns when it listens.
    pub(crate) fn start() -> std::io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().ok_or(std::io::ErrorKind::BrokenPipe)?).read_line(&mut address)?;
        Ok(Node { child, address: address.trim().to_owned() })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops the process: the system goes on accepting connections for it.
    pub(crate) fn hang(&self) -> std::io::Result<()> {
        Command::new("kill").args(["-STOP", &self.child.id().to_string()]).status().map(drop)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Serves until whoever started it is gone.
pub(crate) fn serve() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new()).map(drop)
}

fn answer(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let reply = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let (models, job) = (reply("200 OK", &format!("[{MODEL},{MODEL},{MODEL}]")), reply("202 ACCEPTED", JOB));
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let (mut line, mut length, mut is_post) = (String::new(), 0, false);
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let lower = line.to_ascii_lowercase();
            is_post |= lower.starts_with("post ");
            if let Some(text) = lower.strip_prefix("content-length:") {
                length = text.trim().parse().unwrap_or_default();
            }
            if lower == "\r\n" {
                break;
            }
        }
        std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink())?;
        writer.write_all(if is_post { job.as_bytes() } else { models.as_bytes() })?;
    }
}
