//! Who takes part in a task: the organizations of a collaboration or of a study.

use futures::TryStreamExt;

use crate::error::{Error, ErrorKind};
use crate::vantage6::{Client, types};

/// A collaboration or some of its organizations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Circle {
    pub(super) collaboration: Option<i64>,
    pub(super) study: Option<i64>,
}

/// The id in a link that an object has to have.
pub(super) fn id(link: Option<&types::Link>, of: &str, to: &str) -> Result<i64, Error> {
    let missing = || Error::new(ErrorKind::Decode, format!("{of} names no {to}"));
    link.map(|link| link.id).ok_or_else(missing)
}

impl Circle {
    /// Itself; where it is empty, the collaboration that the client was set up for.
    pub(super) fn or_default(self, client: &Client) -> Self {
        match self == Circle::default() {
            true => Circle { collaboration: client.default_collaboration(), study: None },
            false => self,
        }
    }
}

impl Client {
    pub(super) async fn circle_of_session(&self, session: i64) -> Result<Circle, Error> {
        let found = self.session().get(session).send().await?;
        let study = found.study.as_ref().map(|study| study.id);
        Ok(Circle { collaboration: Some(id(found.collaboration.as_ref(), "the session", "collaboration")?), study })
    }

    /// The collaboration that it is or belongs to.
    pub(super) async fn collaboration_of(&self, circle: &Circle) -> Result<Option<i64>, Error> {
        let (None, Some(study)) = (circle.collaboration, circle.study) else {
            return Ok(circle.collaboration);
        };
        let study = self.study().get(study).send().await?;
        id(study.collaboration.as_ref(), "the study", "collaboration").map(Some)
    }

    /// Whether what is sent there has to be encrypted.
    pub(super) async fn is_encrypted(&self, circle: &Circle) -> Result<bool, Error> {
        let Some(collaboration) = self.collaboration_of(circle).await? else {
            return Err(Error::new(ErrorKind::Request, "a task needs a collaboration or a study"));
        };
        Ok(self.collaboration().get(collaboration).send().await?.encrypted)
    }

    /// All organizations of it, with their public keys, on as few pages as there are.
    pub(super) async fn organizations_in(&self, circle: &Circle) -> Result<Vec<types::Organization>, Error> {
        // A study may be of another collaboration than the client's default.
        let client = self.everywhere();
        let list = client.organization().list();
        let list = match circle {
            Circle { study: Some(study), .. } => list.study_id(*study),
            Circle { collaboration: Some(collaboration), .. } => list.collaboration_id(*collaboration),
            Circle { .. } => return Err(Error::new(ErrorKind::Request, "a task needs a collaboration or a study")),
        };
        list.items().try_collect().await
    }
}
