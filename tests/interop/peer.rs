//! A process that plays the other side: the platform's own cryptography and
//! simulated nodes. One line of JSON is one order; see `peer.py`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::Mutex;

use serde_json::Value;

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
