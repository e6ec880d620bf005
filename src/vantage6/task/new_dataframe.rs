//! New dataframe: what is said of one that is to be made, and of a step that changes one.

use serde::Serialize;

use super::new_task::Arguments;

/// A dataframe to be made: what takes it from which source.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewDataframe {
    pub(in crate::vantage6) label: String,
    pub(in crate::vantage6) name: Option<String>,
    pub(in crate::vantage6) step: NewStep,
}

/// A function that makes or changes a dataframe at the organizations.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewStep {
    pub(in crate::vantage6) image: String,
    pub(in crate::vantage6) method: String,
    pub(in crate::vantage6) arguments: Arguments,
    pub(in crate::vantage6) organizations: Option<Vec<i64>>,
    pub(in crate::vantage6) store: Option<i64>,
}

impl NewStep {
    /// A function of an algorithm's image.
    pub fn new(image: impl Into<String>, method: impl Into<String>) -> Self {
        NewStep {
            image: image.into(),
            method: method.into(),
            arguments: Arguments::default(),
            organizations: None,
            store: None,
        }
    }

    /// What it is given, by the names of the function's parameters. Default:
    /// nothing, which is sent as null.
    pub fn arguments(mut self, arguments: impl Serialize) -> Self {
        self.arguments.set(&arguments);
        self
    }

    /// The organizations that run it. Default: all of the session's study, or
    /// else of its collaboration.
    pub fn organizations(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.organizations = Some(ids.into_iter().collect());
        self
    }

    /// The algorithm store that the image is from. Default: the one that was
    /// [set](crate::vantage6::groups::Store::set).
    pub fn store(mut self, id: i64) -> Self {
        self.store = Some(id);
        self
    }
}

impl NewDataframe {
    /// From the source of that label at the nodes, by a function of an
    /// algorithm's image.
    pub fn new(label: impl Into<String>, image: impl Into<String>, method: impl Into<String>) -> Self {
        NewDataframe { label: label.into(), name: None, step: NewStep::new(image, method) }
    }

    /// Its name: letters, digits, hyphens and underscores. Default: two words by
    /// chance.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// As of [`NewStep::arguments`].
    pub fn arguments(mut self, arguments: impl Serialize) -> Self {
        self.step = self.step.arguments(arguments);
        self
    }

    /// As of [`NewStep::organizations`].
    pub fn organizations(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.step = self.step.organizations(ids);
        self
    }

    /// As of [`NewStep::store`].
    pub fn store(mut self, id: i64) -> Self {
        self.step = self.step.store(id);
        self
    }
}
