//! The last hop on real sockets: TLS, proxies, limits, redirects.

pub(crate) mod certificates;
mod http2;
mod identity;
mod limits;
mod proxy;
#[cfg(unix)]
mod real_proxies;
mod redirects;
pub(crate) mod server;
mod split;
mod tls;
mod urls;
mod versions;
mod wrapped;
