//! Servers of tests on real sockets. Each answers every request of every
//! connection with `1` and counts what it sees.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::certificates::{Authority, Pair};

type Fault = Box<dyn std::error::Error>;

/// What a server has seen.
#[derive(Clone, Default)]
pub(crate) struct Tally(Arc<Counts>);

#[derive(Default)]
struct Counts {
    accepted: AtomicUsize,
    /// By the number of each.
    open: Mutex<BTreeMap<usize, std::net::TcpStream>>,
    most: AtomicUsize,
    heads: Mutex<Vec<String>>,
}

impl Tally {
    /// Connections that were ever opened.
    pub(crate) fn accepted(&self) -> usize {
        self.0.accepted.load(Ordering::SeqCst)
    }

    /// The most connections that were open at one time.
    pub(crate) fn most(&self) -> usize {
        self.0.most.load(Ordering::SeqCst)
    }

    /// The head of each request.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.0.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts a connection for as long as what is returned is held, and no longer than until its client has hung up:
    /// the client may open another one before the end of this one is read here.
    pub(crate) fn opened(&self, socket: &TcpStream) -> Held {
        let number = self.0.accepted.fetch_add(1, Ordering::SeqCst);
        let socket = socket.as_fd().try_clone_to_owned().expect("a second handle of the socket");
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(number, socket.into());
        let living = open.values().filter(|socket| !hung_up(socket)).count();
        self.0.most.fetch_max(living, Ordering::SeqCst);
        Held(self.clone(), number)
    }

    pub(crate) fn saw(&self, head: &str) {
        self.0.heads.lock().unwrap_or_else(PoisonError::into_inner).push(head.to_owned());
    }
}

/// Whether the other side has closed it and nothing is left to read. It does not block, as its first handle does not.
fn hung_up(socket: &std::net::TcpStream) -> bool {
    match socket.peek(&mut [0]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
    }
}

/// A connection that is open.
pub(crate) struct Held(Tally, usize);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// A server without TLS.
pub(crate) async fn plain() -> std::io::Result<(SocketAddr, Tally)> {
    serve(|socket, tally| async move {
        let _held = tally.opened(&socket);
        answer(socket, &tally).await
    })
    .await
}

/// A server with that certificate, which asks for one signed by `clients` if
/// there is one.
pub(crate) async fn secure(pair: &Pair, clients: Option<&Authority>) -> Result<(SocketAddr, Tally), Fault> {
    speaking(pair, clients, rustls::ALL_VERSIONS).await
}

/// What takes connections with that certificate.
pub(crate) fn acceptor(pair: &Pair) -> Result<TlsAcceptor, Fault> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(rustls::ALL_VERSIONS)?;
    let config = builder.with_no_client_auth().with_single_cert(pair.chain.clone(), pair.private())?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A server that speaks those versions of TLS alone.
pub(crate) async fn speaking(
    pair: &Pair,
    clients: Option<&Authority>,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Result<(SocketAddr, Tally), Fault> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions)?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(CertificateDer::from(authority.der.clone()))?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let acceptor = TlsAcceptor::from(Arc::new(builder.with_single_cert(pair.chain.clone(), pair.private())?));
    Ok(serve(move |socket, tally| {
        let acceptor = acceptor.clone();
        async move {
            let _held = tally.opened(&socket);
            answer(acceptor.accept(socket).await?, &tally).await
        }
    })
    .await?)
}

/// Listens and gives each connection to `each`.
pub(crate) async fn serve<F>(
    each: impl Fn(TcpStream, Tally) -> F + Send + 'static,
) -> std::io::Result<(SocketAddr, Tally)>
where
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let tally = Tally::default();
    let shared = tally.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(each(socket, shared.clone()));
        }
    });
    Ok((address, tally))
}

/// Answers request after request, until the client hangs up.
pub(crate) async fn answer(mut socket: impl AsyncRead + AsyncWrite + Unpin, tally: &Tally) -> std::io::Result<()> {
    while let Some(head) = head(&mut socket).await? {
        tally.saw(&head);
        socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1").await?;
        socket.flush().await?;
    }
    Ok(())
}

/// The head of the next request, which has no body; nothing at the end.
pub(crate) async fn head(socket: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}
