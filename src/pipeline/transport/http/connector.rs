//! Connector: opens connections within the connect timeout, with TLS where the address asks for it.

use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::Uri;
use tower_service::Service;

use super::connection::{BoxError, SocketOpener};
use super::settings::HttpSettings;
use super::tls_connector::{TlsConnector, tls_connector};
use crate::error::Error;

/// The connector: gives connections that requests can be sent over.
#[derive(Clone)]
pub(super) struct Connector {
    secure: TlsConnector,
    timeout: Duration,
}

impl Connector {
    pub(super) fn new(opener: SocketOpener, settings: &HttpSettings) -> Result<Self, Error> {
        Ok(Connector { secure: tls_connector(opener, settings)?, timeout: settings.connect_timeout })
    }
}

impl Service<Uri> for Connector {
    type Response = <TlsConnector as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let (connecting, limit) = (self.secure.call(to), self.timeout);
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(connection) => connection,
                Err(_) => Err(format!("no connection within {} s", limit.as_secs_f64()).into()),
            }
        })
    }
}
