//! A caller with a name and a password in every request, by RFC 7617.

use poem::http::HeaderValue;
use poem::web::headers::authorization::{Basic, Credentials};

use super::{By, Unknown};
use crate::auth::Address;
use crate::hub::Hub;
use crate::store::User;

/// Whose name and password these are. What cannot be read as such is a scheme that is not known here.
pub(super) async fn identify(hub: &Hub, address: &Address, header: &HeaderValue) -> Result<(User, By), Unknown> {
    let credentials = Basic::decode(header).ok_or(Unknown::OtherScheme)?;
    let (name, password) = (credentials.username().to_lowercase(), credentials.password().into());
    let proof = hub.check_password(address, &name, password).await?;
    Ok((proof.user, By::Password(proof.password_hash)))
}
