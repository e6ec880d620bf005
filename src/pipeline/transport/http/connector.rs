//! Connector: opens connections within the connect timeout, with TLS where the address asks for it.

use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::Uri;
#[cfg(feature = "rustls")]
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use tower_service::Service;

use super::connection::{BoxError, Socket, SocketOpener};
use super::connection_limit::ConnectionLimit;
use super::proxy::Proxies;
use super::settings::HttpSettings;
#[cfg(feature = "rustls")]
use super::tls_config::TlsConfig;
use crate::error::Error;

/// The connector: gives connections that requests can be sent over.
#[derive(Clone)]
pub(super) struct Connector {
    opener: SocketOpener,
    #[cfg(feature = "rustls")]
    tls: TlsConfig,
    timeout: Duration,
}

#[cfg(feature = "rustls")]
type Secured = MaybeHttpsStream<Socket>;
#[cfg(not(feature = "rustls"))]
type Secured = Socket;

impl Connector {
    pub(super) fn new(
        settings: &HttpSettings,
        proxies: Option<Proxies>,
        limit: Option<ConnectionLimit>,
    ) -> Result<Self, Error> {
        #[cfg(feature = "rustls")]
        let tls = TlsConfig::new(&settings.tls, settings.versions.alpn())?;
        Ok(Connector {
            opener: SocketOpener::new(
                settings.keep_alive,
                proxies,
                limit,
                #[cfg(feature = "rustls")]
                tls.clone(),
            ),
            #[cfg(feature = "rustls")]
            tls,
            timeout: settings.connect_timeout,
        })
    }

    #[cfg(feature = "rustls")]
    async fn connect(self, to: Uri) -> Result<Secured, BoxError> {
        if to.scheme_str() != Some("https") {
            return Ok(MaybeHttpsStream::Http(self.opener.open(to).await?));
        }
        HttpsConnector::from((self.opener, self.tls.get()?)).call(to).await
    }

    #[cfg(not(feature = "rustls"))]
    async fn connect(self, to: Uri) -> Result<Secured, BoxError> {
        if to.scheme_str() == Some("https") {
            return Err("https:// needs the feature `rustls`, which this build leaves out".into());
        }
        self.opener.open(to).await
    }
}

impl Service<Uri> for Connector {
    type Response = Secured;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Secured, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let (connecting, limit) = (self.clone().connect(to), self.timeout);
        Box::pin(async move {
            match tokio::time::timeout(limit, connecting).await {
                Ok(connection) => connection,
                Err(_) => Err(format!("no connection within {} s", limit.as_secs_f64()).into()),
            }
        })
    }
}
