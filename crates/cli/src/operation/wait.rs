//! Wait for a job, with its progress in view of the user, who may detach at any time.

use std::time::Duration;

use clap::ArgMatches;
use indicatif::ProgressBar;
use mlhub::{ErrorKind, Op, Progress, RawCall, WaitHandle};
use serde_json::Value;

use super::context::PlatformContext;
use super::error::operation_error;
use super::options::{self, GOAL};
use super::reply_view::ReplyView;
use super::{arguments, columns};
use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::format::shell_word;
use crate::output::Out;
use crate::platforms;
use crate::platforms::client::PlatformClient;
use crate::profile::access::Access;

/// Tick of the spinner.
const TICK: Duration = Duration::from_millis(120);

/// Executes `PLATFORM GROUP wait`: for a job that is there already.
pub(crate) async fn run(context: &PlatformContext<'_>, group: &str, matches: &ArgMatches) -> CliResult {
    let nothing =
        || CliError::usage("nothing can be waited for there", format!("mlhub {} --help", context.platform.name));
    let op = context.platform.waiting(group).ok_or_else(nothing)?;
    let access = context.access()?;
    let client = platforms::connect(&access, op).await?;
    let call = arguments::fill(client.call(op), op, matches).await?;
    let goal = matches.get_one::<String>(GOAL).ok_or_else(nothing)?;
    let value = until(context, &access, call, op, goal, options::timeout(matches)).await?;
    ReplyView { context, op, fields: options::fields(matches) }.waited(value)
}

/// Calls an operation that starts a job, and waits for the job's end: the job, as it then is.
pub(crate) async fn finished(context: &PlatformContext<'_>, op: &'static Op, matches: &ArgMatches) -> CliResult<Value> {
    let access = context.access()?;
    let client = platforms::connect(&access, op).await?;
    let call = arguments::fill(client.call(op), op, matches).await?;
    let (job, _) = call.start(context.platform.ops).await.map_err(|error| operation_error(&access, op, &error))?;
    ended(context, &access, job, matches).await
}

/// Waits for the end of a job that was started.
pub(crate) async fn ended(
    context: &PlatformContext<'_>,
    access: &Access,
    job: RawCall,
    matches: &ArgMatches,
) -> CliResult<Value> {
    let op = job.op();
    until(context, access, job, op, options::default_goal(op, op.verb), options::timeout(matches)).await
}

/// Says how a job that was started can be waited for.
pub(crate) fn announce(context: &PlatformContext<'_>, access: &Access, job: RawCall) {
    let goal = options::default_goal(job.op(), job.op().verb);
    if let Ok(wait) = job.wait(context.platform.ops, goal) {
        context.out.notice(&format!("to wait for it: {}", resume_command(access, &wait.handle())));
    }
}

/// Waits until the goal is reached.
pub(super) async fn until(
    context: &PlatformContext<'_>,
    access: &Access,
    call: RawCall,
    op: &'static Op,
    goal: &str,
    timeout: Option<Duration>,
) -> CliResult<Value> {
    let wait = call.wait(context.platform.ops, goal).map_err(|error| operation_error(access, op, &error))?;
    let resume = resume_command(access, &wait.handle());
    watch(context, access, wait, op, resume, timeout).await
}

/// Waits, shows how it goes, and says how to resume: by the command `resume`.
pub(crate) async fn watch<V: Send + 'static>(
    context: &PlatformContext<'_>,
    access: &Access,
    wait: mlhub::Wait<'static, V>,
    op: &'static Op,
    resume: String,
    timeout: Option<Duration>,
) -> CliResult<V> {
    context.detach.set(resume.clone());
    let mut view = ProgressView::new(context.out);
    let wait = wait.on_progress(|progress| view.show(progress));
    let ended = match timeout {
        Some(timeout) => wait.timeout(timeout).await,
        None => wait.await,
    };
    view.end();
    ended.map_err(|error| match error.kind() {
        ErrorKind::Timeout => operation_error(access, op, &error).with_next(resume),
        _ => operation_error(access, op, &error),
    })
}

/// Command that resumes the wait.
pub(crate) fn resume_command(access: &Access, handle: &WaitHandle) -> String {
    format!("mlhub wait {}{}", shell_word(&handle.to_string()), access.options())
}

/// Call that polls what another call has begun: its path's parameters are those of the other call, and what is
/// missing is the id in its reply.
pub(super) fn follow(
    context: &PlatformContext<'_>,
    access: &Access,
    client: &dyn PlatformClient,
    (op, awaited): (&'static Op, &'static Op),
    matches: &ArgMatches,
    reply: Value,
) -> CliResult<RawCall> {
    let row = columns::content(op, reply);
    let id = columns::id(context.platform, awaited, &row);
    let mut call = client.call(awaited);
    let mut id = id.as_ref();
    for param in arguments::path_params(awaited) {
        let given = arguments::path_value(op, param.name, matches);
        let Some(value) = given.or_else(|| id.take().cloned()) else {
            let message = format!("the reply of {} does not say what to wait for", op.id);
            let next = format!("mlhub {} {} list{}", op.platform, op.group, access.options());
            return Err(CliError::new(Exit::Other, message, next));
        };
        call = call.arg(param.name, value);
    }
    Ok(call)
}

/// Progress view of a wait: a line that changes on a terminal, a line for each change elsewhere.
struct ProgressView<'a> {
    bar: ProgressBar,
    out: &'a Out,
    last: String,
}

impl ProgressView<'_> {
    fn new(out: &Out) -> ProgressView<'_> {
        let bar = if out.quiet() { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        bar.enable_steady_tick(TICK);
        ProgressView { bar, out, last: String::new() }
    }

    /// Shows how it goes now.
    fn show(&mut self, progress: &Progress) {
        self.bar.set_message(progress.to_string());
        if self.bar.is_hidden() {
            let state = (&progress.status, progress.fraction.map(|part| (part * 100.0) as u32), &progress.failure);
            let state = format!("{state:?}");
            if state != self.last {
                self.last = state;
                self.out.notice(&progress.to_string());
            }
        }
    }

    /// Takes the line away.
    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
