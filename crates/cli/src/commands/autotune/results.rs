//! What was told: the best, and all of it.

use futures::TryStreamExt as _;
use serde_json::Value;
use uuid::Uuid;

use super::{Hub, params_of};
use crate::fault::Fault;
use crate::output::{Out, Table};

/// Columns before those of the variables, in a history.
const BEFORE: [&str; 3] = ["trial_id", "value", "best_so_far"];
/// The column behind them.
const AFTER: &str = "told_at";

/// Columns that a printed history has beside its variables and values.
pub(super) const BESIDE: [&str; 3] = [BEFORE[0], BEFORE[2], AFTER];

impl Hub {
    pub(super) async fn best(&self, experiment: Uuid, out: &Out) -> Result<(), Fault> {
        let best = self.client.experiment().best(experiment).send().await.map_err(|error| self.fault(&error))?;
        let params = params_of(&best.params);
        let names = params.keys().map(String::as_str);
        let columns = ["trial_id", "value"].into_iter().chain(names).chain([AFTER]);
        let mut table = Table::with_columns(columns.map(str::to_owned).collect());
        let cells = [Value::from(best.trial_id.to_string()), best.value.into()].into_iter();
        table.push(cells.chain(params.values().cloned()).chain([best.told_at.to_string().into()]).collect());
        out.record(&table)
    }

    pub(super) async fn history(&self, experiment: Uuid, out: &Out) -> Result<(), Fault> {
        let told = self.client.experiment().history(experiment).items().try_collect::<Vec<_>>().await;
        let told = told.map_err(|error| self.fault(&error))?;
        let rows: Vec<_> = told.into_iter().map(|entry| (params_of(&entry.params), entry)).collect();
        let names = rows.first().map(|(params, _)| params.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
        let columns = BEFORE.into_iter().chain(names.iter().map(String::as_str)).chain([AFTER]);
        let mut table = Table::with_columns(columns.map(str::to_owned).collect());
        for (params, entry) in rows {
            let cells = [entry.trial_id.to_string().into(), entry.value.into(), entry.best_so_far.into()].into_iter();
            let values = names.iter().map(|name| params.get(name).cloned().unwrap_or_default());
            table.push(cells.chain(values).chain([entry.told_at.to_string().into()]).collect());
        }
        out.table(&table)
    }
}
