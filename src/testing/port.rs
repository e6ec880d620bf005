//! Test server: a lab on a real port, with the same rules and the same faults on the wire.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;

use futures::future::{Either, select};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::{Lab, wire};
use crate::clock::Clock;

/// Connections that wait to be accepted; tests have few.
const BACKLOG: u32 = 128;

/// A lab on a port of this machine, for clients in other programs and for what
/// only a socket can show. Closed when it is dropped.
///
/// Every connection carries one request, unless the lab
/// [keeps](Lab::keep_connections) them. Time is real there: give the client
/// short limits, or none of the faults that stall.
///
/// ```
/// use mlhub::pipeline::Pipeline;
/// use mlhub::testing::{Fault, FaultRule, Lab, Port, Reply};
/// use mlhub::{Builder, Op, RawCall, op::AuthKind};
///
/// static CALL: Op = Op::raw("example", AuthKind::None, "detail");
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// runtime.block_on(async {
///     let lab = Lab::new();
///     lab.then(Reply::json(&7)).fault(FaultRule::new(Fault::Reset).attempt(1));
///     let port = Port::open(&lab).await?;
///     let pipeline = Builder::new(port.url(), |pipeline: Pipeline| pipeline).clock(lab.clock()).build()?;
///     let call = RawCall::raw(pipeline, &CALL, http::Method::GET, "/answer").idempotent();
///     assert_eq!(call.send::<u32>().await?, 7);
///     assert_eq!(lab.seen().len(), 2);
///     Ok(())
/// })
/// # }
/// ```
#[derive(Debug)]
pub struct Port {
    address: SocketAddr,
    task: JoinHandle<io::Result<()>>,
}

impl Port {
    /// Opens a free port on this machine, for as long as the value lives.
    pub async fn open(lab: &Lab) -> io::Result<Port> {
        Self::open_at(lab, 0).await
    }

    /// Opens that port on this machine: where a server was before.
    pub async fn open_at(lab: &Lab, port: u16) -> io::Result<Port> {
        let socket = bound(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let address = socket.local_addr()?;
        let gate = match lab.state().closed(lab.clock.now()).0 {
            true => Gate::Closed(socket),
            false => Gate::Open(socket.listen(BACKLOG)?),
        };
        let task = tokio::spawn(run(lab.clone(), address, gate));
        Ok(Port { address, task })
    }

    /// Its address, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A port that is bound and does not listen refuses connections, and nobody
/// else can take it.
enum Gate {
    Open(TcpListener),
    Closed(TcpSocket),
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections that have just ended do not keep the port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn run(lab: Lab, address: SocketAddr, mut gate: Gate) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        let now = lab.clock.now();
        let (closed, until) = lab.state().closed(now);
        gate = match gate {
            Gate::Open(listener) if closed => {
                drop(listener);
                Gate::Closed(bound(address)?)
            }
            Gate::Closed(socket) if !closed => Gate::Open(socket.listen(BACKLOG)?),
            gate => gate,
        };
        while connections.try_join_next().is_some() {}
        let changed = pin!(lab.changed.notified());
        let edge = select(changed, lab.clock.sleep(until.saturating_sub(now)));
        if let Either::Left((accepted, _)) = select(pin!(accept(&gate)), edge).await {
            connections.spawn(wire::serve(accepted?, lab.clone()));
        }
    }
}

async fn accept(gate: &Gate) -> io::Result<TcpStream> {
    match gate {
        Gate::Open(listener) => listener.accept().await.map(|(socket, _)| socket),
        Gate::Closed(_) => std::future::pending().await,
    }
}
