//! A session to be made.

use super::circle::Circle;
use super::new_task::word;
use crate::error::{Error, ErrorKind};
use crate::vantage6::{Client, types};

/// A session to be made: dataframes at the nodes, and the tasks that work on
/// them.
#[derive(Clone, Debug)]
#[must_use]
pub struct NewSession {
    scope: String,
    name: Option<String>,
    circle: Circle,
}

impl NewSession {
    /// For whom it is: `own` for its maker alone, `organization` or
    /// `collaboration` for all users of those.
    pub fn new(scope: impl Into<String>) -> Self {
        NewSession { scope: scope.into(), name: None, circle: Circle::default() }
    }

    /// Its name. Default: two words by chance.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The collaboration. Default: that of the [`study`](Self::study), else the
    /// one that the client was [set up](Client::setup_collaboration) for.
    pub fn collaboration(mut self, id: i64) -> Self {
        self.circle.collaboration = Some(id);
        self
    }

    /// The study whose organizations take part. Default: all organizations of
    /// the collaboration do.
    pub fn study(mut self, id: i64) -> Self {
        self.circle.study = Some(id);
        self
    }
}

impl Client {
    /// Makes a session.
    ///
    /// # Errors
    ///
    /// A session without a collaboration; what HQ refuses.
    pub async fn create_session(&self, session: NewSession) -> Result<types::Session, Error> {
        let NewSession { scope, name, circle } = session;
        let Some(collaboration) = self.collaboration_of(&circle.or_default(self)).await? else {
            let detail = "a session needs a collaboration; name it by `.collaboration(id)`, or once for all by \
                `client.setup_collaboration(id)`";
            return Err(Error::new(ErrorKind::Request, detail));
        };
        let mut body =
            types::SessionBody::builder().scope(word::<types::SessionScope>(&scope)?).collaboration_id(collaboration);
        if let Some(name) = name {
            body = body.name(name);
        }
        if let Some(study) = circle.study {
            body = body.study_id(study);
        }
        self.session().create().body(body).send().await
    }
}
