//! Context of a platform's commands: the platform, the global options, the output.

use mlhub::Op;

use crate::command::{CommandContext, DetachHint};
use crate::error::{CliError, CliResult};
use crate::global::Global;
use crate::output::Out;
use crate::platform::Platform;
use crate::profile::access::Access;

/// Context of a platform's commands.
pub(crate) struct PlatformContext<'a> {
    pub(crate) platform: &'static Platform,
    pub(crate) global: &'a Global,
    pub(crate) out: &'a Out,
    pub(crate) detach: &'a DetachHint,
}

impl<'a> PlatformContext<'a> {
    /// Context of the commands of that platform.
    pub(crate) fn new(platform: &'static Platform, context: &CommandContext<'a>) -> PlatformContext<'a> {
        let CommandContext { global, out, detach, .. } = *context;
        PlatformContext { platform, global, out, detach }
    }

    /// Address and credential.
    pub(crate) fn access(&self) -> CliResult<Access> {
        Access::open(self.platform, self.global)
    }

    /// An operation that a command by hand rests on.
    pub(crate) fn op(&self, group: &str, verb: &str) -> CliResult<&'static Op> {
        self.platform.verb(group, verb).ok_or_else(|| {
            let name = self.platform.name;
            CliError::usage(format!("the document has no operation {group}_{verb}"), format!("mlhub ops {name}"))
        })
    }
}
