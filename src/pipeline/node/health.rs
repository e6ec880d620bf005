//! Node health: a circuit breaker, open while the node cools down, half-open for one probe.

use std::time::Duration;

/// The health state of a node at some moment, the likeliest to answer first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HealthState {
    /// Nothing speaks against it.
    Alive,
    /// Its cooldown is over and nobody has probed it yet.
    HalfOpen,
    /// It is left alone until its cooldown is over.
    CoolingDown,
    /// One attempt finds out whether it lives.
    Probing,
}

/// The health of a node. It starts alive.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// Failures in a row, those during a cooldown not counted: a cooldown grows by what
    /// a probe finds, not by how many calls were under way.
    failures: u32,
    /// When the cooldown is over.
    cooldown_ends: Duration,
    probing: bool,
    /// Counts the changes between life and cooldown. What an attempt from before a
    /// change finds out at its end says nothing about the time after it.
    generation: u64,
}

/// An attempt at the node, as its health remembers it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    generation: u64,
    probe: bool,
}

impl Health {
    pub(super) fn state(&self, now: Duration) -> HealthState {
        match () {
            () if self.failures == 0 => HealthState::Alive,
            () if self.probing => HealthState::Probing,
            () if self.cooldown_ends <= now => HealthState::HalfOpen,
            () => HealthState::CoolingDown,
        }
    }

    /// When the cooldown is over or was.
    pub(super) fn cooldown_ends(&self) -> Duration {
        self.cooldown_ends
    }

    /// An attempt begins; the first after a cooldown is the probe.
    pub(super) fn begin(&mut self, now: Duration) -> Ticket {
        let probe = self.state(now) == HealthState::HalfOpen;
        self.probing |= probe;
        Ticket { generation: self.generation, probe }
    }

    /// The node has answered, whenever the attempt began.
    pub(super) fn lives(&mut self) {
        if self.failures > 0 {
            *self = Health { generation: self.generation + 1, ..Health::default() };
        }
    }

    /// The attempt has failed by the node's fault; `cooldown` is how long to leave
    /// the node alone after so many failures. Says whether a cooldown begins.
    pub(super) fn fails(&mut self, ticket: Ticket, now: Duration, cooldown: impl FnOnce(u32) -> Duration) -> bool {
        let counts = ticket.generation == self.generation && (ticket.probe || self.failures == 0);
        if counts {
            let failures = self.failures.saturating_add(1);
            *self = Health {
                failures,
                cooldown_ends: now.saturating_add(cooldown(failures)),
                probing: false,
                generation: self.generation + 1,
            };
        }
        counts
    }

    /// The attempt has found nothing out, so another may.
    pub(super) fn release(&mut self, ticket: Ticket) {
        if ticket.probe && ticket.generation == self.generation {
            self.probing = false;
        }
    }
}
