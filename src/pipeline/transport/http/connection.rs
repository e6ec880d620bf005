//! Connections: sockets that are opened directly or through a proxy, and counted.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tower_service::Service;

use super::connection_limit::ConnectionLimit;
use super::proxy::{Proxies, ProxyHop, ProxyKind};
#[cfg(feature = "rustls")]
use super::tls_config::TlsConfig;
use crate::pipeline::transport::UnixSocket;

pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Opens sockets, directly or through a proxy.
#[derive(Clone)]
pub(super) struct SocketOpener {
    tcp: HttpConnector,
    proxies: Option<Proxies>,
    limit: Option<ConnectionLimit>,
    /// For proxies that are spoken to over TLS.
    #[cfg(feature = "rustls")]
    tls: TlsConfig,
}

impl SocketOpener {
    pub(super) fn new(
        keep_alive: Option<Duration>,
        proxies: Option<Proxies>,
        limit: Option<ConnectionLimit>,
        #[cfg(feature = "rustls")] tls: TlsConfig,
    ) -> Self {
        let mut tcp = HttpConnector::new();
        // https:// comes here too, to be wrapped in TLS afterwards.
        tcp.enforce_http(false);
        // A request is one write; waiting to fill a packet only delays it.
        tcp.set_nodelay(true);
        tcp.set_keepalive(keep_alive);
        SocketOpener {
            tcp,
            proxies,
            limit,
            #[cfg(feature = "rustls")]
            tls,
        }
    }

    pub(super) async fn open(mut self, to: Uri) -> Result<Socket, BoxError> {
        let permit = match &self.limit {
            Some(limit) => limit.connection_permit(&to).await,
            None => None,
        };
        if let Some(UnixSocket(path)) = UnixSocket::of(&to) {
            #[cfg(unix)]
            return Ok(Socket::new(Io::over(tokio::net::UnixStream::connect(path).await?), false, permit));
            #[cfg(not(unix))]
            return Err(format!("this system has no Unix sockets, so not {}", path.display()).into());
        }
        let proxies = self.proxies.take();
        let Some(hop) = proxies.as_ref().map(|proxies| proxies.for_address(&to)).transpose()?.flatten() else {
            return Ok(Socket::new(Io::Tcp(self.tcp.call(to).await?), false, permit));
        };
        let hands_on = to.scheme_str() == Some("http") && !matches!(hop.kind, ProxyKind::Socks { .. });
        let io = self
            .through(hop, to, hands_on)
            .await
            .map_err(|cause| -> BoxError { Box::new(ProxyFailure { proxy: hop.address.to_string(), cause }) })?;
        Ok(Socket::new(io, hands_on, permit))
    }

    /// A connection to the proxy, which then stands for one to where it leads unless it hands requests on.
    async fn through(mut self, hop: &ProxyHop, to: Uri, hands_on: bool) -> Result<Io, BoxError> {
        let proxy = hop.address.clone();
        match hop.kind {
            ProxyKind::Http if hands_on => Ok(Io::Tcp(self.tcp.call(proxy).await?)),
            ProxyKind::Http => Ok(Io::Tcp(tunnel(hop, self.tcp).call(to).await?)),
            #[cfg(feature = "rustls")]
            ProxyKind::Https => {
                let mut secure = hyper_rustls::HttpsConnector::from((self.tcp, self.tls.for_proxy()?));
                Ok(match hands_on {
                    true => Io::Other(Box::new(secure.call(proxy).await?)),
                    false => Io::Other(Box::new(tunnel(hop, secure).call(to).await?)),
                })
            }
            #[cfg(not(feature = "rustls"))]
            ProxyKind::Https => Err("it is spoken to over TLS, which this build leaves out".into()),
            ProxyKind::Socks { looks_up } => {
                let mut socks = SocksV5::new(proxy, self.tcp);
                if let Some(login) = &hop.login {
                    socks = socks.with_auth(login.user.clone(), login.password.expose().to_owned());
                }
                Ok(Io::Tcp(socks.call(destination(&to, looks_up).await?).await?))
            }
        }
    }
}

fn tunnel<C>(hop: &ProxyHop, below: C) -> Tunnel<C> {
    let tunnel = Tunnel::new(hop.address.clone(), below);
    match &hop.login {
        Some(login) => tunnel.with_auth(login.header.clone()),
        None => tunnel,
    }
}

/// Where a SOCKS proxy is to lead, with its port: by name, or by the address that the name has here.
async fn destination(to: &Uri, by_name: bool) -> Result<Uri, BoxError> {
    let host = to.host().unwrap_or_default();
    let usual = if to.scheme_str() == Some("https") { 443 } else { 80 };
    let port = to.port_u16().unwrap_or(usual);
    let name = host.trim_start_matches('[').trim_end_matches(']');
    if by_name || name.parse::<std::net::IpAddr>().is_ok() {
        return Ok(format!("http://{host}:{port}").parse()?);
    }
    let found = tokio::net::lookup_host((name, port)).await?.next();
    let found = found.ok_or_else(|| format!("no address is known for {name}"))?;
    Ok(format!("http://{found}").parse()?)
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
        let mut cause: &(dyn std::error::Error + 'static) = &*self.cause;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        write!(f, "the proxy {} could not be used: {cause}", self.proxy.trim_end_matches('/'))
    }
}

impl std::error::Error for ProxyFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause.as_ref())
    }
}

/// What bytes travel over: mostly a plain connection.
enum Io {
    Tcp(TokioIo<TcpStream>),
    Other(Box<dyn Duplex>),
}

trait Duplex: Read + Write + Connection + Send + Unpin {}

impl<T: Read + Write + Connection + Send + Unpin> Duplex for T {}

impl Io {
    #[cfg(unix)]
    fn over(socket: tokio::net::UnixStream) -> Self {
        Io::Other(Box::new(TokioIo::new(socket)))
    }

    fn get(&self) -> &dyn Duplex {
        match self {
            Io::Tcp(io) => io,
            Io::Other(io) => &**io,
        }
    }

    fn pinned(&mut self) -> Pin<&mut dyn Duplex> {
        match self {
            Io::Tcp(io) => Pin::new(io),
            Io::Other(io) => Pin::new(&mut **io),
        }
    }
}

/// A socket, which holds its permit until it is closed.
pub(super) struct Socket {
    io: Io,
    /// Whether a proxy at the other end hands requests on, so that they name their server.
    hands_on: bool,
    /// Whether something was sent since the last read.
    sent: bool,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Socket {
    fn new(io: Io, hands_on: bool, permit: Option<OwnedSemaphorePermit>) -> Self {
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
            if let Io::Tcp(io) = &self.io {
                let _ = io.inner().set_quickack(true);
            }
        }
    }
}

impl Connection for Socket {
    fn connected(&self) -> Connected {
        self.io.get().connected().proxy(self.hands_on)
    }
}

impl Read for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.acknowledge_at_once();
        self.io.pinned().poll_read(cx, buffer)
    }
}

impl Write for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        self.sent = true;
        self.io.pinned().poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        self.sent = true;
        self.io.pinned().poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.get().is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.io.pinned().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.io.pinned().poll_shutdown(cx)
    }
}
