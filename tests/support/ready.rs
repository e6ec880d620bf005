//! Waits for what happens outside of this program or in real time: bounded, and
//! nowhere else.

use std::time::Duration;

/// How often, and how many times: two minutes, which is long on a machine that
/// is busy with other tests.
const PAUSE: Duration = Duration::from_millis(5);
const TIMES: usize = 24_000;

/// Waits until that is so.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "no event tells what another process has done")]
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..TIMES {
        if so() {
            return;
        }
        std::thread::sleep(PAUSE);
    }
    panic!("never came about: {what}");
}
