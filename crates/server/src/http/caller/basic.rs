//! A caller with a name and a password in every request, by RFC 7617.

use poem::http::HeaderValue;
use poem::web::headers::authorization::{Basic, Credentials};

use super::{By, Unknown};
use crate::hub::Hub;
use crate::store::User;

/// Whose name and password these are. What cannot be read as such is a scheme that is not known here.
pub(super) async fn identify(hub: &Hub, header: &HeaderValue) -> Result<(User, By), Unknown> {
    let credentials = Basic::decode(header).ok_or(Unknown::OtherScheme)?;
    let proof = hub.check_password(&credentials.username().to_lowercase(), credentials.password().into()).await?;
    Ok((proof.user, By::Password(proof.password_hash)))
}
