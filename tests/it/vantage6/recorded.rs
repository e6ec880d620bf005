//! What the real HQ has answered, one answer for each operation, without its
//! secrets. The tests against it write the file: `MLHUB_RECORD=FILE cargo test
//! --test interop every_operation`.

use std::collections::BTreeMap;

use mlhub::op::ReplyKind;
use mlhub::vantage6::{ops, recode};
use serde_json::Value;

use crate::documents::decode::same;
use crate::support::Checked;

/// Operations whose answer is not JSON.
const BYTES: &[&str] = &["blob_download"];

#[test]
fn every_operation_reads_what_the_real_hq_has_answered_and_loses_nothing() -> Checked {
    let mut answers: BTreeMap<String, Value> = serde_json::from_str(include_str!("recorded.json"))?;
    for op in ops::OPS {
        if BYTES.contains(&op.id) {
            assert_ne!(op.reply, ReplyKind::Json);
            continue;
        }
        let answer = answers.remove(op.id).ok_or_else(|| format!("no answer to {}", op.id))?;
        let again = recode(op.id, answer.to_string().as_bytes()).ok_or_else(|| format!("{} has no reply", op.id))?;
        same(&answer, &again.map_err(|why| format!("{}: {why}", op.id))?)
            .map_err(|path| format!("{} {path}", op.id))?;
    }
    assert!(answers.is_empty(), "of no operation: {:?}", answers.keys());
    Ok(())
}
