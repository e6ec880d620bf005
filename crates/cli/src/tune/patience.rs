//! Calls that outlast a hub that is away for a while.

use std::future::Future;
use std::time::Duration;

use mlhub::{Error, ErrorKind};
use tokio::sync::watch;

use super::attempt::{Halt, halted};
use crate::clock;

/// The first pause after a failure; each is twice as long as the one before.
const FIRST: Duration = Duration::from_millis(250);
/// The longest.
const LONGEST: Duration = Duration::from_secs(5);
/// How long a hub may be away: longer than a restart or an upgrade takes.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Growing pauses.
#[derive(Debug)]
pub(crate) struct Pauses {
    next: Duration,
    sum: Duration,
}

impl Pauses {
    /// From the shortest on.
    pub(crate) fn new() -> Pauses {
        Pauses { next: FIRST, sum: Duration::ZERO }
    }

    /// The next one.
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.sum += pause;
        self.next = (2 * pause).min(LONGEST);
        pause
    }
}

/// Calls until the hub answers, or work stops. A call that work's end finds waiting is made once more, so that it fails
/// with what is true then.
pub(crate) async fn patiently<T, F: Future<Output = Result<T, Error>>>(
    halt: &mut watch::Receiver<Halt>,
    mut call: impl FnMut() -> F,
) -> Result<T, Error> {
    let mut pauses = Pauses::new();
    loop {
        let error = match call().await {
            Err(error) if passes(&error) => error,
            result => return result,
        };
        if pauses.sum >= PATIENCE || *halt.borrow() != Halt::No {
            return Err(error);
        }
        tokio::select! {
            () = clock::sleep(pauses.next()) => {}
            _ = halted(halt, Halt::No) => {}
        }
    }
}

/// Whether it may go well later without anybody's doing.
fn passes(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Server | ErrorKind::RateLimited
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    async fn calls(halt: Halt, failures: u32, kind: ErrorKind) -> (Result<(), ErrorKind>, u32) {
        let (_sender, mut halt) = watch::channel(halt);
        let made = Cell::new(0);
        let call = || {
            made.set(made.get() + 1);
            let result = if made.get() > failures { Ok(()) } else { Err(Error::new(kind, "scripted")) };
            std::future::ready(result)
        };
        let result = patiently(&mut halt, call).await.map_err(|error| error.kind());
        (result, made.get())
    }

    #[tokio::test(start_paused = true)]
    async fn a_hub_that_comes_back_is_called_again() {
        let start = tokio::time::Instant::now();
        assert_eq!(calls(Halt::No, 7, ErrorKind::Connect).await, (Ok(()), 8));
        // 0.25, 0.5, 1, 2, 4, 5, 5 seconds.
        assert_eq!(start.elapsed().as_secs_f64().round(), 18.0);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_has_an_end() {
        let start = tokio::time::Instant::now();
        assert_eq!(calls(Halt::No, u32::MAX, ErrorKind::Server).await.0, Err(ErrorKind::Server));
        assert!((PATIENCE..PATIENCE + 2 * LONGEST).contains(&start.elapsed()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_not_pass_is_said_at_once() {
        for kind in [ErrorKind::Conflict, ErrorKind::NotFound, ErrorKind::Unauthenticated, ErrorKind::Invalid] {
            assert_eq!(calls(Halt::No, 1, kind).await, (Err(kind), 1));
        }
        assert_eq!(calls(Halt::Gently, 9, ErrorKind::Connect).await, (Err(ErrorKind::Connect), 1));
    }
}
