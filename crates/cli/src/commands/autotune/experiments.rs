//! Experiments of a hub: found by name or id, listed, deleted, with their results.

use mlhub::autotune::{Client, Params, types};
use serde_json::Value;
use uuid::Uuid;

use crate::error::{CliError, CliResult};
use crate::exit::Exit;
use crate::operation::context::PlatformContext;
use crate::operation::whole_list::whole_list;
use crate::output::{Out, Table};
use crate::platforms::autotune::{connect, failure_reason, params_of};
use crate::profile::access::{Access, Credential};
use crate::terminal;
use crate::variable_columns::variable_columns;

/// Columns before those of the variables, in a history.
const BEFORE: [&str; 3] = ["trial_id", "value", "best_so_far"];
/// The columns behind them.
const AFTER: [&str; 2] = ["failed", "told_at"];

/// Columns that a printed history has beside its variables and values.
pub(super) const BESIDE: [&str; 3] = [BEFORE[0], BEFORE[2], AFTER[1]];

/// Hub with experiments, and who asks.
pub(super) struct ExperimentHub {
    pub(super) client: Client,
    access: Access,
}

impl ExperimentHub {
    /// Signs in.
    pub(super) async fn open(context: &PlatformContext<'_>) -> CliResult<ExperimentHub> {
        let access = context.access()?;
        if matches!(access.credential, Credential::None) {
            return Err(access.logged_out());
        }
        let client = connect(&access).await.map_err(|error| access.error(&error))?;
        Ok(ExperimentHub { client, access })
    }

    pub(super) fn error(&self, error: &mlhub::Error) -> CliError {
        self.access.error(error)
    }

    async fn experiments(&self, name: Option<&str>) -> CliResult<Vec<types::ExperimentDetail>> {
        let mut list = self.client.experiment().list();
        if let Some(name) = name {
            list = list.name(name);
        }
        whole_list(list.items()).await.map_err(|error| self.error(&error))
    }

    /// The experiment of that id, or the only one of that name.
    pub(super) async fn find(&self, which: &str) -> CliResult<types::ExperimentDetail> {
        if let Ok(id) = Uuid::parse_str(which) {
            return self.client.experiment().get(id).send().await.map_err(|error| self.error(&error));
        }
        let mut found = self.experiments(Some(which)).await?;
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => {
                let message = format!("you have no experiment named {which:?}");
                Err(CliError::new(Exit::NotFound, message, "mlhub autotune experiments"))
            }
            (Some(last), false) => {
                let ids: Vec<_> = found.iter().chain([&last]).map(|experiment| experiment.id.to_string()).collect();
                let message = format!("you have several experiments named {which:?}: {}", ids.join(", "));
                Err(CliError::usage(message, "the same command with one of these ids"))
            }
        }
    }

    pub(super) async fn list(&self, name: Option<&str>, out: &Out) -> CliResult {
        let mut table = Table::new(["id", "name", "direction", "told", "failed", "pending", "updated_at"]);
        for experiment in self.experiments(name).await? {
            table.row([
                experiment.id.to_string().into(),
                experiment.name.into(),
                experiment.direction.into(),
                experiment.told.into(),
                experiment.failed.into(),
                experiment.pending.into(),
                experiment.updated_at.to_string().into(),
            ]);
        }
        out.table(&table)
    }

    pub(super) async fn delete(&self, which: &str, confirmed: bool, out: &Out) -> CliResult {
        let experiment = self.find(which).await?;
        let (name, id) = (&experiment.name, experiment.id);
        if !confirmed {
            if !terminal::can_ask() {
                let message = format!("deleting {name:?} takes its trials along, and there is no terminal to ask on");
                return Err(CliError::usage(message, format!("mlhub autotune delete {id} --yes")));
            }
            let trials = experiment.told + experiment.failed + experiment.pending + experiment.expired;
            if !terminal::ask_yes(&format!("Delete {name:?} with {trials} trials?")).await? {
                out.notice("nothing was deleted");
                return Ok(());
            }
        }
        let deleted = self.client.experiment().delete(id).send().await.map_err(|error| self.error(&error))?;
        out.notice(&format!("deleted {name:?} with {} trials", deleted.trials));
        Ok(())
    }

    pub(super) async fn best(&self, experiment: Uuid, out: &Out) -> CliResult {
        let best = self.client.experiment().best(experiment).send().await.map_err(|error| self.error(&error))?;
        let params = params_of(&best.params);
        let names = variable_columns(params.keys().map(String::as_str));
        let columns = BEFORE[..2].iter().copied().chain(names.iter().map(String::as_str)).chain([AFTER[1]]);
        let mut table = Table::with_columns(columns.map(str::to_owned).collect());
        let cells = [Value::from(best.trial_id.to_string()), best.value.into()].into_iter();
        table.push(cells.chain(params.values().cloned()).chain([best.told_at.to_string().into()]).collect());
        out.record(&table)
    }

    /// What was told, and then what failed.
    pub(super) async fn history(&self, experiment: &types::ExperimentDetail, out: &Out) -> CliResult {
        let told = whole_list(self.client.experiment().history(experiment.id).items()).await;
        let failed = whole_list(self.client.trial().list(experiment.id).state("failed").items()).await;
        let (told, failed) = (told.map_err(|error| self.error(&error))?, failed.map_err(|error| self.error(&error))?);
        let names: Vec<&str> = experiment.covars.keys().map(String::as_str).collect();
        let variables = variable_columns(names.iter().copied());
        let columns = BEFORE.into_iter().chain(variables.iter().map(String::as_str)).chain(AFTER);
        let mut table = Table::with_columns(columns.map(str::to_owned).collect());
        let mut row = |before: [Value; 3], params: Params, after: [Value; 2]| {
            let values = names.iter().map(|name| params.get(*name).cloned().unwrap_or_default());
            table.push(before.into_iter().chain(values).chain(after).collect());
        };
        for entry in told {
            let before = [entry.trial_id.to_string().into(), entry.value.into(), entry.best_so_far.into()];
            row(before, params_of(&entry.params), [Value::Null, entry.told_at.to_string().into()]);
        }
        for trial in failed {
            let (id, params) = (trial.id.to_string().into(), params_of(&trial.params));
            row([id, Value::Null, Value::Null], params, [failure_reason(trial).into(), Value::Null]);
        }
        out.table(&table)
    }
}
