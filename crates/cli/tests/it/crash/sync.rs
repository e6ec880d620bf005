//! Durability of a tell: it is on the disk before it is acknowledged, as the kernel saw it.

use std::process::Command;

use super::{Tell, User};
use crate::requirements::can;
use crate::served_hub::{self, Served};

/// A finished system call that syncs the write-ahead log: in one line, or resumed after another thread's.
fn syncs(lines: &[&str], at: usize) -> bool {
    let line = lines[at];
    let Some((thread, call)) = line.split_once(' ') else { return false };
    if !line.ends_with(" = 0") || !call.contains("sync") {
        return false;
    }
    let begun = || lines[..at].iter().rev().find(|earlier| earlier.starts_with(&format!("{thread} ")));
    let of_log = |line: &str| line.contains("hub.sqlite-wal>");
    if call.trim_start().starts_with("<...") { begun().is_some_and(|line| of_log(line)) } else { of_log(line) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_synced_between_a_tell_and_its_acknowledgement() {
    if !can("strace", Command::new("strace").args(["-f", "-o", "/dev/null", "true"])) {
        return;
    }
    let home = served_hub::home();
    let calls = "trace=fsync,fdatasync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg";
    let strace = ["-f", "-y", "-s", "64", "-o", "trace", "-e", calls];
    let mut hub = Served::start_by(&home, "strace", &strace, "sqlite://hub.sqlite");
    let user = User::new(&hub).await;
    let experiment = user.experiment().await;
    let tells = 5;
    for value in 0..tells {
        assert!(Tell::of_point(&experiment, value).send(&user).await);
    }
    hub.signal("-TERM");
    assert!(hub.wait().success());

    let trace = std::fs::read_to_string(home.path().join("trace")).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    let mut seen = 0;
    let mut asked = None;
    for (at, line) in lines.iter().enumerate() {
        if line.contains("\"POST /experiment/tell/") {
            asked = Some(at);
        }
        if line.contains("\"HTTP/1.1 202 ") {
            let asked = asked.take().expect("an acknowledgement follows a tell");
            let between = (asked..at).any(|at| syncs(&lines, at));
            assert!(between, "not synced:\n{}", lines[asked..=at].join("\n"));
            seen += 1;
        }
    }
    assert_eq!(seen, tells);
}
