//! `ops`: operations of the platforms, and the parameters of one.

use clap::Args;
use mlhub::Op;
use mlhub::op::{BodyKind, ParamKind, ParamLocation};

use crate::command::{Command, CommandContext};
use crate::error::{CliError, CliResult};
use crate::output::Table;
use crate::platform::Platform;
use crate::platforms;

/// List the operations of the platforms, or what one of them takes
#[derive(Args, Debug)]
pub(crate) struct Ops {
    /// Which platform; all of them otherwise
    #[arg(value_parser = platforms::name_parser())]
    platform: Option<String>,
    /// The operation whose parameters are listed
    operation: Option<String>,
}

impl Command for Ops {
    const NAME: &str = "ops";

    async fn exec(self, context: &CommandContext<'_>) -> CliResult {
        let platform = self.platform.as_deref();
        if let (Some(platform), Some(id)) = (platform.and_then(platforms::find), &self.operation) {
            let op = platform.op(id).ok_or_else(|| unknown(platform, id))?;
            return context.out.table(&parameters(op));
        }
        context.out.table(&operations(platforms::one_or_all(platform)))
    }
}

fn operations(platforms: impl Iterator<Item = &'static Platform>) -> Table {
    let mut table = Table::new(["operation", "platform", "method", "path", "command", "summary"]);
    for op in platforms.flat_map(|platform| platform.ops) {
        let method = op.method.as_str().into();
        let command = format!("mlhub {} {} {}", op.platform, op.group, op.verb).into();
        table.row([op.id.into(), op.platform.into(), method, op.path.into(), command, op.summary.into()]);
    }
    table
}

fn parameters(op: &Op) -> Table {
    let mut table = Table::new(["parameter", "place", "required", "list", "kind", "description"]);
    for param in op.params {
        let place = match param.place {
            ParamLocation::Path => "path",
            ParamLocation::Query => "query",
            ParamLocation::Header => "header",
            ParamLocation::Body => "body",
        };
        let list = param.list || param.join.is_some();
        let kind = kind(param.kind).into();
        table.row([param.name.into(), place.into(), param.required.into(), list.into(), kind, param.doc.into()]);
    }
    if !matches!(op.body, BodyKind::None | BodyKind::Params)
        && !op.params.iter().any(|param| param.place == ParamLocation::Body)
    {
        let description = "the whole body, as the document has it";
        table.row(["--body".into(), "body".into(), true.into(), false.into(), "json".into(), description.into()]);
    }
    table
}

fn kind(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Text => "text",
        ParamKind::Id => "id",
        ParamKind::Integer => "integer",
        ParamKind::Number => "number",
        ParamKind::Boolean => "boolean",
        ParamKind::Json => "json",
    }
}

/// Error of an operation that is not there, with those that sound like it.
pub(super) fn unknown(platform: &Platform, id: &str) -> CliError {
    let parts: Vec<&str> = id.split(['_', '-', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let shares = |op: &&Op| parts.iter().any(|part| op.id.split('_').any(|own| own == *part));
    let near: Vec<_> = platform.ops.iter().filter(shares).map(|op| op.id).collect();
    let hint = if near.is_empty() { String::new() } else { format!("; there is {}", near.join(", ")) };
    let message = format!("{} has no operation {id:?}{hint}", platform.name);
    CliError::usage(message, format!("mlhub ops {}", platform.name))
}
