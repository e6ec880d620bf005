//! Rate limit on logins: how many wrong passwords are allowed, and how long whoever sends more has to wait.
//!
//! Failures are counted by the address that the attempts come from, so that nobody can lock the owner of an account out
//! who logs in from elsewhere.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::is_ahead;

/// Number of failures of one account from one address that are free. People mistype, and try their other passwords.
const FREE: u32 = 5;
/// The wait after the last free one; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait: at four guesses an hour nobody gets anywhere.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// After how long without an attempt the failures of an account from an address are forgotten.
pub(crate) const QUIET: Duration = Duration::from_secs(60 * 60);
/// Number of failures of one address that are allowed over all accounts within [`WINDOW`].
const PER_ADDRESS: u32 = 100;
/// Window over which the failures of an address are counted together, from the first of them.
pub(crate) const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Window over which the accounts made from an address are counted together, from the first of them.
pub(crate) const SIGNUP_WINDOW: Duration = Duration::from_secs(60 * 60);

/// A count of failures or of accounts made, and the moment that says whether they still count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FailureCount {
    pub(crate) failures: u32,
    pub(crate) at: Timestamp,
}

impl FailureCount {
    /// Until when no account is made from an address that has made so many, where `allowed` are; else the count with one
    /// more at `now`.
    pub(crate) fn one_more_signup(counted: Option<Self>, allowed: u32, now: Timestamp) -> Result<Self, Timestamp> {
        match Self::within(counted, SIGNUP_WINDOW, now) {
            Some(counted) if counted.failures >= allowed => Err(after(counted.at, SIGNUP_WINDOW)),
            Some(counted) => Ok(Self { failures: counted.failures.saturating_add(1), ..counted }),
            None => Ok(Self { failures: 1, at: now }),
        }
    }

    /// What is left of it at `now`.
    fn within(counted: Option<Self>, span: Duration, now: Timestamp) -> Option<Self> {
        counted.filter(|counted| !is_ahead(counted.at, now) && now < after(counted.at, span))
    }
}

/// The failures so far from the address of an attempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LoginFailures {
    /// With the same account, and when the last of them was.
    pub(crate) account: Option<FailureCount>,
    /// With any account, and when the first of them was.
    pub(crate) address: Option<FailureCount>,
}

impl LoginFailures {
    /// Until when no password is checked, if that is later than `now`.
    pub(crate) fn held_until(&self, now: Timestamp) -> Option<Timestamp> {
        let account = FailureCount::within(self.account, QUIET, now);
        let account = account.and_then(|counted| Some(after(counted.at, wait(counted.failures)?)));
        let address = FailureCount::within(self.address, WINDOW, now).filter(|counted| counted.failures >= PER_ADDRESS);
        let address = address.map(|counted| after(counted.at, WINDOW));
        account.max(address).filter(|until| *until > now)
    }

    /// The same with one more at `now`.
    pub(crate) fn and_one_more(self, now: Timestamp) -> (FailureCount, FailureCount) {
        let count = |counted: Option<FailureCount>| counted.map_or(0, |counted| counted.failures).saturating_add(1);
        let address = FailureCount::within(self.address, WINDOW, now);
        let since = address.map_or(now, |counted| counted.at);
        (
            FailureCount { failures: count(FailureCount::within(self.account, QUIET, now)), at: now },
            FailureCount { failures: count(address), at: since },
        )
    }
}

/// The wait after so many failures; `None` where the next attempt is free.
fn wait(failures: u32) -> Option<Duration> {
    let doublings = failures.checked_sub(FREE)?;
    let wait = 2u32.checked_pow(doublings).and_then(|times| FIRST_WAIT.checked_mul(times));
    Some(wait.map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT)))
}

/// Times here lie near the present, so the end of time is never reached; it would hold for ever if it were.
fn after(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Fails at each of these seconds unless held; gives what was counted.
    fn fail(failures: LoginFailures, seconds: impl IntoIterator<Item = i64>) -> LoginFailures {
        seconds.into_iter().fold(failures, |failures, second| {
            assert_eq!(failures.held_until(at(second)), None, "at second {second}");
            let (account, address) = failures.and_one_more(at(second));
            LoginFailures { account: Some(account), address: Some(address) }
        })
    }

    #[test]
    fn five_failures_are_free_and_each_further_one_doubles_the_wait_up_to_a_quarter_of_an_hour() {
        let mut failures = fail(LoginFailures::default(), [0, 0, 0, 0, 0]);
        let mut now = 0;
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900] {
            assert_eq!(failures.held_until(at(now)), Some(at(now + wait)));
            assert_eq!(failures.held_until(at(now + wait - 1)), Some(at(now + wait)));
            now += wait;
            failures = fail(failures, [now]);
        }
        assert_eq!(wait(u32::MAX), Some(LONGEST_WAIT));
    }

    #[test]
    fn what_a_clock_counted_that_was_a_year_ahead_holds_nobody() {
        let year = 365 * 24 * 3600;
        let failures = fail(LoginFailures::default(), [year; 5]);
        assert!(failures.held_until(at(year)).is_some());
        assert_eq!(failures.held_until(at(0)), None);
        assert_eq!(failures.and_one_more(at(0)).0, FailureCount { failures: 1, at: at(0) });
        assert!(failures.held_until(at(year - 30)).is_some(), "another hub may be a little ahead");
    }

    #[test]
    fn accounts_are_counted_for_an_hour_from_the_first() {
        let two = FailureCount { failures: 2, at: at(0) };
        assert_eq!(FailureCount::one_more_signup(Some(two), 3, at(10)), Ok(FailureCount { failures: 3, at: at(0) }));
        assert_eq!(FailureCount::one_more_signup(Some(two), 2, at(10)), Err(at(3600)));
        assert_eq!(
            FailureCount::one_more_signup(Some(two), 2, at(3600)),
            Ok(FailureCount { failures: 1, at: at(3600) })
        );
    }

    #[test]
    fn an_hour_of_quiet_and_not_a_second_less_makes_all_free_again() {
        let failures = fail(LoginFailures::default(), [0, 0, 0, 0, 0, 1]);
        assert_eq!(failures.and_one_more(at(3600)).0.failures, 7);
        assert_eq!(failures.and_one_more(at(3601)).0.failures, 1);
    }

    #[test]
    fn a_hundred_failures_over_all_accounts_hold_an_address_until_a_quarter_of_an_hour_is_over() {
        let some = |failures| LoginFailures { account: None, address: Some(FailureCount { failures, at: at(0) }) };
        assert_eq!(some(99).held_until(at(899)), None);
        assert_eq!(some(100).held_until(at(10)), Some(at(900)));
        assert_eq!(some(100).held_until(at(900)), None);
        assert_eq!(some(99).and_one_more(at(899)).1, FailureCount { failures: 100, at: at(0) });
        assert_eq!(some(100).and_one_more(at(900)).1, FailureCount { failures: 1, at: at(900) });
    }
}
