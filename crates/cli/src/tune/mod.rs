//! `tune`: any command, tried with the values that a study proposes.

mod attempt;
mod child;
#[cfg(unix)]
pub(crate) mod guard;
#[cfg(feature = "hub")]
mod local;
mod output;
mod patience;
mod place;
mod progress;
mod remote;
mod report;
mod space;
mod study;
mod template;
mod value;
mod verdict;
mod words;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use mlhub::{Error, ErrorKind};
use tokio::sync::watch;

use crate::args::{Global, Tune};
use crate::direction::Direction;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::interrupt::Interrupts;
use crate::output::Out;
use attempt::{Halt, attempt, halted};
use child::Launch;
use place::Place;
use progress::Progress;
use remote::{Remote, Settings};
use report::Report;
use space::Space;
use study::Trial;
use template::Template;
use worker::{Event, Plan, work};

/// How long a worker may be silent before its trials are given to others: so much is lost when one is killed.
pub(crate) const LEASE: Duration = Duration::from_secs(60);

/// Runs the trials that the study still needs, and reports what came of all of them.
pub(crate) async fn run(options: &Tune, global: &Global, out: &Out) -> Result<(), Fault> {
    let space = Space::read(&options.space)?;
    let template = Template::new(&options.command, &space)?;
    let direction = if options.minimize { Direction::Minimize } else { Direction::Maximize };
    let (stop, halt) = listen()?;
    let place = unless_halted(halt.clone(), Place::open(options, global)).await?;
    let study = unless_halted(halt.clone(), open(&place, options, &space, direction)).await?;
    let points =
        unless_halted(halt.clone(), async { study.points().await.map_err(|error| place.fault(&error)) }).await?;
    let before = Report { space: &space, template: &template, direction, points };
    let mut progress = Progress::new(&space, direction, options.trials.into(), before.best(), out);
    let mut hurry = halt.clone();
    let plan = Plan { parallel: options.parallel, trials: options.trials.into(), lease: options.lease };
    let start = |trial: Trial, halt| {
        let launch = launch(&template, &trial, place.name());
        let limit = options.trial_timeout;
        async move { attempt(&launch, limit, halt).await }
    };
    let worked = work(Arc::new(study.clone()), start, plan, (&stop, halt), |event| progress.event(event)).await;
    progress.finish();
    // While trials run, what this worker told last may be in the hub's counts already. Now it is, all of it.
    if worked.is_ok() {
        tokio::select! {
            biased;
            _ = halted(&mut hurry, Halt::Gently) => {}
            // A hub that is away leaves what is known here.
            counts = study.counts() => counts.into_iter().for_each(|counts| progress.event(Event::Counts(counts))),
        }
    }
    let ended = match worked {
        Ok(()) if progress.finished() < plan.trials => Err(interrupted(&progress, &space, place.again(options))),
        Ok(()) => study.points().await.map_err(|error| place.fault(&error)),
        Err(error) => Err(given_up(&error, &place, options)),
    };
    // A study that nobody named has served its purpose when it is complete, or has not served at all.
    place.finish(ended.is_ok() || progress.finished() == 0).await?;
    Report { points: ended?, ..before }.print(&progress, out)
}

/// Opens the study and, where nobody else can be at work on it, gives back what a killed run had.
async fn open(place: &Place, options: &Tune, space: &Space, direction: Direction) -> Result<Remote, Fault> {
    let settings = Settings { name: place.name(), space, direction, seed: options.seed, lease: options.lease };
    let study = match Remote::open(place.client(), &settings, options.trials).await {
        Err(error) if error.kind() == ErrorKind::Conflict => return Err(other_settings(&error, place)),
        opened => opened.map_err(|error| place.fault(&error))?,
    };
    if place.is_exclusive() {
        study.release_all().await.map_err(|error| place.fault(&error))?;
    }
    Ok(study)
}

/// What is run for a trial.
fn launch(template: &Template, trial: &Trial, study: &str) -> Launch {
    let mut variables = template::variables(&trial.params);
    variables.push(("MLHUB_TRIAL".to_owned(), trial.id.to_string()));
    variables.push(("MLHUB_STUDY".to_owned(), study.to_owned()));
    Launch { command: template.command(&trial.params), variables }
}

/// Hears the first request to stop, and the second one, which is less patient.
fn listen() -> Result<(watch::Sender<Halt>, watch::Receiver<Halt>), Fault> {
    let mut interrupts = Interrupts::catch()?;
    let (stop, halt) = watch::channel(Halt::No);
    let sender = stop.clone();
    tokio::spawn(async move {
        interrupts.next().await;
        sender.send_replace(Halt::Gently);
        interrupts.next().await;
        sender.send_replace(Halt::AtOnce);
    });
    Ok((stop, halt))
}

/// What is only begun can be dropped.
async fn unless_halted<T>(
    mut halt: watch::Receiver<Halt>,
    what: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    tokio::select! {
        biased;
        _ = halted(&mut halt, Halt::No) => Err(Fault::interrupted()),
        result = what => result,
    }
}

fn interrupted(progress: &Progress, space: &Space, again: String) -> Fault {
    let best = match &progress.best {
        Some((value, params)) => {
            format!("; the best so far is {} with {}", words::number(*value), words::params(params, space))
        }
        None => String::new(),
    };
    let message = format!("interrupted after {} of {} trials{best}", progress.finished(), progress.trials());
    Fault::new(Exit::Interrupted, message, again)
}

/// The hub refuses, or was away for too long. What was told is there when it is tried again.
fn given_up(error: &Error, place: &Place, options: &Tune) -> Fault {
    match error.kind() {
        ErrorKind::Unauthenticated | ErrorKind::Forbidden => place.fault(error),
        kind => Fault::new(kind.into(), error.to_string(), place.again(options)),
    }
}

fn other_settings(error: &Error, place: &Place) -> Fault {
    let words = error.message().unwrap_or_else(|| error.detail());
    let message = format!("the study {:?} was begun with other settings: {words}", place.name());
    Fault::new(Exit::Conflict, message, "mlhub tune with another --name, to begin anew")
}
