//! `call`: any operation of any document, its reply on stdout.

use clap::Args;
use mlhub::op::{BodyKind, ReplyKind};
use mlhub::{Op, RawCall};
use serde_json::Value;

use super::ops::unknown;
use crate::command::{Command, CommandContext};
use crate::error::{CliError, CliResult};
use crate::global::Format;
use crate::operation::arguments::call_by_name;
use crate::operation::body::{BodySource, parse_pair};
use crate::operation::run::stream;
use crate::operation::success::check;
use crate::output::Out;
use crate::platforms;
use crate::profile::access::Access;

/// Call any operation of a platform
///
/// Parameters are named as the platform's document names them, wherever they travel: in the path, the query or the
/// body. A value is what the document says: a text stays a text, whatever it looks like, and JSON is read where the
/// document leaves a part of the body open. A name given twice makes a list.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  mlhub call autotune experiment_list limit=5")]
pub(crate) struct Call {
    /// Which platform
    #[arg(value_parser = platforms::name_parser())]
    platform: String,
    /// Which operation; `mlhub ops PLATFORM` lists them
    operation: String,
    /// Parameters
    #[arg(value_name = "KEY=VALUE", value_parser = parse_pair)]
    parameters: Vec<(String, String)>,
    /// The body: JSON, a file as @FILE, or - for stdin
    #[arg(long, value_name = "JSON|@FILE|-")]
    body: Option<BodySource>,
}

impl Command for Call {
    const NAME: &str = "call";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let platform = platforms::named(&self.platform)?;
        let access = Access::open(platform, context.global)?;
        let op = platform.op(&self.operation).ok_or_else(|| unknown(platform, &self.operation))?;
        let help = format!("mlhub ops {} {}", platform.name, op.id);
        let body = match &self.body {
            Some(body) => Some(body.read().await?),
            None => None,
        };
        if body.is_some() && op.body == BodyKind::None {
            return Err(CliError::usage(format!("{} takes no body", op.id), help));
        }
        let client = platforms::connect(&access, op).await?;
        let call = call_by_name(client.call(op), op, &self.parameters, body);
        let call = call.map_err(|message| CliError::usage(message, help))?;
        print(&access, op, call, context.out).await
    }
}

/// Prints the reply's bytes, whole, once they are what the document says; or its value, where another form was asked for.
async fn print(access: &Access, op: &'static Op, call: RawCall, out: &Out) -> CliResult {
    let to_error = |error: mlhub::Error| access.error(&error);
    if matches!(op.reply, ReplyKind::Stream | ReplyKind::Text) {
        return stream(op, call, out, to_error).await;
    }
    if !out.quiet() && matches!(out.asked(), None | Some(Format::Json)) {
        let bytes = call.bytes().await.map_err(to_error)?;
        check(op, &bytes).map_err(to_error)?;
        out.bytes(&bytes)?;
        // A prompt belongs on a line of its own; in a pipe the bytes stay as they came.
        return if out.is_terminal() && !bytes.ends_with(b"\n") { out.text("\n") } else { Ok(()) };
    }
    let value: Value = call.send().await.map_err(to_error)?;
    out.value(&value)
}
