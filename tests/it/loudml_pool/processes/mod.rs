//! Two nodes in processes of their own: killed, hung, and back while calls go on.

mod node;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mlhub::clock::{Clock, SystemClock};
use mlhub::loudml::Client;
use mlhub::{Error, Retry};

use self::node::Node;
use crate::ready::until;
use crate::support::Checked;

/// Tasks that call, one call after the other.
const TASKS: usize = 4;
/// One attempt: long beside what an answer takes, also on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the calls have come to.
#[derive(Default)]
struct Record {
    /// Answers by the node that gave them.
    answers: Mutex<HashMap<String, u64>>,
    errors: Mutex<Vec<Error>>,
    /// The longest call since this was asked for the last time, in microseconds.
    longest: AtomicU64,
    over: AtomicBool,
}

impl Record {
    fn from(&self, node: &Node) -> u64 {
        locked(&self.answers).get(&node.url()).copied().unwrap_or_default()
    }

    /// Returns when that node has given so many more answers.
    fn served(&self, what: &str, node: &Node) {
        let before = self.from(node);
        until(what, || {
            let errors = locked(&self.errors);
            assert!(errors.is_empty(), "{what}: {} calls failed, the first: {}", errors.len(), errors[0]);
            self.from(node) >= before + 200
        });
    }

    fn longest(&self) -> Duration {
        Duration::from_micros(self.longest.swap(0, Ordering::Relaxed))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn calls(loud: Client, record: Arc<Record>) {
    let clock = SystemClock::new();
    while !record.over.load(Ordering::Relaxed) {
        let before = clock.now();
        let answer = loud.raw(http::Method::GET, "/models").idempotent().answer().await;
        let took = u64::try_from((clock.now() - before).as_micros()).unwrap_or(u64::MAX);
        record.longest.fetch_max(took, Ordering::Relaxed);
        match answer {
            Ok(answer) => {
                let node = answer.attempts.last().map(|attempt| attempt.node.clone()).unwrap_or_default();
                *locked(&record.answers).entry(node).or_default() += 1;
            }
            Err(error) => locked(&record.errors).push(error),
        }
    }
}

#[test]
fn no_call_fails_while_nodes_are_killed_and_hang_and_come_back() -> Checked {
    let (one, mut two) = (Node::start(0), Node::start(0));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let _context = runtime.enter();
    let loud = Client::builder(one.url())
        .node(two.url())
        .timeout(PATIENCE)
        .retry(Retry::default().on_timeout(true))
        .build()?;
    let record = Arc::new(Record::default());
    let tasks: Vec<_> = (0..TASKS).map(|_| runtime.spawn(calls(loud.clone(), Arc::clone(&record)))).collect();
    let mut phases = Vec::new();
    let mut phase = |what: &'static str| phases.push((what, record.longest()));

    record.served("both serve", &one);
    record.served("both serve", &two);
    phase("both serve");
    two.kill();
    record.served("one serves alone", &one);
    phase("killed");
    two = Node::start(two.port);
    record.served("the killed one serves again", &two);
    phase("back after a kill");
    one.hang();
    record.served("two serves alone", &two);
    phase("hung");
    one.wake();
    record.served("the hung one serves again", &one);
    phase("back after it hung");

    record.over.store(true, Ordering::Relaxed);
    for task in tasks {
        runtime.block_on(task)?;
    }
    let (answers, errors) = (locked(&record.answers).clone(), locked(&record.errors));
    println!("{answers:?}");
    for (what, longest) in &phases {
        println!("{what}: longest call {:.1} ms", longest.as_secs_f64() * 1e3);
    }
    assert!(errors.is_empty(), "{errors:?}");
    // A node that refuses costs nothing that a person notices; one that hangs costs one attempt.
    let longest = |what: &str| phases.iter().find(|(name, _)| *name == what).map(|(_, longest)| *longest);
    assert!(longest("killed") < Some(PATIENCE), "{phases:?}");
    assert!(longest("hung") >= Some(PATIENCE) && longest("hung") < Some(PATIENCE * 3), "{phases:?}");
    Ok(())
}
