//! The parameters `limit` and `offset` of every list under `/v1`.

use poem_openapi::param::Query;

use super::fault::{Fault, Problem};
use crate::store::Page;

/// How many items a page has where nothing is asked for.
const DEFAULT_LIMIT: u32 = 100;
/// How many items a page has at most.
const MAX_LIMIT: u32 = 1000;

/// The page that is asked for.
pub(crate) fn page(limit: Query<Option<u32>>, offset: Query<Option<u64>>) -> Result<Page, Fault> {
    let limit = limit.0.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 || limit > MAX_LIMIT {
        let msg = format!("a page has between 1 and {MAX_LIMIT} items");
        return Err(Fault::problems(vec![Problem::new(["query", "limit"], msg, "value_error.number")]));
    }
    Ok(Page { limit, offset: offset.0.unwrap_or_default() })
}
