//! What a number stands for: a fault, an intensity, a class, nodes, a mode.

use std::time::Duration;

use mlhub::op::Op;

use crate::dice::Dice;
use crate::support::{KEYED, NEVER, READ, SAFE};

/// What goes wrong on the nodes in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Refuse,
    Reset,
    HangUp,
    StallBeforeHeaders,
    StallInBody,
    Slow,
    CutBody,
    Garbage,
    GarbledBody,
    Missing,
    Broken,
    Busy,
    ToldSeconds,
    ToldDate,
    Expired,
    Anything,
}

const TROUBLES: [Trouble; 16] = [
    Trouble::Refuse,
    Trouble::Reset,
    Trouble::HangUp,
    Trouble::StallBeforeHeaders,
    Trouble::StallInBody,
    Trouble::Slow,
    Trouble::CutBody,
    Trouble::Garbage,
    Trouble::GarbledBody,
    Trouble::Missing,
    Trouble::Broken,
    Trouble::Busy,
    Trouble::ToldSeconds,
    Trouble::ToldDate,
    Trouble::Expired,
    Trouble::Anything,
];

impl Trouble {
    /// What that is for one request.
    pub(super) fn one(self, dice: &mut Dice) -> Trouble {
        match self {
            Trouble::Anything => TROUBLES[dice.below(15) as usize],
            one => one,
        }
    }
}

/// How patient a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// As many attempts as the deadline holds, and no budget.
    Unlimited,
    /// A client that was told nothing.
    Defaults,
}

/// The bound on pauses and cooldowns of a client without limits.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(2);
pub(super) const MAX_COOLDOWN: Duration = Duration::from_secs(1);

impl Mode {
    pub(super) fn timeout(self) -> Duration {
        match self {
            Mode::Unlimited => Duration::from_secs(1),
            Mode::Defaults => Duration::from_secs(30),
        }
    }

    pub(super) fn deadline(self) -> Duration {
        match self {
            Mode::Unlimited => Duration::from_secs(60),
            Mode::Defaults => Duration::from_secs(120),
        }
    }
}

const INTENSITIES: [f64; 4] = [0.25, 0.5, 0.75, 1.0];
const MOST_NODES: u64 = 5;

/// Scenarios that differ in more than chance.
pub(super) const GRID: u64 = TROUBLES.len() as u64 * INTENSITIES.len() as u64 * 4 * MOST_NODES * 2;

/// The last trouble that ends, ends before this.
const LAST_TROUBLE: u64 = 30_000;

#[derive(Debug)]
pub(super) struct Scenario {
    pub(super) seed: u64,
    pub(super) trouble: Trouble,
    pub(super) intensity: f64,
    pub(super) op: &'static Op,
    pub(super) nodes: usize,
    pub(super) mode: Mode,
    /// For each node from when to when it is in trouble.
    pub(super) windows: Vec<(Duration, Duration)>,
    /// When calls begin.
    pub(super) starts: Vec<Duration>,
    pub(super) chance: f64,
}

impl Scenario {
    pub(super) fn new(seed: u64) -> Self {
        let mut rest = seed;
        let mut digit = |base: u64| {
            let digit = rest % base;
            rest /= base;
            digit as usize
        };
        let mode = [Mode::Unlimited, Mode::Defaults][digit(2)];
        let op = [&*READ, &*SAFE, &*NEVER, &*KEYED][digit(4)];
        let trouble = TROUBLES[digit(16)];
        let intensity = INTENSITIES[digit(4)];
        let nodes = 1 + digit(MOST_NODES);
        let mut dice = Dice::new(seed);
        let windows = (0..nodes).map(|_| window(&mut dice)).collect();
        // Pauses of nothing would be attempts without end. Eight calls at once repeat more than a budget would let them.
        let (calls, shortest) = if mode == Mode::Unlimited { (8, 0.5) } else { (3, 0.0) };
        let starts = (0..calls).map(|_| Duration::from_millis(dice.below(LAST_TROUBLE / 2))).collect();
        let chance = shortest + (1.0 - shortest) * dice.unit();
        Scenario { seed, trouble, intensity, op, nodes, mode, windows, starts, chance }
    }
}

/// One in six nodes has no trouble, one in three has nothing else.
fn window(dice: &mut Dice) -> (Duration, Duration) {
    match dice.below(6) {
        0 => (Duration::ZERO, Duration::ZERO),
        1 | 2 => (Duration::ZERO, Duration::MAX),
        _ => {
            let (a, b) = (dice.below(LAST_TROUBLE), dice.below(LAST_TROUBLE));
            (Duration::from_millis(a.min(b)), Duration::from_millis(a.max(b)))
        }
    }
}
