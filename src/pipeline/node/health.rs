//! Whether a node lives, as far as its answers say.

use std::time::Duration;

/// How a node stands at some moment, the likeliest to answer first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Nothing speaks against it.
    Alive,
    /// Its rest is over and nobody has tried it yet.
    Due,
    /// It is left alone.
    Resting,
    /// One attempt finds out whether it lives.
    OnTrial,
}

/// What is known about a node. It starts alive.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// Failures in a row, those during a rest not counted: a rest grows by what
    /// a trial finds, not by how many calls were under way.
    failures: u32,
    /// When the rest is over.
    wakes: Duration,
    on_trial: bool,
    /// Counts the changes between life and rest. What an attempt from before a
    /// change finds out at its end says nothing about the time after it.
    era: u64,
}

/// An attempt at the node, as its health remembers it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    era: u64,
    trial: bool,
}

impl Health {
    pub(super) fn standing(&self, now: Duration) -> Standing {
        match () {
            () if self.failures == 0 => Standing::Alive,
            () if self.on_trial => Standing::OnTrial,
            () if self.wakes <= now => Standing::Due,
            () => Standing::Resting,
        }
    }

    /// When the rest is over or was.
    pub(super) fn wakes(&self) -> Duration {
        self.wakes
    }

    /// An attempt begins; the first after a rest is the trial.
    pub(super) fn begin(&mut self, now: Duration) -> Ticket {
        let trial = self.standing(now) == Standing::Due;
        self.on_trial |= trial;
        Ticket { era: self.era, trial }
    }

    /// The node has answered, whenever the attempt began.
    pub(super) fn lives(&mut self) {
        if self.failures > 0 {
            *self = Health { era: self.era + 1, ..Health::default() };
        }
    }

    /// The attempt has failed by the node's fault; `rest` is how long to leave
    /// the node alone after so many failures. Says whether a rest begins.
    pub(super) fn fails(&mut self, ticket: Ticket, now: Duration, rest: impl FnOnce(u32) -> Duration) -> bool {
        let counts = ticket.era == self.era && (ticket.trial || self.failures == 0);
        if counts {
            let failures = self.failures.saturating_add(1);
            *self = Health { failures, wakes: now.saturating_add(rest(failures)), on_trial: false, era: self.era + 1 };
        }
        counts
    }

    /// The attempt has found nothing out, so another may.
    pub(super) fn gives_back(&mut self, ticket: Ticket) {
        if ticket.trial && ticket.era == self.era {
            self.on_trial = false;
        }
    }
}
