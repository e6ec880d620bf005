//! New task: what is said of one that is to be made, and the arguments of its runs.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::participants::Participants;
use crate::error::{Error, ErrorKind};
use crate::vantage6::{Client, types};

/// A task to be made. What is left out is as HQ has it.
///
/// ```
/// use mlhub::vantage6::NewTask;
///
/// let task = NewTask::new("harbor2.vantage6.ai/demo/average", "partial_average")
///     .collaboration(1)
///     .organizations([2, 3])
///     .session(1)
///     .action("federated_compute")
///     .dataframe(7)
///     .arguments(serde_json::json!({"column_name": "age"}));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct NewTask {
    image: String,
    method: String,
    name: Option<String>,
    description: Option<String>,
    action: Option<String>,
    participants: Participants,
    session: Option<i64>,
    store: Option<i64>,
    changes: Option<i64>,
    organizations: Vec<i64>,
    arguments: Arguments,
    databases: Option<Vec<Vec<types::TaskSource>>>,
    depends_on: Vec<i64>,
    error: Option<Error>,
}

/// Arguments of the runs of a task: the same, or something of their own.
#[derive(Clone, Debug, Default)]
pub(in crate::vantage6) struct Arguments {
    /// JSON text.
    all: Option<Bytes>,
    each: BTreeMap<i64, Bytes>,
    error: Option<Error>,
}

/// A task, taken apart.
type Prepared = (Participants, Vec<(i64, Bytes)>, types::builder::TaskBody);

impl NewTask {
    /// A function of an algorithm's image.
    pub fn new(image: impl Into<String>, method: impl Into<String>) -> Self {
        NewTask {
            image: image.into(),
            method: method.into(),
            name: None,
            description: None,
            action: None,
            participants: Participants::default(),
            session: None,
            store: None,
            changes: None,
            organizations: Vec::new(),
            arguments: Arguments::default(),
            databases: None,
            depends_on: Vec::new(),
            error: None,
        }
    }

    /// The collaboration; it or the [`study`](Self::study) is needed. Default:
    /// the one that the client was [set up](Client::setup_collaboration) for.
    pub fn collaboration(mut self, id: i64) -> Self {
        self.participants.collaboration = Some(id);
        self
    }

    /// The study.
    pub fn study(mut self, id: i64) -> Self {
        self.participants.study = Some(id);
        self
    }

    /// The organizations that run it, by id. Beside those of
    /// [`arguments_for`](Self::arguments_for).
    pub fn organizations(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.organizations.extend(ids);
        self
    }

    /// The session; needed.
    pub fn session(mut self, id: i64) -> Self {
        self.session = Some(id);
        self
    }

    /// What kind of step it is, such as `central_compute` or
    /// `federated_compute`. May be left out where an algorithm store knows it.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    /// What each run is given, by the names of the function's parameters.
    /// Default: nothing, which is sent as null.
    pub fn arguments(mut self, arguments: impl Serialize) -> Self {
        self.arguments.set(&arguments);
        self
    }

    /// What the run of that organization is given, in place of
    /// [`arguments`](Self::arguments).
    pub fn arguments_for(mut self, organization: i64, arguments: impl Serialize) -> Self {
        self.organizations.push(organization);
        self.arguments.set_for(organization, &arguments);
        self
    }

    /// Its name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What it is about.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The algorithm store that the image is from. Default: the one that was
    /// [set](crate::vantage6::groups::Store::set).
    pub fn store(mut self, id: i64) -> Self {
        self.store = Some(id);
        self
    }

    /// A dataframe of the session to work on: the next parameter of the function
    /// that takes data.
    pub fn dataframe(self, id: i64) -> Self {
        self.dataframes([id])
    }

    /// Several dataframes for one parameter of the function.
    pub fn dataframes(self, ids: impl IntoIterator<Item = i64>) -> Self {
        let source = |id| source(types::SourceKindKnown::Dataframe, |source| source.dataframe_id(id));
        self.databases(ids.into_iter().map(source).collect())
    }

    /// A source of the nodes to work on, by its label.
    pub fn source(self, label: impl Into<String>) -> Self {
        let label = label.into();
        self.databases(vec![source(types::SourceKindKnown::Source, |source| source.label(label))])
    }

    /// The dataframe that the task changes.
    pub fn changes(mut self, dataframe: i64) -> Self {
        self.changes = Some(dataframe);
        self
    }

    /// Tasks that have to be completed first.
    pub fn depends_on(mut self, tasks: impl IntoIterator<Item = i64>) -> Self {
        self.depends_on.extend(tasks);
        self
    }

    fn databases(mut self, sources: Vec<Result<types::TaskSource, Error>>) -> Self {
        match sources.into_iter().collect() {
            Ok(sources) => self.databases.get_or_insert_default().push(sources),
            Err(error) => self.error = Some(error),
        }
        self
    }

    /// Takes it apart; what it does not say and the client has as default is as there.
    pub(in crate::vantage6) fn prepare(self, client: &Client) -> Result<Prepared, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let Some(session) = self.session else {
            let detail = "a task needs a session; make one, and name it";
            return Err(Error::new(ErrorKind::Request, detail));
        };
        let participants = self.participants.or_default(client);
        if participants == Participants::default() {
            let detail = "a task needs a collaboration or a study, its own or one for all tasks of the client";
            return Err(Error::new(ErrorKind::Request, detail));
        }
        let mut organizations = Vec::with_capacity(self.organizations.len());
        for organization in self.organizations {
            // Twice would be two runs.
            if !organizations.contains(&organization) {
                organizations.push(organization);
            }
        }
        if organizations.is_empty() {
            let detail = "a task needs organizations to run at; name them";
            return Err(Error::new(ErrorKind::Request, detail));
        }
        let body = types::TaskBody::builder()
            .image(self.image)
            .method(self.method)
            .session_id(session)
            .name(self.name)
            .description(self.description)
            .action(self.action.as_deref().map(word::<types::Action>).transpose()?)
            .collaboration_id(participants.collaboration)
            .study_id(participants.study)
            .store_id(self.store.or_else(|| client.default_store()))
            .dataframe_id(self.changes)
            .databases(self.databases)
            .depends_on_ids((!self.depends_on.is_empty()).then_some(self.depends_on));
        Ok((participants, self.arguments.for_each(organizations)?, body))
    }
}

impl Arguments {
    pub(super) fn set(&mut self, arguments: &impl Serialize) {
        match text(arguments) {
            Ok(text) => self.all = Some(text),
            Err(error) => self.error = Some(error),
        }
    }

    pub(super) fn set_for(&mut self, organization: i64, arguments: &impl Serialize) {
        match text(arguments) {
            Ok(text) => drop(self.each.insert(organization, text)),
            Err(error) => self.error = Some(error),
        }
    }

    /// The text for each of these; one text is shared, not copied.
    pub(in crate::vantage6) fn for_each(self, organizations: Vec<i64>) -> Result<Vec<(i64, Bytes)>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let all = self.all.unwrap_or_else(|| Bytes::from_static(b"null"));
        let text = |id: i64| (id, self.each.get(&id).unwrap_or(&all).clone());
        Ok(organizations.into_iter().map(text).collect())
    }
}

fn text(arguments: &impl Serialize) -> Result<Bytes, Error> {
    let text = serde_json::to_vec(arguments).map_err(|cause| {
        Error::new(ErrorKind::Request, "the arguments cannot be written as JSON").with_source(cause)
    })?;
    Ok(text.into())
}

/// A word of an open set of words.
pub(in crate::vantage6) fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_value(Value::from(text))
        .map_err(|cause| Error::new(ErrorKind::Request, format!("{text:?} is no such word")).with_source(cause))
}

fn source(
    kind: types::SourceKindKnown,
    with: impl FnOnce(types::builder::TaskSource) -> types::builder::TaskSource,
) -> Result<types::TaskSource, Error> {
    let made = with(types::TaskSource::builder().type_(types::SourceKind::Known(kind)));
    types::TaskSource::try_from(made).map_err(|why| crate::__private::invalid(&why))
}
