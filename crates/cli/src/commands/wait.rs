//! `wait`: resumes a wait by its handle.

use std::time::Duration;

use clap::Args;
use mlhub::WaitHandle;

use super::platform::overrides;
use crate::command::{Command, CommandContext};
use crate::error::{CliError, CliResult};
use crate::format::parse_duration;
use crate::operation::context::PlatformContext;
use crate::operation::error::operation_error;
use crate::operation::reply_view::ReplyView;
use crate::operation::wait::{resume_command, watch};
use crate::platforms;

/// Take up a wait that was left, by its handle
///
/// Ctrl-C in any wait leaves the job alone and prints its handle. Shows what the job gave, as the wait would have.
#[derive(Args, Debug)]
pub(crate) struct Wait {
    /// What the wait printed, such as `mlhub1:PLATFORM/..`
    handle: String,
    /// How long to wait at most, such as 90s or 1h30m
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    timeout: Option<Duration>,
    /// Show these fields; a dot steps into one, as in a.b
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    fields: Vec<String>,
}

impl Command for Wait {
    const NAME: &str = "wait";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let usage = |why: String| CliError::usage(why, "mlhub wait --help");
        let handle: WaitHandle = self.handle.parse().map_err(|error: mlhub::Error| usage(error.to_string()))?;
        let platform = platforms::find(handle.platform());
        let platform = platform.ok_or_else(|| usage(format!("there is no platform {:?}", handle.platform())))?;
        let op = platform.op(handle.op());
        let op = op.ok_or_else(|| usage(format!("{} has no operation {:?}", platform.name, handle.op())))?;
        let context = PlatformContext::new(platform, context);
        let own = overrides::resume(platform).filter(|_| self.fields.is_empty());
        if let Some(wait) = own.and_then(|own| own(&context, &handle, self.timeout)) {
            return wait.await;
        }
        let access = context.access()?;
        let client = platforms::connect(&access, op).await?;
        let wait = client
            .call(op)
            .held(&handle)
            .wait(platform.ops, handle.goal())
            .map_err(|error| operation_error(&access, op, &error))?;
        let resume = resume_command(&access, &wait.handle());
        let value = watch(&context, &access, wait, op, resume, self.timeout).await?;
        ReplyView { context: &context, op, fields: self.fields }.waited(value)
    }
}
