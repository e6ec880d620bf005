//! HTTP client, the plainest: one request over one connection, read to its end. It shares no code with the hub.

use std::net::{IpAddr, SocketAddr};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A request that is being put together.
#[derive(Clone)]
pub(crate) struct Call {
    address: String,
    from: Option<IpAddr>,
    head: String,
    body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

pub(crate) fn call(url: &str, method: &str, path: &str) -> Call {
    let address = url.strip_prefix("http://").unwrap().to_owned();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    Call { address, from: None, head, body: Vec::new() }
}

impl Call {
    /// Sends it from this address; all of 127.0.0.0/8 are this machine's own.
    pub(crate) fn from(self, address: &str) -> Self {
        Self { from: Some(address.parse().unwrap()), ..self }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head += &format!("{name}: {value}\r\n");
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn body(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", kind)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        self.body("application/x-www-form-urlencoded", pairs.join("&"))
    }

    pub(crate) async fn send(self) -> Reply {
        self.try_send().await.expect("a whole answer")
    }

    /// The answer, unless none came or only a part of one.
    pub(crate) async fn try_send(self) -> Option<Reply> {
        let head = format!("{}Content-Length: {}\r\n\r\n", self.head, self.body.len());
        let mut stream = match self.from {
            Some(from) => {
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind(SocketAddr::new(from, 0)).unwrap();
                socket.connect(self.address.parse().unwrap()).await.ok()?
            }
            None => TcpStream::connect(&self.address).await.ok()?,
        };
        stream.write_all(head.as_bytes()).await.ok()?;
        // A hub that refuses a long body may close before all of it is sent; its answer is still there to be read.
        let _ = stream.write_all(&self.body).await;
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply).await;
        Reply::parse(&reply)
    }
}

impl Reply {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let reply = Self { status, head: head.to_owned(), body: body.to_owned() };
        let length = reply.header("content-length").unwrap_or_else(|| panic!("a reply of unknown length: {head}"));
        (length.parse() == Ok(body.len())).then_some(reply)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line = |line: &'_ str| line.split_once(": ").is_some_and(|(key, _)| key.eq_ignore_ascii_case(name));
        self.head.lines().find(|it| line(it)).and_then(|it| it.split_once(": ")).map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The refusal's reason as text, whether it came as a text or as a list.
    pub(crate) fn detail(&self) -> String {
        match &self.json()["detail"] {
            Value::String(text) => text.clone(),
            Value::Array(problems) if !problems.is_empty() => {
                let one = |problem: &Value| format!("{} {}", problem["loc"], problem["msg"].as_str().unwrap());
                problems.iter().map(one).collect::<Vec<_>>().join("; ")
            }
            other => panic!("a refusal without a reason: {other} in {self:?}"),
        }
    }
}

fn escape(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}
