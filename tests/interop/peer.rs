//! A process that plays the other side: the platform's own cryptography and
//! simulated nodes. One line of JSON is one order; see `peer.py`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::stand;

/// It ends when this is dropped, or with the tests: its standard input ends.
pub(crate) struct Peer {
    _child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Those that have nothing to do; starting one takes a second.
static IDLE: Mutex<Vec<Peer>> = Mutex::new(Vec::new());

impl Peer {
    fn start() -> Peer {
        let mut child = stand::script("peer.py", &[]).spawn().expect("a peer");
        let orders = child.stdin.take().expect("its input");
        let answers = BufReader::new(child.stdout.take().expect("its output"));
        let mut peer = Peer { _child: child, orders, answers };
        assert_eq!(peer.answer(), "ready");
        peer
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer");
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("a peer ended: {line:?}"));
        match answer.get("error") {
            Some(error) => panic!("a peer failed: {}", error.as_str().unwrap_or_default()),
            None => answer["ok"].clone(),
        }
    }
}

/// Has that done, by whoever is free, and waits for it.
pub(crate) fn order(order: Value) -> Value {
    let idle = IDLE.lock().expect("no test panics here").pop();
    let mut peer = idle.unwrap_or_else(Peer::start);
    writeln!(peer.orders, "{order}").and_then(|()| peer.orders.flush()).expect("a peer that listens");
    let answer = peer.answer();
    IDLE.lock().expect("no test panics here").push(peer);
    answer
}

/// A new key by the platform's library: the private half in PEM, the public one as the API has it.
pub(crate) fn key() -> (String, String) {
    let key = order(json!({"do": "key"}));
    let half = |name: &str| key[name].as_str().expect("a key").to_owned();
    (half("private"), half("public"))
}

fn bytes(answer: &Value) -> Vec<u8> {
    STANDARD.decode(answer.as_str().expect("base64")).expect("base64")
}

/// What the platform's library seals.
pub(crate) fn seal(to: &str, plain: &[u8]) -> String {
    let answer = order(json!({"do": "seal", "to": to, "plain": STANDARD.encode(plain)}));
    answer.as_str().expect("a text").to_owned()
}

/// The same as a blob.
pub(crate) fn seal_blob(to: &str, plain: &[u8]) -> Vec<u8> {
    bytes(&order(json!({"do": "seal_blob", "to": to, "plain": STANDARD.encode(plain)})))
}

/// What the platform's library reads in a sealed text.
pub(crate) fn open(key: &str, text: &str) -> Vec<u8> {
    bytes(&order(json!({"do": "open", "key": key, "text": text})))
}

/// What the platform's library reads in a blob, whole and as a stream.
pub(crate) fn open_blob(key: &str, blob: &[u8]) -> Vec<u8> {
    bytes(&order(json!({"do": "open_blob", "key": key, "blob": STANDARD.encode(blob)})))
}
