//! Workers on a scripted study, in virtual time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use super::*;
use crate::tune::attempt::Outcome;

/// What the study knows of a trial.
#[derive(Clone, Debug, PartialEq)]
enum State {
    Open,
    Told(f64),
    Failed(String),
    Released,
}

/// A study in memory whose calls fail as scripted.
#[derive(Default)]
struct Scripted {
    total: u64,
    trials: Mutex<BTreeMap<Uuid, State>>,
    /// Trials that are given out before new ones are made.
    again: Mutex<Vec<Uuid>>,
    /// The next calls of that name fail so.
    failures: Mutex<BTreeMap<&'static str, VecDeque<ErrorKind>>>,
    keys: Mutex<BTreeSet<Uuid>>,
    journal: Mutex<Vec<String>>,
}

impl Scripted {
    fn of(total: u64) -> Arc<Scripted> {
        Arc::new(Scripted { total, ..Scripted::default() })
    }

    fn failing(self: Arc<Self>, call: &'static str, kinds: &[ErrorKind]) -> Arc<Scripted> {
        self.failures.lock().unwrap().entry(call).or_default().extend(kinds);
        self
    }

    fn enter(&self, call: &'static str, what: &str) -> Result<(), Error> {
        self.journal.lock().unwrap().push(format!("{call} {what}").trim_end().to_owned());
        match self.failures.lock().unwrap().get_mut(call).and_then(VecDeque::pop_front) {
            Some(kind) => Err(Error::new(kind, "scripted")),
            None => Ok(()),
        }
    }

    fn count(&self, which: impl Fn(&State) -> bool) -> u64 {
        self.trials.lock().unwrap().values().filter(|state| which(state)).count() as u64
    }

    fn set(&self, trial: Uuid, state: State) -> Result<(), Error> {
        let known = self.trials.lock().unwrap().insert(trial, state);
        match known {
            Some(State::Told(_) | State::Failed(_)) => Err(Error::new(ErrorKind::Conflict, "told already")),
            _ => Ok(()),
        }
    }

    fn calls(&self, name: &str) -> usize {
        self.journal.lock().unwrap().iter().filter(|line| line.starts_with(name)).count()
    }
}

impl Study for Scripted {
    async fn ask(&self, count: u32) -> Result<Asked, Error> {
        self.enter("ask", &count.to_string())?;
        let mut again = self.again.lock().unwrap();
        let mut trials = self.trials.lock().unwrap();
        let mut given = Vec::new();
        for _ in 0..count {
            let id = match again.pop() {
                Some(id) => id,
                None if (trials.len() as u64) < self.total => Uuid::new_v4(),
                None => break,
            };
            trials.insert(id, State::Open);
            given.push(Trial { id, params: serde_json::Map::new() });
        }
        drop((again, trials));
        let told = self.count(|state| matches!(state, State::Told(_)));
        let failed = self.count(|state| matches!(state, State::Failed(_)));
        Ok(Asked { trials: given, told, failed })
    }

    async fn tell(&self, trial: Uuid, value: f64, key: Uuid) -> Result<(), Error> {
        self.keys.lock().unwrap().insert(key);
        self.enter("tell", "")?;
        self.set(trial, State::Told(value))
    }

    async fn fail(&self, trial: Uuid, reason: &str, key: Uuid) -> Result<(), Error> {
        self.keys.lock().unwrap().insert(key);
        self.enter("fail", reason)?;
        self.set(trial, State::Failed(reason.to_owned()))
    }

    async fn renew(&self, _trial: Uuid) -> Result<(), Error> {
        self.enter("renew", "")
    }

    async fn release(&self, trial: Uuid) -> Result<(), Error> {
        self.enter("release", "")?;
        self.set(trial, State::Released)
    }
}

const LEASE: Duration = Duration::from_secs(60);

fn outcome(outcome: Outcome) -> Attempt {
    Attempt { outcome, left: 0 }
}

/// A run of so many seconds that gives a value, unless it is stopped.
async fn run(seconds: u64, mut halt: watch::Receiver<Halt>) -> Attempt {
    tokio::select! {
        () = clock::sleep(Duration::from_secs(seconds)) => outcome(Outcome::Value(0.5)),
        _ = halted(&mut halt, Halt::No) => outcome(Outcome::Stopped),
    }
}

/// Works with runs of so many seconds; what happened.
async fn worked(study: &Arc<Scripted>, parallel: u32, seconds: u64) -> (Result<(), ErrorKind>, Vec<Event>) {
    let plan = Plan { parallel, trials: study.total, lease: LEASE };
    let (stop, halt) = watch::channel(Halt::No);
    let mut events = Vec::new();
    let run = move |_, halt| run(seconds, halt);
    let result = work(study.clone(), run, plan, (&stop, halt), |event| events.push(event)).await;
    (result.map_err(|error| error.kind()), events)
}

fn fates(events: &[Event]) -> Vec<&Fate> {
    events.iter().filter_map(|event| if let Event::Done(done) = event { Some(&done.fate) } else { None }).collect()
}

#[tokio::test(start_paused = true)]
async fn all_trials_are_run_and_told_so_many_at_once() {
    let study = Scripted::of(10);
    let start = tokio::time::Instant::now();
    let (result, events) = worked(&study, 3, 100).await;
    assert_eq!((result, study.count(|state| *state == State::Told(0.5))), (Ok(()), 10));
    assert_eq!(fates(&events).len(), 10);
    // Four rounds, and pauses before asks that found nothing.
    assert!((400..420).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    // Each of a hundred seconds is renewed at 20, 40, 60 and 80.
    assert!(study.calls("renew") >= 40, "{:?}", study.journal);
}

#[tokio::test(start_paused = true)]
async fn a_study_that_has_its_trials_needs_none() {
    let study = Scripted::of(0);
    assert_eq!(worked(&study, 3, 1).await.0, Ok(()));
    assert_eq!(*study.journal.lock().unwrap(), ["ask 3"]);
}

#[tokio::test(start_paused = true)]
async fn a_value_is_told_with_one_key_until_the_hub_takes_it() {
    let study = Scripted::of(1).failing("tell", &[ErrorKind::Connect, ErrorKind::Timeout, ErrorKind::Server]);
    let (result, events) = worked(&study, 1, 1).await;
    assert_eq!((result, study.calls("tell"), study.keys.lock().unwrap().len()), (Ok(()), 4, 1));
    assert!(matches!(fates(&events)[..], [Fate::Told(0.5)]), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn a_value_that_cannot_be_told_ends_the_work_and_is_not_forgotten() {
    let study = Scripted::of(5).failing("tell", &[ErrorKind::Unauthenticated]);
    let (result, events) = worked(&study, 1, 1).await;
    assert_eq!(result, Err(ErrorKind::Unauthenticated));
    assert!(matches!(fates(&events)[..], [Fate::Untold(Ok(0.5), _)]), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn trials_of_others_are_waited_for_with_growing_pauses() {
    let study = Scripted::of(1);
    let other = study.ask(1).await.unwrap().trials.remove(0);
    let later = study.clone();
    tokio::spawn(async move {
        clock::sleep(Duration::from_secs(50)).await;
        later.again.lock().unwrap().push(other.id);
    });
    let (result, events) = worked(&study, 2, 1).await;
    assert_eq!((result, fates(&events).len()), (Ok(()), 1));
    // Before the trial is free: after 0, 0.25, 0.75, 1.75, 3.75, 7.75, then each five seconds.
    assert!((10..22).contains(&study.calls("ask")), "{:?}", study.journal);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_was_lost_stops_the_run() {
    let study = Scripted::of(1).failing("renew", &[ErrorKind::Connect, ErrorKind::Conflict]);
    let (stop, halt) = watch::channel(Halt::No);
    let plan = Plan { parallel: 1, trials: 1, lease: LEASE };
    let mut seen = Vec::new();
    let told = study.clone();
    // The other worker tells the trial while this one winds up.
    let run = move |trial: Trial, halt| {
        let told = told.clone();
        async move {
            let attempt = run(1000, halt).await;
            told.set(trial.id, State::Told(1.0)).unwrap();
            attempt
        }
    };
    let result = work(study.clone(), run, plan, (&stop, halt), |event| seen.push(event)).await;
    assert!(result.is_ok() && matches!(fates(&seen)[..], [Fate::Lost(None)]), "{seen:?}");
    assert_eq!((study.calls("renew"), study.calls("release"), study.calls("tell")), (2, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_is_given_out_again_while_it_runs_here_runs_once() {
    let study = Scripted::of(2);
    let again = study.clone();
    tokio::spawn(async move {
        clock::sleep(Duration::from_secs(10)).await;
        let open: Vec<_> = again.trials.lock().unwrap().keys().copied().collect();
        again.again.lock().unwrap().extend(open);
    });
    let (result, events) = worked(&study, 3, 100).await;
    assert_eq!((result, fates(&events).len()), (Ok(()), 2));
    assert!(study.again.lock().unwrap().is_empty(), "they were never given out again");
}

#[tokio::test(start_paused = true)]
async fn halting_gives_everything_back_and_asks_for_nothing_more() {
    let study = Scripted::of(9);
    let (stop, halt) = watch::channel(Halt::No);
    let plan = Plan { parallel: 3, trials: 9, lease: LEASE };
    let work = work(study.clone(), |_, halt| run(1000, halt), plan, (&stop, halt), drop);
    let interrupt = async {
        clock::sleep(Duration::from_secs(1)).await;
        stop.send_replace(Halt::Gently);
    };
    assert!(tokio::join!(work, interrupt).0.is_ok());
    assert_eq!(study.count(|state| *state == State::Released), 3);
    assert_eq!(study.calls("ask"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_trial_is_told_with_its_reason() {
    let study = Scripted::of(1);
    let (stop, halt) = watch::channel(Halt::No);
    let plan = Plan { parallel: 1, trials: 1, lease: LEASE };
    let run = |_, _| std::future::ready(outcome(Outcome::Failed("no luck".into())));
    work(study.clone(), run, plan, (&stop, halt), drop).await.unwrap();
    assert_eq!(study.count(|state| *state == State::Failed("no luck".into())), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_refuses_the_ask_ends_the_work() {
    let study = Scripted::of(4).failing("ask", &[ErrorKind::NotFound]);
    assert_eq!(worked(&study, 2, 1).await.0, Err(ErrorKind::NotFound));
    // Too many open trials are no end: some of them will be done.
    let study = Scripted::of(4).failing("ask", &[ErrorKind::Conflict, ErrorKind::Conflict]);
    assert_eq!(worked(&study, 2, 1).await.0, Ok(()));
}
