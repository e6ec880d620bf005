//! Tests of workers on a scripted study, in virtual time.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use super::*;

/// What the study knows of a trial.
#[derive(Clone, Debug, PartialEq)]
enum TrialState {
    Open,
    Told(f64),
    Failed(String),
    Released,
}

/// A study in memory whose calls fail as scripted.
#[derive(Default)]
struct ScriptedStudy {
    total: u64,
    /// Whether there are no more points than that.
    finite: bool,
    trials: Mutex<BTreeMap<Uuid, TrialState>>,
    /// Trials that are given out before new ones are made.
    again: Mutex<Vec<Uuid>>,
    /// The next calls of that name fail so.
    failures: Mutex<BTreeMap<&'static str, VecDeque<ErrorKind>>>,
    keys: Mutex<BTreeSet<Uuid>>,
    journal: Mutex<Vec<String>>,
}

impl ScriptedStudy {
    fn of(total: u64) -> Arc<ScriptedStudy> {
        Arc::new(ScriptedStudy { total, ..ScriptedStudy::default() })
    }

    fn failing(self: Arc<Self>, call: &'static str, kinds: &[ErrorKind]) -> Arc<ScriptedStudy> {
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

    fn count(&self, which: impl Fn(&TrialState) -> bool) -> u64 {
        self.trials.lock().unwrap().values().filter(|state| which(state)).count() as u64
    }

    fn set(&self, trial: Uuid, state: TrialState) -> Result<(), Error> {
        let known = self.trials.lock().unwrap().insert(trial, state);
        match known {
            Some(TrialState::Told(_) | TrialState::Failed(_)) => Err(Error::new(ErrorKind::Conflict, "told already")),
            _ => Ok(()),
        }
    }

    fn calls(&self, name: &str) -> usize {
        self.journal.lock().unwrap().iter().filter(|line| line.starts_with(name)).count()
    }
}

impl Study for ScriptedStudy {
    async fn ask(&self, count: u32) -> Result<AskReply, Error> {
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
            trials.insert(id, TrialState::Open);
            given.push(Trial { id, params: serde_json::Map::new() });
        }
        drop((again, trials));
        let told = self.count(|state| matches!(state, TrialState::Told(_)));
        let failed = self.count(|state| matches!(state, TrialState::Failed(_)));
        let exhausted = self.finite && given.is_empty() && told + failed == self.trials.lock().unwrap().len() as u64;
        Ok(AskReply { trials: given, told, failed, exhausted })
    }

    async fn tell(&self, trial: Uuid, value: f64, key: Uuid) -> Result<(), Error> {
        self.keys.lock().unwrap().insert(key);
        self.enter("tell", "")?;
        self.set(trial, TrialState::Told(value))
    }

    async fn fail(&self, trial: Uuid, reason: &str, key: Uuid) -> Result<(), Error> {
        self.keys.lock().unwrap().insert(key);
        self.enter("fail", reason)?;
        self.set(trial, TrialState::Failed(reason.to_owned()))
    }

    async fn renew(&self, _trial: Uuid) -> Result<(), Error> {
        self.enter("renew", "")
    }

    async fn release(&self, trial: Uuid) -> Result<(), Error> {
        self.enter("release", "")?;
        self.set(trial, TrialState::Released)
    }
}

const LEASE: Duration = Duration::from_secs(60);

fn outcome(outcome: RunOutcome) -> RunResult {
    RunResult { outcome, left: 0 }
}

/// A run of so many seconds that gives a value, unless it is stopped.
async fn run(seconds: u64, mut requests: watch::Receiver<StopRequest>) -> RunResult {
    tokio::select! {
        () = SystemClock::new().sleep(Duration::from_secs(seconds)) => outcome(RunOutcome::Value(0.5)),
        _ = stop_requested(&mut requests, StopRequest::No) => outcome(RunOutcome::Stopped),
    }
}

/// Works with runs of so many seconds; what happened.
async fn worked(study: &Arc<ScriptedStudy>, parallel: u32, seconds: u64) -> (Result<(), ErrorKind>, Vec<WorkEvent>) {
    let plan = WorkPlan { parallel, trials: study.total, lease: LEASE, max_failures: 3 };
    let (stop, requests) = watch::channel(StopRequest::No);
    let mut events = Vec::new();
    let run = move |_, requests| run(seconds, requests);
    let result = work(study.clone(), run, plan, (&stop, requests), |event| events.push(event)).await;
    (result.map(drop).map_err(|error| error.kind()), events)
}

fn outcomes(events: &[WorkEvent]) -> Vec<&TrialOutcome> {
    events
        .iter()
        .filter_map(|event| if let WorkEvent::Finished(done) = event { Some(&done.outcome) } else { None })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn all_trials_are_run_and_told_so_many_at_once() {
    let study = ScriptedStudy::of(10);
    let start = tokio::time::Instant::now();
    let (result, events) = worked(&study, 3, 100).await;
    assert_eq!((result, study.count(|state| *state == TrialState::Told(0.5))), (Ok(()), 10));
    assert_eq!(outcomes(&events).len(), 10);
    // Four rounds, and pauses before asks that found nothing.
    assert!((400..420).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    // Each of a hundred seconds is renewed at 20, 40, 60 and 80.
    assert!(study.calls("renew") >= 40, "{:?}", study.journal);
}

#[tokio::test(start_paused = true)]
async fn a_study_that_has_its_trials_needs_none() {
    let study = ScriptedStudy::of(0);
    assert_eq!(worked(&study, 3, 1).await.0, Ok(()));
    assert_eq!(*study.journal.lock().unwrap(), ["ask 3"]);
}

#[tokio::test(start_paused = true)]
async fn a_value_is_told_with_one_key_until_the_hub_takes_it() {
    let study = ScriptedStudy::of(1).failing("tell", &[ErrorKind::Connect, ErrorKind::Timeout, ErrorKind::Server]);
    let (result, events) = worked(&study, 1, 1).await;
    assert_eq!((result, study.calls("tell"), study.keys.lock().unwrap().len()), (Ok(()), 4, 1));
    assert!(matches!(outcomes(&events)[..], [TrialOutcome::Told(0.5)]), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn a_value_that_cannot_be_told_ends_the_work_and_is_not_forgotten() {
    let study = ScriptedStudy::of(5).failing("tell", &[ErrorKind::Unauthenticated]);
    let (result, events) = worked(&study, 1, 1).await;
    assert_eq!(result, Err(ErrorKind::Unauthenticated));
    assert!(matches!(outcomes(&events)[..], [TrialOutcome::Untold(Ok(0.5), _)]), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn trials_of_others_are_waited_for_with_growing_pauses() {
    let study = ScriptedStudy::of(1);
    let other = study.ask(1).await.unwrap().trials.remove(0);
    let later = study.clone();
    tokio::spawn(async move {
        SystemClock::new().sleep(Duration::from_secs(50)).await;
        later.again.lock().unwrap().push(other.id);
    });
    let (result, events) = worked(&study, 2, 1).await;
    assert_eq!((result, outcomes(&events).len()), (Ok(()), 1));
    // Before the trial is free: after 0, 0.25, 0.75, 1.75, 3.75, 7.75, then each five seconds.
    assert!((10..22).contains(&study.calls("ask")), "{:?}", study.journal);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_was_lost_stops_the_run() {
    let study = ScriptedStudy::of(1).failing("renew", &[ErrorKind::Connect, ErrorKind::Conflict]);
    let (stop, requests) = watch::channel(StopRequest::No);
    let plan = WorkPlan { parallel: 1, trials: 1, lease: LEASE, max_failures: 3 };
    let mut seen = Vec::new();
    let told = study.clone();
    // The other worker tells the trial while this one winds up.
    let run = move |trial: Trial, requests| {
        let told = told.clone();
        async move {
            let attempt = run(1000, requests).await;
            told.set(trial.id, TrialState::Told(1.0)).unwrap();
            attempt
        }
    };
    let result = work(study.clone(), run, plan, (&stop, requests), |event| seen.push(event)).await;
    assert!(result.is_ok() && matches!(outcomes(&seen)[..], [TrialOutcome::Lost(None)]), "{seen:?}");
    assert_eq!((study.calls("renew"), study.calls("release"), study.calls("tell")), (2, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_is_given_out_again_while_it_runs_here_runs_once() {
    let study = ScriptedStudy::of(2);
    let again = study.clone();
    tokio::spawn(async move {
        SystemClock::new().sleep(Duration::from_secs(10)).await;
        let open: Vec<_> = again.trials.lock().unwrap().keys().copied().collect();
        again.again.lock().unwrap().extend(open);
    });
    let (result, events) = worked(&study, 3, 100).await;
    assert_eq!((result, outcomes(&events).len()), (Ok(()), 2));
    assert!(study.again.lock().unwrap().is_empty(), "they were never given out again");
}

#[tokio::test(start_paused = true)]
async fn a_stop_gives_everything_back_and_asks_for_nothing_more() {
    let study = ScriptedStudy::of(9);
    let (stop, requests) = watch::channel(StopRequest::No);
    let plan = WorkPlan { parallel: 3, trials: 9, lease: LEASE, max_failures: 3 };
    let work = work(study.clone(), |_, requests| run(1000, requests), plan, (&stop, requests), drop);
    let interrupt = async {
        SystemClock::new().sleep(Duration::from_secs(1)).await;
        stop.send_replace(StopRequest::Gently);
    };
    assert!(tokio::join!(work, interrupt).0.is_ok());
    assert_eq!(study.count(|state| *state == TrialState::Released), 3);
    assert_eq!(study.calls("ask"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_trial_is_told_with_its_reason() {
    let study = ScriptedStudy::of(1);
    let (stop, requests) = watch::channel(StopRequest::No);
    let plan = WorkPlan { parallel: 1, trials: 1, lease: LEASE, max_failures: 3 };
    let run = |_, _| std::future::ready(outcome(RunOutcome::Failed("no luck".into())));
    work(study.clone(), run, plan, (&stop, requests), drop).await.unwrap();
    assert_eq!(study.count(|state| *state == TrialState::Failed("no luck".into())), 1);
}

/// Works with trials that fail unless their number is one of these; how it ended, and how many failed.
async fn failing_but_for(good: &'static [usize], total: u64) -> (WorkEnd, u64) {
    let study = ScriptedStudy::of(total);
    let (stop, requests) = watch::channel(StopRequest::No);
    let plan = WorkPlan { parallel: 1, trials: total, lease: LEASE, max_failures: 3 };
    let number = std::sync::atomic::AtomicUsize::new(0);
    let run = |_, _| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let failed = || RunOutcome::Failed(format!("no luck {number}"));
        std::future::ready(outcome(if good.contains(&number) { RunOutcome::Value(1.0) } else { failed() }))
    };
    let end = work(study.clone(), run, plan, (&stop, requests), drop).await.unwrap();
    (end, study.count(|state| matches!(state, TrialState::Failed(_))))
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_stop_this_worker_with_their_reasons() {
    let reasons = |numbers: [u32; 3]| WorkEnd::Failing(numbers.map(|number| format!("no luck {number}")).to_vec());
    assert_eq!(failing_but_for(&[], 100).await, (reasons([1, 2, 3]), 3));
    assert_eq!(failing_but_for(&[3, 6], 100).await, (reasons([7, 8, 9]), 7));
    assert_eq!(failing_but_for(&[3, 6], 8).await, (WorkEnd::Complete, 6));
}

#[tokio::test(start_paused = true)]
async fn a_space_that_is_used_up_ends_the_work_when_nothing_is_under_way() {
    let study = Arc::new(ScriptedStudy { total: 2, finite: true, ..ScriptedStudy::default() });
    let other = study.ask(1).await.unwrap().trials.remove(0);
    let later = study.clone();
    tokio::spawn(async move {
        SystemClock::new().sleep(Duration::from_secs(50)).await;
        later.set(other.id, TrialState::Told(1.0)).unwrap();
    });
    let (stop, requests) = watch::channel(StopRequest::No);
    let plan = WorkPlan { parallel: 2, trials: 3, lease: LEASE, max_failures: 3 };
    let start = tokio::time::Instant::now();
    let run = |_, requests| run(1, requests);
    assert_eq!(work(study.clone(), run, plan, (&stop, requests), drop).await.unwrap(), WorkEnd::Exhausted);
    assert!((50..60).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_refuses_the_ask_ends_the_work() {
    let study = ScriptedStudy::of(4).failing("ask", &[ErrorKind::NotFound]);
    assert_eq!(worked(&study, 2, 1).await.0, Err(ErrorKind::NotFound));
    // Too many open trials are no end: some of them will be done.
    let study = ScriptedStudy::of(4).failing("ask", &[ErrorKind::Conflict, ErrorKind::Conflict]);
    assert_eq!(worked(&study, 2, 1).await.0, Ok(()));
}

async fn calls(request: StopRequest, failures: u32, kind: ErrorKind) -> (Result<(), ErrorKind>, u32) {
    let (_sender, mut requests) = watch::channel(request);
    let made = Cell::new(0);
    let call = || {
        made.set(made.get() + 1);
        let result = if made.get() > failures { Ok(()) } else { Err(Error::new(kind, "scripted")) };
        std::future::ready(result)
    };
    let result = retry_while_away(&mut requests, call).await.map_err(|error| error.kind());
    (result, made.get())
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_comes_back_is_called_again() {
    let start = tokio::time::Instant::now();
    assert_eq!(calls(StopRequest::No, 7, ErrorKind::Connect).await, (Ok(()), 8));
    // 0.25, 0.5, 1, 2, 4, 5, 5 seconds.
    assert_eq!(start.elapsed().as_secs_f64().round(), 18.0);
}

#[tokio::test(start_paused = true)]
async fn retries_have_an_end() {
    let start = tokio::time::Instant::now();
    assert_eq!(calls(StopRequest::No, u32::MAX, ErrorKind::Server).await.0, Err(ErrorKind::Server));
    assert!((LONGEST_ABSENCE..LONGEST_ABSENCE + 2 * LONGEST_PAUSE).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_will_not_pass_is_said_at_once() {
    for kind in [ErrorKind::Conflict, ErrorKind::NotFound, ErrorKind::Unauthenticated, ErrorKind::Invalid] {
        assert_eq!(calls(StopRequest::No, 1, kind).await, (Err(kind), 1));
    }
    assert_eq!(calls(StopRequest::Gently, 9, ErrorKind::Connect).await, (Err(ErrorKind::Connect), 1));
}
