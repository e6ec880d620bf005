//! Changes between two documents, ranked by what they do to a caller.

use std::collections::BTreeSet;
use std::fmt;

/// What a change does to a program that compiles today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    /// It may not compile, or its requests or replies no longer fit.
    Breaking,
    /// It compiles and is sent, retried, walked or waited for differently.
    Behaviour,
    /// There is more to call or read.
    Additive,
}

/// All that changes between two documents, each once.
#[derive(Debug, Default)]
pub(crate) struct Changes(pub(super) BTreeSet<(Effect, String)>);

impl Changes {
    pub(super) fn add(&mut self, effect: Effect, what: impl Into<String>) {
        self.0.insert((effect, what.into()));
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "nothing changes for callers");
        }
        for (effect, heading) in [
            (Effect::Breaking, "breaking: a program may not compile, or its requests or replies no longer fit"),
            (Effect::Behaviour, "behaviour: the same calls are carried out differently"),
            (Effect::Additive, "additive: there is more to call or read"),
        ] {
            let lines: Vec<_> = self.0.iter().filter(|(of, _)| *of == effect).collect();
            if !lines.is_empty() {
                writeln!(f, "{heading}")?;
            }
            for (_, line) in lines {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}
