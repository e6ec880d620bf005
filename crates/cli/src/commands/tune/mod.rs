//! `tune`: any command, tried with the values that a study proposes.

mod heartbeat;
#[cfg(feature = "hub")]
mod local_study;
mod object_scanner;
mod process;
#[cfg(unix)]
mod process_tree;
pub(crate) mod progress;
mod report;
mod secret_variables;
mod space;
mod study;
mod study_location;
#[cfg(unix)]
pub(crate) mod supervisor;
mod template;
mod trial;
mod trial_output;
mod trial_result;
#[cfg(not(unix))]
mod unsupervised_process;
mod worker;

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use mlhub::{Error, ErrorKind};
use tokio::sync::watch;

use crate::command::{Command, CommandContext};
use crate::direction::Direction;
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::format::{self, parse_duration, parse_seconds, shell_line};
use crate::signals::StopSignals;
use progress::StudyProgress;
use report::StudyReport;
use space::Space;
use study::{HubStudy, StudySettings};
use study_location::StudyLocation;
use template::Template;
use trial::{StopRequest, runner, stop_requested};
use worker::{WorkEnd, WorkEvent, WorkPlan, work};

/// Default lease.
const LEASE: &str = "60s";
/// Default number of failures in a row that stop a worker: a search finds a corner where some fail, a command that is broken
/// fails each time.
const MAX_FAILURES: usize = 10;

/// Reasons of failures that are shown, the most frequent ones.
const REASONS: usize = 3;

/// Help text beyond the options. Each paragraph is one line, for the width of the terminal to break.
const HELP: &str = "\
In COMMAND, `{name}` is the value of that variable, whatever its name, also within a word; other braces beside one are \
doubled, `{{` and `}}`. Braces that are no such name but could be one are refused; those of other languages, as in \
'{ print $1 }', are left as they are. Of a cat with `flag: true` the empty option leaves out a word that is its name alone.

MLHUB_PARAM_<NAME> is upper case, with `_` for what is no letter or digit of ASCII; the later of two that would be the same \
has `_2` behind it. MLHUB_TRIAL is the id of the trial, MLHUB_STUDY the name of the study. Tokens, passwords and keys of this \
program are not in a trial's environment.

A study on this machine is the file NAME.sqlite in $XDG_DATA_HOME/mlhub/studies (~/.local/share/mlhub/studies), with \
NAME.key and NAME.lock beside it. Started again with the same name, it runs the trials that are missing; a study without a \
name is removed when it is complete. On a hub (`mlhub serve`), several machines share a study by its name; what a worker \
had that was killed is tried again after --lease.

Every trial is a process group of its own. What is too late, interrupted or left behind is sent SIGTERM, and SIGKILL five \
seconds later. Ctrl-C gives the open trials back; a second one does not wait.

Example:
  mlhub tune --space space.yaml --trials 30 --parallel 2 --minimize -- python train.py --lr {lr} --layers {layers}";

/// Tune any command, in any language
///
/// Each trial runs COMMAND with values in place of `{name}` and in variables `MLHUB_PARAM_<NAME>`, never through a
/// shell. Its value is the last thing on its stdout that is a line with a number, or a JSON object with `value`. A trial
/// that ends with another exit code than 0, takes too long, prints no value, or one last that is not finite or cannot be
/// read, has failed, and the search goes on without it.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = HELP)]
pub(crate) struct Tune {
    /// What is tuned, in YAML or JSON
    ///
    /// A map of name to `{type: int|cont|cat, min, max, guess, options, log, step, flag}`; a cat has options, the others min
    /// and max; guess, log, step and flag may be left out. Options are words as they are written: 3.10, 001, True.
    #[arg(long, value_name = "FILE")]
    space: PathBuf,
    /// How many trials the study is to have, those that failed included
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    trials: u32,
    /// How many trials run at once
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    parallel: u32,
    /// Look for the greatest value; this is the default
    #[arg(long, conflicts_with = "minimize")]
    maximize: bool,
    /// Look for the least value
    #[arg(long)]
    minimize: bool,
    /// Seed of the search: with one trial at a time, the same seed tries the same points
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(i64).range(0..))]
    seed: Option<i64>,
    /// Name of the study, which is kept and gone on with when it is named again
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Hub on which the study lies, for several machines; else it lies on this one
    #[arg(long, value_name = "URL")]
    hub: Option<String>,
    /// How long a trial may take, such as 90s or 1h30m
    ///
    /// One that takes longer is stopped and counts as failed.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    trial_timeout: Option<Duration>,
    /// After how many failures in a row this worker stops, with their reasons; 0 never
    #[arg(long, value_name = "N", default_value_t = MAX_FAILURES)]
    max_failures: usize,
    /// Try the trials again that have failed so far, with the same values
    #[arg(long)]
    retry_failed: bool,
    /// How long a worker may be silent before its trials are given to others
    #[arg(long, value_name = "DURATION", value_parser = lease, default_value = LEASE)]
    lease: Duration,
    /// The command, with `{name}` where a value goes
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

fn lease(text: &str) -> Result<Duration, String> {
    parse_seconds(text).ok_or_else(|| "hubs count in whole seconds, so it is one at least, such as 60s".to_owned())
}

impl Command for Tune {
    const NAME: &str = "tune";
    /// Ctrl-C is how its trials are asked to stop.
    const HANDLES_CTRL_C: bool = true;

    /// Runs the trials that the study still needs, and reports what came of all of them.
    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let space = Space::read(&self.space)?;
        let template = Template::new(&self.command, &space)?;
        let direction = if self.minimize { Direction::Minimize } else { Direction::Maximize };
        let (stop, requests) = listen()?;
        let opening = StudyLocation::open(self.hub.as_ref(), self.name.as_ref(), context.global);
        let location = unless_stopped(requests.clone(), opening).await?;
        let study = unless_stopped(requests.clone(), self.open(&location, &space, direction)).await?;
        let told = async { study.told_trials().await.map_err(|error| location.error(&error)) };
        let before = StudyReport {
            space: &space,
            template: &template,
            direction,
            told: unless_stopped(requests.clone(), told).await?,
        };
        let mut progress = StudyProgress::new(&space, direction, self.trials.into(), before.best(), context.out);
        let mut hurry = requests.clone();
        let (parallel, trials) = (self.parallel, self.trials.into());
        let plan = WorkPlan { parallel, trials, lease: self.lease, max_failures: self.max_failures };
        let run = runner(&template, &location.name, self.trial_timeout);
        let worked = work(Arc::new(study.clone()), run, plan, (&stop, requests), progress.observer()).await;
        progress.finish();
        // While trials run, what this worker told last may be in the hub's counts already. Now it is, all of it.
        if worked.is_ok() {
            tokio::select! {
                biased;
                _ = stop_requested(&mut hurry, StopRequest::Gently) => {}
                // A hub that is away leaves what is known here.
                counts = study.counts() => {
                    counts.into_iter().for_each(|counts| progress.show(WorkEvent::Counts(counts)));
                }
            }
        }
        if matches!(worked, Ok(WorkEnd::Exhausted)) {
            let tried = progress.finished();
            context.out.notice(&format!("every point of the space was tried, so there are {tried} trials and no more"));
        }
        let failing_here = matches!(worked, Ok(WorkEnd::Failing(_)));
        let ended = match worked {
            Ok(WorkEnd::Stopped) if progress.finished() < plan.trials => {
                Err(interrupted(&progress, &space, self.resume_command(&location)))
            }
            Ok(WorkEnd::Failing(reasons)) => {
                let retry = Tune { retry_failed: true, ..self.clone() };
                Err(failing(&reasons, &progress, retry.resume_command(&location)))
            }
            Ok(_) => self.report(&study, &mut progress, before).await.map_err(|error| location.error(&error)),
            Err(error) => Err(self.given_up(&error, &location)),
        };
        let printed = ended.and_then(|report| report.print(&progress, context.out).map(|()| report));
        // A study that nobody named has served its purpose when its report is out, or has not served at all.
        let served = printed.is_ok() || progress.finished() == 0;
        let kept = !served && self.name.is_none();
        let resume = self.resume_command(&location);
        if kept {
            context.out.notice(&format!("the study is kept as {:?}", location.name));
        }
        location.finish(served).await?;
        match printed {
            Ok(report) => report.verdict(&progress),
            // What tries again what has failed is a next step of its own.
            Err(error) if kept && !failing_here => Err(error.with_next(resume)),
            Err(error) => Err(error),
        }
    }
}

impl Tune {
    /// Opens the study and, where nobody else can be at work on it, gives back what a killed run had.
    async fn open(&self, location: &StudyLocation, space: &Space, direction: Direction) -> CliResult<HubStudy> {
        let name = &location.name;
        let settings = StudySettings { name, space, direction, seed: self.seed, lease: self.lease };
        let study = match HubStudy::open(location.client.clone(), &settings, self.trials).await {
            Err(error) if error.kind() == ErrorKind::Conflict => return Err(other_settings(&error, name)),
            Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Request) => {
                let words = error.message().unwrap_or_else(|| error.detail());
                let message = format!("{}: the hub does not take it: {words}", self.space.display());
                return Err(CliError::usage(message, "mlhub tune --help"));
            }
            opened => opened.map_err(|error| location.error(&error))?,
        };
        if location.is_exclusive() {
            study.release_all().await.map_err(|error| location.error(&error))?;
        }
        if self.retry_failed {
            study.retry_failed().await.map_err(|error| location.error(&error))?;
        }
        Ok(study)
    }

    /// What came of all trials; where none of them failed here, the hub knows of one that did.
    async fn report<'a>(
        &self,
        study: &HubStudy,
        progress: &mut StudyProgress<'_>,
        before: StudyReport<'a>,
    ) -> Result<StudyReport<'a>, Error> {
        let told = study.told_trials().await?;
        if told.is_empty() && progress.last_failure.is_none() {
            progress.last_failure = study.failed_trials().await?.pop();
        }
        Ok(StudyReport { told, ..before })
    }

    /// Command that goes on with this study.
    fn resume_command(&self, location: &StudyLocation) -> String {
        let mut words: Vec<Cow<'_, str>> = vec!["mlhub".into(), "tune".into()];
        let mut option = |name: &'static str, value: Option<String>| {
            if let Some(value) = value {
                words.extend([name.into(), value.into()]);
            }
        };
        option("--name", Some(location.name.clone()));
        option("--space", Some(self.space.display().to_string()));
        option("--trials", Some(self.trials.to_string()));
        option("--parallel", Some(self.parallel.to_string()));
        option("--hub", location.shared_hub().map(str::to_owned));
        option("--seed", self.seed.map(|seed| seed.to_string()));
        option("--trial-timeout", self.trial_timeout.map(format::duration));
        option(
            "--max-failures",
            Some(self.max_failures).filter(|most| *most != MAX_FAILURES).map(|most| most.to_string()),
        );
        option("--lease", Some(self.lease).filter(|time| Ok(*time) != lease(LEASE)).map(format::duration));
        words.extend(self.minimize.then_some("--minimize".into()));
        words.extend(self.retry_failed.then_some("--retry-failed".into()));
        words.push("--".into());
        shell_line(words.into_iter().chain(self.command.iter().map(|word| word.to_string_lossy())))
    }

    /// The hub refuses, or was away for too long. What was told is there when it is tried again.
    fn given_up(&self, error: &Error, location: &StudyLocation) -> CliError {
        match error.kind() {
            ErrorKind::Unauthenticated | ErrorKind::Forbidden => location.error(error),
            kind => CliError::new(kind.into(), error.to_string(), self.resume_command(location)),
        }
    }
}

/// Hears the first request to stop, and the second one, which is less patient.
fn listen() -> Result<(watch::Sender<StopRequest>, watch::Receiver<StopRequest>), CliError> {
    let mut signals = StopSignals::catch()?;
    let (stop, requests) = watch::channel(StopRequest::No);
    let sender = stop.clone();
    tokio::spawn(async move {
        signals.next().await;
        sender.send_replace(StopRequest::Gently);
        signals.next().await;
        sender.send_replace(StopRequest::AtOnce);
    });
    Ok((stop, requests))
}

/// What is only begun can be dropped.
async fn unless_stopped<T>(
    mut requests: watch::Receiver<StopRequest>,
    what: impl Future<Output = CliResult<T>>,
) -> CliResult<T> {
    tokio::select! {
        biased;
        _ = stop_requested(&mut requests, StopRequest::No) => Err(CliError::interrupted()),
        result = what => result,
    }
}

fn interrupted(progress: &StudyProgress, space: &Space, next: String) -> CliError {
    let best = match &progress.best {
        Some((value, params)) => {
            format!("; the best so far is {} with {}", format::number(*value), space.describe(params))
        }
        None => String::new(),
    };
    let message = format!("interrupted after {} of {} trials{best}", progress.finished(), progress.trials());
    CliError::new(Exit::Interrupted, message, next)
}

/// Trials fail one after another, so it is the command or this machine, and not the values.
fn failing(reasons: &[String], progress: &StudyProgress, next: String) -> CliError {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for reason in reasons {
        match counts.iter_mut().find(|(other, _)| other == reason) {
            Some((_, count)) => *count += 1,
            None => counts.push((reason, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let each =
        counts.iter().take(REASONS).map(|(reason, count)| format!("\n  {count} times: {}", format::one_line(reason)));
    let message = format!(
        "{} trials in a row failed here, so this worker stops after {} of {} trials:{}",
        reasons.len(),
        progress.finished(),
        progress.trials(),
        each.collect::<String>()
    );
    CliError::new(Exit::Failed, message, next)
}

fn other_settings(error: &Error, name: &str) -> CliError {
    let words = error.message().unwrap_or_else(|| error.detail());
    let message = format!("the study {name:?} was begun with other settings: {words}");
    CliError::new(Exit::Conflict, message, "mlhub tune with another --name, to begin anew")
}
