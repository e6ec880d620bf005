//! A caller with an access token.

use super::{By, Unknown};
use crate::auth::{Bearer, Refused};
use crate::http::fault::Fault;
use crate::hub::Hub;
use crate::store::User;

/// Whose token this is, as long as its session goes on.
pub(super) async fn identify(hub: &Hub, token: &str) -> Result<(User, By), Unknown> {
    let now = hub.clock.now();
    let Bearer { user, session } = hub.tokens.read(token, now).map_err(|refused| match refused {
        Refused::Invalid => Unknown::BadToken,
        Refused::WrongType => Unknown::OtherType,
    })?;
    let found = hub.store.session(session, user, now).await.map_err(Fault::from)?;
    let (user, session) = found.ok_or(Unknown::BadToken)?;
    Ok((user, By::Token(session)))
}
