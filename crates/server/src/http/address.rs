//! The address that a request comes from.

use poem::web::RemoteAddr;
use poem::{Addr, FromRequest, Request, RequestBody};

use super::fault::Fault;
use crate::auth::Address;
use crate::hub::Hub;

const FORWARDED: &str = "x-forwarded-for";

/// Where `request` comes from: its peer, or whom a trusted proxy names.
pub(super) fn address(hub: &Hub, request: &Request) -> Result<Address, Fault> {
    let RemoteAddr(Addr::SocketAddr(peer)) = request.remote_addr() else {
        return Err(Fault::internal("the request comes from no internet address"));
    };
    // A value that is no text cannot be read, and so counts as one that names nobody.
    let forwarded: Vec<_> =
        request.headers().get_all(FORWARDED).iter().map(|value| value.to_str().unwrap_or_default()).collect();
    Ok(Address::of(peer.ip(), forwarded.into_iter(), &hub.front.trusted_proxies))
}

impl<'a> FromRequest<'a> for Address {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(address(super::hub(request)?, request)?)
    }
}
