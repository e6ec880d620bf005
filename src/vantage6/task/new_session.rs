//! New session: what is said of one that is to be made.

use super::participants::Participants;

/// A session to be made: dataframes at the nodes, and the tasks that work on
/// them.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewSession {
    pub(in crate::vantage6) scope: String,
    pub(in crate::vantage6) name: Option<String>,
    pub(in crate::vantage6) participants: Participants,
}

impl NewSession {
    /// For whom it is: `own` for its maker alone, `organization` or
    /// `collaboration` for all users of those.
    pub fn new(scope: impl Into<String>) -> Self {
        NewSession { scope: scope.into(), name: None, participants: Participants::default() }
    }

    /// Its name. Default: two words by chance.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The collaboration. Default: that of the [`study`](Self::study), else the
    /// one that the client was [set up](crate::vantage6::Client::setup_collaboration) for.
    pub fn collaboration(mut self, id: i64) -> Self {
        self.participants.collaboration = Some(id);
        self
    }

    /// The study whose organizations take part. Default: all organizations of
    /// the collaboration do.
    pub fn study(mut self, id: i64) -> Self {
        self.participants.study = Some(id);
        self
    }
}
