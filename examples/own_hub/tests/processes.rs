//! A wait outlives its process: begun in one, which is killed in the middle, and taken up in another.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Jobs that are begun in one process and ended in another.
const JOBS: usize = 200;
/// As many at a time as a small machine has processors.
const AT_ONCE: usize = 2;
/// A process that has not polled by then never will.
const POLLED: Duration = Duration::from_secs(60);

/// The hub's jobs by the last segment of their path: how often each was polled, and whether it is done.
#[derive(Default)]
struct Jobs {
    polls: HashMap<String, usize>,
    done: HashMap<String, bool>,
}

#[derive(Clone, Default)]
struct Hub(Arc<(Mutex<Jobs>, Condvar)>);

impl Hub {
    /// Serves on a port of its own; the address.
    fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let hub = self.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let hub = hub.clone();
                std::thread::spawn(move || hub.answer(stream));
            }
        });
        format!("http://{address}")
    }

    /// Answers the requests of one connection until it ends.
    fn answer(&self, stream: TcpStream) {
        let Ok(mut writer) = stream.try_clone() else { return };
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        while let Some(first) = lines.next() {
            // No request here has a body: the empty line ends it.
            while lines.next().is_some_and(|line| !line.is_empty()) {}
            let path = first.split(' ').nth(1).unwrap_or_default();
            let body = self.body(path);
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", body.len());
            if writer.write_all(format!("{head}\r\n{body}").as_bytes()).is_err() {
                return;
            }
        }
    }

    fn body(&self, path: &str) -> String {
        let (lock, seen) = &*self.0;
        let mut jobs = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let path = path.trim_start_matches("/jobs/");
        match path.strip_suffix("/status") {
            Some(id) => {
                *jobs.polls.entry(id.to_owned()).or_default() += 1;
                seen.notify_all();
                let done = jobs.done.contains_key(id);
                format!(r#"{{"status": "{}"}}"#, if done { "done" } else { "running" })
            }
            None => format!(r#"{{"data": {{"id": "{path}", "result": {{"of": "{path}"}}}}}}"#),
        }
    }

    /// Returns when the job has been polled.
    fn polled(&self, id: &str) {
        let (lock, seen) = &*self.0;
        let jobs = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = seen.wait_timeout_while(jobs, POLLED, |jobs| !jobs.polls.contains_key(id));
        let (jobs, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(jobs.polls.contains_key(id), "nobody has polled {id}");
    }

    fn finish(&self, id: &str) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).done.insert(id.to_owned(), true);
    }
}

fn program(arguments: [&str; 3]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workshop-wait"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Begins a wait in a process, kills that, and ends the wait in another; what that one prints.
fn begun_here_and_ended_there(hub: &Hub, url: &str, id: &str) -> String {
    let mut first = program([url, "job", id]).spawn().expect("the program starts");
    let mut handle = String::new();
    let mut stdout = BufReader::new(first.stdout.take().expect("a pipe"));
    stdout.read_line(&mut handle).expect("the handle is the first line");
    let handle = handle.trim();
    assert!(handle.len() < 512, "{handle}");
    let segment = id.replace('%', "%25").replace(' ', "%20").replace('/', "%2F").replace('ü', "%C3%BC");
    hub.polled(&segment);
    first.kill().expect("it is still waiting");
    first.wait().expect("it is gone");
    let mut more = String::new();
    stdout.read_to_string(&mut more).expect("text");
    assert_eq!(more, "", "the first process has said more than its handle");
    hub.finish(&segment);
    let second = program([url, "resume", handle]).output().expect("the program runs");
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    String::from_utf8_lossy(&second.stdout).trim().replace(&segment, id)
}

#[test]
fn a_wait_whose_process_is_killed_is_ended_by_another_each_time() {
    let hub = Hub::default();
    let url = hub.serve();
    let ended: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|worker| {
                let (hub, url) = (&hub, &url);
                scope.spawn(move || {
                    let jobs = (worker..JOBS).step_by(AT_ONCE);
                    jobs.filter(|job| {
                        let id = format!("{job};a=b %/ü");
                        begun_here_and_ended_there(hub, url, &id) == format!(r#"{{"of":"{id}"}}"#)
                    })
                    .count()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("no wait is lost")).sum()
    });
    assert_eq!(ended, JOBS);
}
