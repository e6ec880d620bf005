//! Connections: sockets that are opened directly or through a proxy, and counted.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tower_service::Service;

use super::connection_limit::ConnectionLimit;
use super::proxy::Proxies;

pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Opens sockets, directly or through a proxy.
#[derive(Clone)]
pub(super) struct SocketOpener {
    tcp: HttpConnector,
    proxies: Option<Proxies>,
    limit: Option<ConnectionLimit>,
}

impl SocketOpener {
    pub(super) fn new(keep_alive: Option<Duration>, proxies: Option<Proxies>, limit: Option<ConnectionLimit>) -> Self {
        let mut tcp = HttpConnector::new();
        // https:// comes here too, to be wrapped in TLS afterwards.
        tcp.enforce_http(false);
        // A request is one write; waiting to fill a packet only delays it.
        tcp.set_nodelay(true);
        tcp.set_keepalive(keep_alive);
        SocketOpener { tcp, proxies, limit }
    }

    async fn open(mut self, to: Uri) -> Result<Socket, BoxError> {
        if cfg!(not(feature = "rustls")) && to.scheme_str() == Some("https") {
            return Err("https:// needs the feature `rustls`, which this build leaves out".into());
        }
        let permit = match &self.limit {
            Some(limit) => limit.connection_permit(&to).await,
            None => None,
        };
        let Some(hop) = self.proxies.as_ref().and_then(|proxies| proxies.for_address(&to)) else {
            return Ok(Socket::new(self.tcp.call(to).await?, false, permit));
        };
        let address = hop.address().clone();
        let at_proxy = |cause: BoxError| -> BoxError { Box::new(ProxyFailure { proxy: address.to_string(), cause }) };
        if to.scheme_str() == Some("http") {
            let io = self.tcp.call(address.clone()).await.map_err(|cause| at_proxy(cause.into()))?;
            return Ok(Socket::new(io, true, permit));
        }
        let mut tunnel = Tunnel::new(address.clone(), self.tcp);
        if let Some(login) = hop.login {
            tunnel = tunnel.with_auth(login);
        }
        let io = tunnel.call(to).await.map_err(|cause| at_proxy(cause.into()))?;
        Ok(Socket::new(io, false, permit))
    }
}

impl Service<Uri> for SocketOpener {
    type Response = Socket;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Socket, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        Box::pin(self.clone().open(to))
    }
}

/// A proxy failure: the proxy is what failed, not the server behind it.
#[derive(Debug)]
pub(super) struct ProxyFailure {
    pub(super) proxy: String,
    cause: BoxError,
}

impl fmt::Display for ProxyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} could not be used", self.proxy.trim_end_matches('/'))
    }
}

impl std::error::Error for ProxyFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause.as_ref())
    }
}

/// A socket, which holds its permit until it is closed.
pub(super) struct Socket {
    io: TokioIo<TcpStream>,
    /// Whether a proxy at the other end hands requests on, so that they name their server.
    hands_on: bool,
    /// Whether something was sent since the last read.
    sent: bool,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Socket {
    fn new(io: TokioIo<TcpStream>, hands_on: bool, permit: Option<OwnedSemaphorePermit>) -> Self {
        Socket { io, hands_on, sent: false, _permit: permit }
    }

    /// Has what comes next acknowledged as soon as it is read.
    ///
    /// A server that writes the head and the body of a reply one after the
    /// other may hold the body back until the head is acknowledged, and a
    /// system that has just sent something puts that off, for 40 ms on Linux:
    /// 44 ms were measured for each call over a connection that is kept, and
    /// 0.1 ms with this. The system forgets it with the next request, so it is
    /// said once for each; whether it takes it does not matter to anything else.
    fn acknowledge_at_once(&mut self) {
        if std::mem::take(&mut self.sent) {
            #[cfg(target_os = "linux")]
            let _ = self.io.inner().set_quickack(true);
        }
    }
}

impl Connection for Socket {
    fn connected(&self) -> Connected {
        self.io.connected().proxy(self.hands_on)
    }
}

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.acknowledge_at_once();
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl Write for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.sent = true;
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        self.sent = true;
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
