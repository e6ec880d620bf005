//! Waits for jobs, in sight of the user, who may leave at any time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::ArgMatches;
use indicatif::ProgressBar;
use mlhub::{ErrorKind, Op, Progress, RawCall, WaitHandle};
use serde_json::Value;

use super::show::Shown;
use super::tree::{GOAL, TIMEOUT};
use super::{Context, flags, hand, help, rows, tree, verb};
use crate::args::{self, Global};
use crate::fault::Fault;
use crate::output::Out;
use crate::platforms::{self, Client};
use crate::profile::Access;

/// How often the sign of life turns.
const TICK: Duration = Duration::from_millis(120);

/// How a wait that is left is taken up again.
#[derive(Debug, Default)]
pub(crate) struct Leave(Mutex<Option<String>>);

impl Leave {
    /// From now on there is something to come back to.
    pub(crate) fn by(&self, command: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(command);
    }

    /// Ctrl-C.
    pub(crate) fn interrupted(&self) -> Fault {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(command) => Fault::left(command),
            None => Fault::interrupted(),
        }
    }
}

/// `PLATFORM GROUP wait`: a job that is there already.
pub(super) async fn run(context: &Context<'_>, group: &str, matches: &ArgMatches) -> Result<(), Fault> {
    let nothing = || Fault::usage("nothing can be waited for there", format!("mlhub {} --help", context.platform.name));
    let op = context.platform.waiting(group).ok_or_else(nothing)?;
    let access = context.access()?;
    let client = platforms::connect(&access, op).await?;
    let call = flags::fill(client.call(op), op, matches).await?;
    let goal = matches.get_one::<String>(GOAL).ok_or_else(nothing)?;
    let value = wait(context, &access, call, op, goal, matches.get_one(TIMEOUT).copied()).await?;
    Shown { context, op, fields: verb::fields(matches) }.waited(value)
}

/// `wait HANDLE`: a wait that was left.
pub(crate) async fn resume(options: &args::Wait, global: &Global, out: &Out) -> Result<(), Fault> {
    let leave = Leave::default();
    tokio::select! {
        // In this order: Ctrl-C is caught before the command begins.
        biased;
        Ok(()) = tokio::signal::ctrl_c() => Err(leave.interrupted()),
        result = take_up(options, global, out, &leave) => result,
    }
}

async fn take_up(options: &args::Wait, global: &Global, out: &Out, leave: &Leave) -> Result<(), Fault> {
    let odd = |why: String| Fault::usage(why, "mlhub wait --help");
    let handle: WaitHandle = options.handle.parse().map_err(|error: mlhub::Error| odd(error.to_string()))?;
    let platform = platforms::find(handle.platform());
    let platform = platform.ok_or_else(|| odd(format!("there is no platform {:?}", handle.platform())))?;
    let op =
        platform.op(handle.op()).ok_or_else(|| odd(format!("{} has no operation {:?}", platform.name, handle.op())))?;
    let context = Context { platform, global, out, leave };
    let own = hand::resume(platform).filter(|_| options.fields.is_empty());
    if let Some(wait) = own.and_then(|own| own(&context, &handle, options.timeout)) {
        return wait.await;
    }
    let access = context.access()?;
    let client = platforms::connect(&access, op).await?;
    let wait = client.resume(op, platform.ops, &handle).map_err(|error| help::fault(&access, op, &error))?;
    let back = back(&access, &wait.handle());
    let value = watch(&context, &access, wait, op, back, options.timeout).await?;
    Shown { context: &context, op, fields: options.fields.clone() }.waited(value)
}

/// Calls an operation that starts a job, and waits for the job's end: the job, as it then is.
pub(crate) async fn finished(context: &Context<'_>, op: &'static Op, matches: &ArgMatches) -> Result<Value, Fault> {
    let access = context.access()?;
    let client = platforms::connect(&access, op).await?;
    let call = flags::fill(client.call(op), op, matches).await?;
    let (job, _) = call.start(context.platform.ops).await.map_err(|error| help::fault(&access, op, &error))?;
    ended(context, &access, job, matches).await
}

/// Waits for the end of a job that was started.
pub(crate) async fn ended(
    context: &Context<'_>,
    access: &Access,
    job: RawCall,
    matches: &ArgMatches,
) -> Result<Value, Fault> {
    let op = job.op();
    let timeout = matches.try_get_one(TIMEOUT).ok().flatten().copied();
    wait(context, access, job, op, tree::goal(op, op.verb), timeout).await
}

/// Says how a job that was started can be waited for.
pub(crate) fn announce(context: &Context<'_>, access: &Access, job: RawCall) {
    let goal = tree::goal(job.op(), job.op().verb);
    if let Ok(wait) = job.wait(context.platform.ops, goal) {
        context.out.notice(&format!("to wait for it: {}", back(access, &wait.handle())));
    }
}

/// Waits until the goal is reached.
pub(super) async fn wait(
    context: &Context<'_>,
    access: &Access,
    call: RawCall,
    op: &'static Op,
    goal: &str,
    timeout: Option<Duration>,
) -> Result<Value, Fault> {
    let wait = call.wait(context.platform.ops, goal).map_err(|error| help::fault(access, op, &error))?;
    let back = back(access, &wait.handle());
    watch(context, access, wait, op, back, timeout).await
}

/// Waits, shows how it goes, and says how to come back: by the command `back`.
pub(crate) async fn watch<V: Send + 'static>(
    context: &Context<'_>,
    access: &Access,
    wait: mlhub::Wait<'static, V>,
    op: &'static Op,
    back: String,
    timeout: Option<Duration>,
) -> Result<V, Fault> {
    context.leave.by(back.clone());
    let mut sight = Sight::new(context.out);
    let wait = wait.on_progress(|progress| sight.show(progress));
    let ended = match timeout {
        Some(timeout) => wait.timeout(timeout).await,
        None => wait.await,
    };
    sight.end();
    ended.map_err(|error| match error.kind() {
        ErrorKind::Timeout => help::fault(access, op, &error).next(back),
        _ => help::fault(access, op, &error),
    })
}

/// The command that takes the wait up again.
fn back(access: &Access, handle: &WaitHandle) -> String {
    let handle = handle.to_string();
    let quoted = shlex::try_quote(&handle).map(|quoted| quoted.into_owned()).unwrap_or_default();
    format!("mlhub wait {quoted}{}", access.again())
}

/// The call that waits for what another call has begun: its path's parameters are those of the other call, and what is
/// missing is the id in its reply.
pub(super) fn follow(
    context: &Context<'_>,
    access: &Access,
    client: &dyn Client,
    (op, awaited): (&'static Op, &'static Op),
    matches: &ArgMatches,
    reply: Value,
) -> Result<RawCall, Fault> {
    let row = rows::inside(op, reply);
    let id = rows::id(context.platform, awaited, &row);
    let mut call = client.call(awaited);
    let mut id = id.as_ref();
    for param in flags::in_order(awaited) {
        let given = flags::text(op, param.name, matches);
        let Some(value) = given.or_else(|| id.take().cloned()) else {
            let message = format!("the reply of {} does not say what to wait for", op.id);
            let next = format!("mlhub {} {} list{}", op.platform, op.group, access.again());
            return Err(Fault::new(crate::exit::Exit::Other, message, next));
        };
        call = call.arg(param.name, value);
    }
    Ok(call)
}

/// What is seen of a wait: a line that changes on a terminal, a line for each change elsewhere.
pub(crate) struct Sight<'a> {
    bar: ProgressBar,
    out: &'a Out,
    last: String,
}

impl Sight<'_> {
    /// Nothing to be seen yet.
    pub(crate) fn new(out: &Out) -> Sight<'_> {
        let bar = if out.quiet() { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        bar.enable_steady_tick(TICK);
        Sight { bar, out, last: String::new() }
    }

    /// How it goes now.
    pub(crate) fn show(&mut self, progress: &Progress) {
        self.bar.set_message(progress.to_string());
        if self.bar.is_hidden() {
            let state = (&progress.status, progress.fraction.map(|part| (part * 100.0) as u32), &progress.trouble);
            let state = format!("{state:?}");
            if state != self.last {
                self.last = state;
                self.out.notice(&progress.to_string());
            }
        }
    }

    /// Takes the line away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
