//! Attacks on a hub in a process of its own: what it costs in memory, descriptors, processor and time of honest callers.
//!
//! `MLHUB_ATTACK=2000,500` has so many idle and slow clients; less than a quarter of that if not told.

use std::path::Path;
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::client::call;
use crate::served_hub::{self, Served};

/// How much memory a hub may take, in KiB.
const MOST_MEMORY: u64 = 150 * 1024;

/// A figure of `/proc/PID/status`, in KiB.
fn memory(hub: &Served) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", hub.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The time that a hub has used of a processor; ticks are hundredths of a second on every Linux.
fn processor(hub: &Served) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", hub.id())).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(10 * ticks)
}

fn descriptors(hub: &Served) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", hub.id())).unwrap().count()
}

/// How many idle and how many slow clients there are.
fn size() -> (usize, usize) {
    let given = std::env::var("MLHUB_ATTACK").unwrap_or_else(|_| "400,100".to_owned());
    let (idle, slow) = given.split_once(',').expect("two numbers");
    (idle.parse().unwrap(), slow.parse().unwrap())
}

async fn connect(hub: &Served) -> Option<TcpStream> {
    TcpStream::connect(hub.url.strip_prefix("http://").unwrap()).await.ok()
}

async fn signed_up(hub: &Served, from: &str, email: &str) -> u16 {
    let body = json!({"email": email, "password": "correct-horse-battery"});
    call(&hub.url, "POST", "/user/signup").from(from).json(&body).send().await.status
}

async fn token(hub: &Served) -> String {
    assert_eq!(signed_up(hub, "127.0.0.1", "ann@example.org").await, 201);
    let form = [("username", "ann@example.org"), ("password", "correct-horse-battery")];
    let login = call(&hub.url, "POST", "/auth/token").form(&form).send().await;
    login.json()["access_token"].as_str().unwrap().to_owned()
}

/// Times of honest requests while slow clients go on with their heads and bodies, a byte in each tenth of a second.
async fn honest_times(
    hub: &Served,
    token: &str,
    slow: &mut [TcpStream],
    (rounds, requests): (usize, usize),
) -> Vec<Duration> {
    let mut ticks = interval(Duration::from_millis(100));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut times = Vec::new();
    for _ in 0..rounds {
        ticks.tick().await;
        for stream in &mut *slow {
            let _ = stream.write_all(b"a").await;
        }
        for _ in 0..requests {
            let from = Instant::now();
            let reply = call(&hub.url, "GET", "/v1/experiments").bearer(token).send().await;
            assert_eq!(reply.status, 200);
            times.push(from.elapsed());
        }
    }
    times.sort_unstable();
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_and_slow_clients_cost_little_and_an_honest_one_is_answered_soon() {
    let home = served_hub::home();
    // By default they are closed after fifteen seconds; here all of them stay.
    let hub = Served::start(&home, &["--header-timeout", "10m", "--body-timeout", "10m"]);
    let token = token(&hub).await;
    let (idle, slow) = size();
    let idle: Vec<TcpStream> = join_all((0..idle).map(|_| connect(&hub))).await.into_iter().flatten().collect();
    let mut half: Vec<TcpStream> = join_all((0..slow).map(|_| connect(&hub))).await.into_iter().flatten().collect();
    for (number, stream) in half.iter_mut().enumerate() {
        let begun = match number % 2 {
            0 => "GET /v1/experiments HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            _ => {
                "POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9999\r\n\r\n"
            }
        };
        let _ = stream.write_all(begun.as_bytes()).await;
    }
    let times = honest_times(&hub, &token, &mut half, (40, 4)).await;
    let (used, from) = (processor(&hub), Instant::now());
    honest_times(&hub, &token, &mut half, (30, 0)).await;
    let share = (processor(&hub) - used).as_secs_f64() / from.elapsed().as_secs_f64();
    let p99 = times[times.len() * 99 / 100];
    let (memory, open) = (memory(&hub), descriptors(&hub));
    println!(
        "{} idle, {} slow: p99 {p99:?}, memory {} MiB, {:.1} % of a core, {open} descriptors",
        idle.len(),
        half.len(),
        memory / 1024,
        100.0 * share
    );
    assert!(p99 <= Duration::from_millis(100), "{p99:?}");
    assert!(memory <= MOST_MEMORY, "{} MiB", memory / 1024);
    assert!(open >= idle.len() + half.len(), "{open} descriptors");
    assert!(share <= 0.1, "{share}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_idle_connections_than_there_are_descriptors_keep_nobody_out() {
    let home = served_hub::home();
    let hub = Served::start_by(&home, "sh", &["-c", "ulimit -n 160; exec \"$@\"", "sh"], "sqlite://hub.sqlite");
    let token = token(&hub).await;
    let idle = join_all((0..400).map(|_| connect(&hub))).await;
    for _ in 0..20 {
        let reply = call(&hub.url, "GET", "/v1/experiments").bearer(&token).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    assert!(descriptors(&hub) <= 160);
    drop(idle);
    let log = served_hub::log(&home);
    let said = log.matches("too many connections").count();
    assert_eq!(said, 1, "one line says so: {log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_flood_of_signups_and_logins_the_memory_is_that_of_a_few_hashes() {
    let home = served_hub::home();
    let hub = Served::start(&home, &[]);
    let floods = (0..150).map(async |number: usize| {
        let (from, email) = (format!("127.0.1.{}", number % 100 + 1), format!("{number}@example.org"));
        let made = signed_up(&hub, &from, &email).await;
        let form = [("username", email.as_str()), ("password", "wrong")];
        (made, call(&hub.url, "POST", "/auth/token").from(&from).form(&form).send().await.status)
    });
    let statuses = join_all(floods).await;
    assert!(statuses.iter().all(|status| *status == (201, 401)), "{statuses:?}");
    let memory = memory(&hub);
    println!("after 150 signups and 150 logins at once: {} MiB", memory / 1024);
    assert!(memory <= MOST_MEMORY, "{} MiB", memory / 1024);
}

#[tokio::test]
async fn where_files_may_grow_no_more_writes_are_refused_and_the_hub_goes_on() {
    let home = served_hub::home();
    let mut hub = Served::start_by(&home, "bash", &["-c", "ulimit -f 400; exec \"$@\"", "bash"], "sqlite://hub.sqlite");
    let token = token(&hub).await;
    let covars = json!({"x": {"vtype": "cont", "guess": 0.5, "min": 0, "max": 1}});
    let body = json!({"covars": covars, "description": "a".repeat(50_000)});
    let mut last = 201;
    for _ in 0..50 {
        last = call(&hub.url, "POST", "/experiment/new").bearer(&token).json(&body).send().await.status;
        if last != 201 {
            break;
        }
    }
    assert_eq!(last, 507);
    assert_eq!(call(&hub.url, "GET", "/v1/experiments").bearer(&token).send().await.status, 200);
    hub.kill();
}

#[tokio::test]
async fn files_of_a_hub_are_for_its_owner_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    for umask in ["000", "022", "077"] {
        let home = served_hub::home();
        let script = format!("umask {umask}; exec \"$@\"");
        let hub = Served::start_by(&home, "sh", &["-c", &script, "sh"], "sqlite://hub.sqlite");
        token(&hub).await;
        let files = ["hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm"];
        let mode = |file: &&str| home.path().join(Path::new(file)).metadata().unwrap().permissions().mode() & 0o777;
        let modes: Vec<u32> = files.iter().map(mode).collect();
        assert_eq!(modes, [0o600; 3], "umask {umask}");
        drop(hub);
    }
}
