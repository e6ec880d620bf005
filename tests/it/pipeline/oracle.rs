//! What holds for every call, whatever the service does: judged by the journal
//! and the script alone.

use std::time::Duration;

use mlhub::op::{Op, RetryClass};
use mlhub::testing::{Lab, Reply, SeenRequest};
use proptest::prelude::*;

use crate::support::{KEYED, NEVER, READ, SAFE, builder, call};

/// What the service does with one request.
#[derive(Clone, Copy, Debug)]
enum Act {
    Good,
    Status(u16, Option<u64>),
    Cut,
    Reset,
    Hang,
    NoConnection,
}

impl Act {
    fn reply(self) -> Reply {
        match self {
            Act::Good => Reply::json(&1),
            Act::Status(status, None) => Reply::status(status),
            Act::Status(status, Some(wait)) => Reply::status(status).header("retry-after", &wait.to_string()),
            Act::Cut => Reply::json(&1).cut(),
            Act::Reset => Reply::reset(),
            Act::Hang => Reply::hang(),
            Act::NoConnection => Reply::no_connection(),
        }
    }

    /// Whether another request may follow on this one, for a call of that class
    /// that does not ask for timeouts to be repeated.
    fn may_be_followed(self, class: RetryClass) -> bool {
        match self {
            Act::NoConnection => true,
            Act::Status(429, Some(_)) => true,
            Act::Good | Act::Hang => false,
            _ if class == RetryClass::Never => false,
            Act::Cut | Act::Reset => true,
            Act::Status(status, _) => [408, 429, 502, 503, 504].contains(&status),
        }
    }

    /// How long the next request has to wait at least.
    fn asks_for(self) -> Duration {
        match self {
            Act::Status(_, Some(wait)) => Duration::from_secs(wait),
            _ => Duration::ZERO,
        }
    }
}

fn any_act() -> impl Strategy<Value = Act> {
    let status = proptest::sample::select(vec![400, 401, 404, 408, 409, 429, 500, 501, 502, 503, 504]);
    prop_oneof![
        1 => Just(Act::Good),
        6 => (status, proptest::option::of(0u64..60)).prop_map(|(status, wait)| Act::Status(status, wait)),
        1 => Just(Act::Cut),
        1 => Just(Act::Reset),
        1 => Just(Act::Hang),
        1 => Just(Act::NoConnection),
    ]
}

fn any_op() -> impl Strategy<Value = &'static Op> {
    proptest::sample::select(vec![&*READ, &*SAFE, &*NEVER, &*KEYED])
}

/// Runs one call against the script. Requests that found no connection are not
/// in the journal.
fn journal(op: &'static Op, script: &[Act]) -> Result<Vec<SeenRequest>, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    runtime.block_on(async {
        let lab = Lab::new();
        for act in script {
            lab.then(act.reply());
        }
        let _ = call(&builder(&lab).build()?, op).await;
        Ok(lab.seen())
    })
}

proptest! {
    #![proptest_config(crate::dice::cases(256))]

    #[test]
    fn every_call_keeps_the_rules(op in any_op(), script in proptest::collection::vec(any_act(), 1..7)) {
        let seen = journal(op, &script).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(seen.len() <= 4, "more attempts than four");
        let sent: Vec<_> = script.iter().filter(|act| !matches!(act, Act::NoConnection)).collect();
        for (index, pair) in seen.windows(2).enumerate() {
            let act = sent.get(index).copied().copied().unwrap_or(Act::Reset);
            prop_assert!(act.may_be_followed(op.retry), "{} was followed after {act:?}", op.id);
            let gap = pair[1].at.saturating_sub(pair[0].at);
            prop_assert!(gap >= act.asks_for(), "{gap:?} after {act:?}");
            prop_assert_eq!(&pair[0].body, &pair[1].body);
            prop_assert_eq!(pair[0].header("idempotency-key"), pair[1].header("idempotency-key"));
        }
        let keyed = matches!(op.retry, RetryClass::Keyed { .. });
        prop_assert!(seen.iter().all(|request| request.header("idempotency-key").is_some() == keyed));
        prop_assert!(seen.iter().all(|request| request.at < Duration::from_secs(120)));
    }
}
