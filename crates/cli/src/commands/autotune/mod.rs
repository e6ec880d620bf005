//! `autotune`: the experiments of a hub.

mod import;
mod results;

use clap::{FromArgMatches as _, Subcommand as _};
use futures::{FutureExt as _, TryStreamExt as _};
use mlhub::autotune::{Client, Params, types};
use serde_json::Value;
use uuid::Uuid;

use super::groups::Hand;
use crate::args::{Autotune, Delete, Global};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::output::{Out, Table};
use crate::platforms::autotune::{PLATFORM, connect};
use crate::profile::{Access, Credential};
use crate::terminal;

/// What AutoTune has beside its groups: experiments by their names.
pub(crate) const HAND: Hand = Hand {
    platform: "autotune",
    about: "Look at the experiments of a tuning hub, delete them, bring results along",
    tops: Autotune::augment_subcommands,
    has: Autotune::has_subcommand,
    run: |context, matches| {
        async move {
            let command = Autotune::from_arg_matches(matches);
            let command = command.map_err(|error| Fault::usage(error.to_string(), "mlhub autotune --help"))?;
            run(&command, context.global, context.out).await
        }
        .boxed()
    },
    login: None,
    resume: None,
    verbs: &[],
};

/// Carries out one command of the group.
async fn run(command: &Autotune, global: &Global, out: &Out) -> Result<(), Fault> {
    let access = Access::open(&PLATFORM, global)?;
    if matches!(access.credential, Credential::None) {
        return Err(access.logged_out());
    }
    let client = connect(&access).await.map_err(|error| access.fault(&error))?;
    let hub = Hub { client, access };
    match command {
        Autotune::Experiments(options) => hub.list(options.name.as_deref(), out).await,
        Autotune::Best(which) => hub.best(hub.find(&which.experiment).await?.id, out).await,
        Autotune::History(which) => hub.history(hub.find(&which.experiment).await?.id, out).await,
        Autotune::Delete(options) => hub.delete(options, out).await,
        Autotune::Import(options) => {
            let experiment = hub.find(&options.which.experiment).await?;
            hub.import(&experiment, &options.file, out).await
        }
    }
}

/// A hub, and who asks.
struct Hub {
    client: Client,
    access: Access,
}

impl Hub {
    fn fault(&self, error: &mlhub::Error) -> Fault {
        self.access.fault(error)
    }

    async fn experiments(&self, name: Option<&str>) -> Result<Vec<types::ExperimentDetail>, Fault> {
        let mut list = self.client.experiment().list();
        if let Some(name) = name {
            list = list.name(name);
        }
        list.items().try_collect().await.map_err(|error| self.fault(&error))
    }

    /// The experiment of that id, or the only one of that name.
    async fn find(&self, which: &str) -> Result<types::ExperimentDetail, Fault> {
        if let Ok(id) = Uuid::parse_str(which) {
            return self.client.experiment().get(id).send().await.map_err(|error| self.fault(&error));
        }
        let mut found = self.experiments(Some(which)).await?;
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => {
                let message = format!("you have no experiment named {which:?}");
                Err(Fault::new(Exit::NotFound, message, "mlhub autotune experiments"))
            }
            (Some(last), false) => {
                let ids: Vec<_> = found.iter().chain([&last]).map(|experiment| experiment.id.to_string()).collect();
                let message = format!("you have several experiments named {which:?}: {}", ids.join(", "));
                Err(Fault::usage(message, "the same command with one of these ids"))
            }
        }
    }

    async fn list(&self, name: Option<&str>, out: &Out) -> Result<(), Fault> {
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

    async fn delete(&self, options: &Delete, out: &Out) -> Result<(), Fault> {
        let experiment = self.find(&options.which.experiment).await?;
        let (name, id) = (&experiment.name, experiment.id);
        if !options.yes {
            if !terminal::can_ask() {
                let message = format!("deleting {name:?} takes its trials along, and there is no terminal to ask on");
                return Err(Fault::usage(message, format!("mlhub autotune delete {id} --yes")));
            }
            let trials = experiment.told + experiment.failed + experiment.pending + experiment.expired;
            let answer = terminal::ask(&format!("Delete {name:?} with {trials} trials? [y/N]")).await?;
            if !matches!(answer.as_str(), "y" | "Y" | "yes") {
                out.notice("nothing was deleted");
                return Ok(());
            }
        }
        let deleted = self.client.experiment().delete(id).send().await.map_err(|error| self.fault(&error))?;
        out.notice(&format!("deleted {name:?} with {} trials", deleted.trials));
        Ok(())
    }
}

/// Generated values as plain JSON.
fn params_of(values: &impl serde::Serialize) -> Params {
    match serde_json::to_value(values) {
        Ok(Value::Object(params)) => params,
        _ => Params::new(),
    }
}
