//! Participants of a task: the organizations of a collaboration or of a study.

use futures::TryStreamExt;

use crate::error::{Error, ErrorKind};
use crate::vantage6::{Client, types};

/// A collaboration or some of its organizations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::vantage6) struct Participants {
    pub(in crate::vantage6) collaboration: Option<i64>,
    pub(in crate::vantage6) study: Option<i64>,
}

/// The id in a link that an object has to have.
pub(in crate::vantage6) fn id(link: Option<&types::Link>, of: &str, to: &str) -> Result<i64, Error> {
    let missing = || Error::new(ErrorKind::Decode, format!("{of} names no {to}"));
    link.map(|link| link.id).ok_or_else(missing)
}

impl Participants {
    /// Itself; where it is empty, the collaboration that the client was set up for.
    pub(in crate::vantage6) fn or_default(self, client: &Client) -> Self {
        match self == Participants::default() {
            true => Participants { collaboration: client.default_collaboration(), study: None },
            false => self,
        }
    }

    /// Those of a session.
    pub(in crate::vantage6) async fn of_session(client: &Client, session: i64) -> Result<Self, Error> {
        let found = client.session().get(session).send().await?;
        let study = found.study.as_ref().map(|study| study.id);
        let collaboration = Some(id(found.collaboration.as_ref(), "the session", "collaboration")?);
        Ok(Participants { collaboration, study })
    }

    /// The collaboration that they are or belong to.
    pub(in crate::vantage6) async fn collaboration_id(self, client: &Client) -> Result<Option<i64>, Error> {
        let (None, Some(study)) = (self.collaboration, self.study) else {
            return Ok(self.collaboration);
        };
        let study = client.study().get(study).send().await?;
        id(study.collaboration.as_ref(), "the study", "collaboration").map(Some)
    }

    /// Whether what is sent there has to be encrypted.
    pub(super) async fn is_encrypted(self, client: &Client) -> Result<bool, Error> {
        let Some(collaboration) = self.collaboration_id(client).await? else { return Err(nobody()) };
        Ok(client.collaboration().get(collaboration).send().await?.encrypted)
    }

    /// All organizations of it, with their public keys, on as few pages as there are.
    pub(in crate::vantage6) async fn organizations(self, client: &Client) -> Result<Vec<types::Organization>, Error> {
        // A study may be of another collaboration than the client's default.
        let client = client.everywhere();
        let list = client.organization().list();
        let list = match self {
            Participants { study: Some(study), .. } => list.study_id(study),
            Participants { collaboration: Some(collaboration), .. } => list.collaboration_id(collaboration),
            Participants { .. } => return Err(nobody()),
        };
        list.items().try_collect().await
    }
}

fn nobody() -> Error {
    Error::new(ErrorKind::Request, "a task needs a collaboration or a study")
}
