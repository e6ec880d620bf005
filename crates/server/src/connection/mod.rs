//! Connections: accepted up to a limit, closed where they keep the hub waiting, ended in good order.

mod limits;
mod progress_stream;
mod registry;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

pub(crate) use limits::ConnectionLimits;
use progress_stream::ProgressStream;
pub(crate) use registry::Connection;
use registry::Registry;

/// The pause after a failed accept, unless a connection ends before: what it failed for (descriptors, memory) takes time to
/// come back, and to try at once again would keep a core busy.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// The longest head of a request. A head is kept until it is whole, so this bounds what a slow one costs.
const MAX_HEAD: usize = 32 * 1024;

/// Serves until `shutdown` is ready, then lets the requests that run end within `grace`.
pub(crate) async fn serve(
    listener: TcpListener,
    app: impl Endpoint<Output = Response> + 'static,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()>,
    grace: Duration,
) {
    let (app, registry) = (Arc::new(app), Arc::new(Registry::new(limits)));
    let (stop, stopped) = watch::channel(false);
    let mut running = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut failing = false;
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            Some(_) = running.join_next() => continue,
            accepted = next(&listener, &registry) => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                failing = false;
                let connection = registry.admit();
                running.spawn(converse(stream, peer, connection, app.clone(), stopped.clone()));
            }
            Err(cause) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::error!(%cause, open = registry.open(), "no connection can be accepted; trying again");
                }
                registry.make_room();
                // Whichever comes first.
                let _ = timeout(ACCEPT_PAUSE, running.join_next()).await;
            }
        }
    }
    drop(listener);
    stop.send_replace(true);
    let ended = async { while running.join_next().await.is_some() {} };
    if timeout(grace, ended).await.is_err() {
        running.shutdown().await;
    }
}

/// The next connection, once there is room for one.
async fn next(listener: &TcpListener, registry: &Registry) -> std::io::Result<(TcpStream, SocketAddr)> {
    registry.wait_for_room().await;
    listener.accept().await
}

/// Answers what comes over one connection, until one side ends it.
async fn converse<E: Endpoint<Output = Response> + 'static>(
    stream: TcpStream,
    peer: SocketAddr,
    connection: Arc<Connection>,
    app: Arc<E>,
    mut stopped: watch::Receiver<bool>,
) {
    // Answers are written whole, so there is nothing to be gained by waiting for more.
    let (Ok(local), Ok(())) = (stream.local_addr(), stream.set_nodelay(true)) else { return };
    let (local, remote) = (LocalAddr(Addr::SocketAddr(local)), RemoteAddr(Addr::SocketAddr(peer)));
    let service = service_fn(|mut request: hyper::Request<Incoming>| {
        connection.begin_request(!request.body().is_end_stream());
        request.extensions_mut().insert(connection.clone());
        let request: Request = (request, local.clone(), remote.clone(), Scheme::HTTP).into();
        let (app, connection) = (app.clone(), connection.clone());
        async move {
            let reply = app.get_response(request).await;
            connection.end_request();
            let reply: hyper::Response<_> = reply.into();
            Ok::<_, Infallible>(reply)
        }
    });
    let stream = TokioIo::new(ProgressStream { stream, connection: connection.clone() });
    let mut served = pin!(http1::Builder::new().max_buf_size(MAX_HEAD).serve_connection(stream, service));
    tokio::select! {
        // What went wrong with it is for nobody to know: the other side is gone.
        _ = &mut served => return,
        () = connection.closed() => return,
        _ = stopped.wait_for(|stopped| *stopped) => served.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        _ = served => {}
        () = connection.closed() => {}
    }
}
