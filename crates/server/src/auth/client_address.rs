//! Client address: where a caller is, as far as it can be known behind proxies.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// How many leading bits of an IPv6 address a site has: it may take any of the addresses that begin with them.
const SITE_BITS: u32 = 64;

/// A client's address, by which failures are counted: one of IPv4, or a site of IPv6.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address of whoever is behind `peer`. Where that is a proxy that is trusted, what it says counts: `forwarded`
    /// are the values of its headers X-Forwarded-For, in which each proxy adds its own peer at the end. The last that is
    /// no trusted proxy is the caller; what stands before it could have been written by anybody.
    pub(crate) fn of<'a>(
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
        trusted: &[IpAddr],
    ) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == address);
        let mut caller = peer.to_canonical();
        for entry in forwarded.rev().flat_map(|value| value.rsplit(',')) {
            if !is_trusted(caller) {
                break;
            }
            // What cannot be read hides what stands before it, too.
            let Some(address) = parse(entry.trim()) else { break };
            caller = address.to_canonical();
        }
        Self(match caller {
            IpAddr::V4(_) => caller,
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (u128::BITS - SITE_BITS))))
            }
        })
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An address as proxies write it: plain, in brackets, or with a port.
fn parse(text: &str) -> Option<IpAddr> {
    let plain = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    plain.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.1", "10.0.0.2", "fd00::1"].map(|proxy| proxy.parse().unwrap());
        ClientAddress::of(peer.parse().unwrap(), forwarded.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn a_peer_that_is_no_trusted_proxy_is_the_caller_whatever_it_says() {
        assert_eq!(address("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(address("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn behind_trusted_proxies_the_caller_is_the_last_that_is_none() {
        assert_eq!(address("10.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(address("10.0.0.1", &["203.0.113.9, 192.0.2.7 , 10.0.0.2"]), "192.0.2.7");
        assert_eq!(address("10.0.0.1", &["203.0.113.9", "192.0.2.7", "10.0.0.2"]), "192.0.2.7");
        assert_eq!(address("fd00::1", &["192.0.2.7:4711"]), "192.0.2.7");
        assert_eq!(address("::ffff:10.0.0.1", &["::ffff:192.0.2.7"]), "192.0.2.7");
        assert_eq!(address("10.0.0.1", &["10.0.0.2"]), "10.0.0.2", "nobody else is named");
    }

    #[test]
    fn what_cannot_be_read_names_nobody_and_hides_what_stands_before_it() {
        for unreadable in ["", "unknown", "192.0.2.7, _hidden", "192.0.2.7,,", "300.1.1.1"] {
            assert_eq!(address("10.0.0.1", &[unreadable]), "10.0.0.1", "{unreadable:?}");
        }
        assert_eq!(address("10.0.0.1", &["192.0.2.7, rubbish, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn all_addresses_of_a_site_are_one() {
        let (one, other) = (address("2001:db8:1:2::7", &[]), address("2001:db8:1:2:ffff::1", &[]));
        assert_eq!((one.as_str(), other.as_str()), ("2001:db8:1:2::", "2001:db8:1:2::"));
        assert_eq!(address("10.0.0.1", &["[2001:db8:1:3::7]:4711"]), "2001:db8:1:3::");
        assert_eq!(address("10.0.0.1", &["[2001:db8:1:3::7]"]), "2001:db8:1:3::");
    }
}
