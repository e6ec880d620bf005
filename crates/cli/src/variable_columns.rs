//! Column names of variables in tables that have columns of their own beside them.

/// Columns of the tables in which variables stand: of a history, of a best point, of what `tune` has found.
const TAKEN: &[&str] = &["trial", "trial_id", "value", "best_so_far", "failed", "told_at"];
/// Before the name of a variable that is called like one of them.
const PREFIX: &str = "params.";

/// The columns of these variables: their names, but for those that something else has.
pub(crate) fn variable_columns<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<_> = names.into_iter().collect();
    let column = |name: &&str| {
        let mut column = (*name).to_owned();
        while TAKEN.contains(&column.as_str()) || (column != **name && names.contains(&column.as_str())) {
            column.insert_str(0, PREFIX);
        }
        column
    };
    names.iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_columns_have_one_name() {
        assert_eq!(variable_columns(["lr", "n"]), ["lr", "n"]);
        let names = ["value", "params.value", "trial", "best_so_far", "failed", "params.params.value"];
        let columns = variable_columns(names);
        assert_eq!(columns[..3], ["params.params.params.value", "params.value", "params.trial"]);
        let different: std::collections::BTreeSet<_> =
            columns.iter().map(String::as_str).chain(TAKEN.iter().copied()).collect();
        assert_eq!(different.len(), columns.len() + TAKEN.len());
    }
}
