//! Whole numbers within bounds, as requests carry them.

use std::ops::RangeInclusive;

use crate::http::fields::Fields;

/// The number in a field; `None` inside where it is left out.
pub(crate) fn whole_between(fields: &mut Fields, name: &str, range: RangeInclusive<u32>) -> Option<Option<u32>> {
    let Some(given) = fields.optional::<i64>(name)? else { return Some(None) };
    match u32::try_from(given) {
        Ok(number) if range.contains(&number) => Some(Some(number)),
        _ => {
            let msg = format!("this is a whole number from {} to {}, not {given}", range.start(), range.end());
            fields.wrong(name, msg, "value_error.number");
            None
        }
    }
}
