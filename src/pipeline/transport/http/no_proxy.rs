//! Hosts that are reached without a proxy: `NO_PROXY`, in every form that curl and others read.

use std::net::IpAddr;

use http::Uri;
use reqwest::Url;

/// A list of hosts.
#[derive(Clone, Debug, Default)]
pub(super) struct NoProxy(Vec<ExceptedHost>);

/// One entry of the list, for one port or for all.
#[derive(Clone, Debug)]
struct ExceptedHost {
    pattern: HostPattern,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostPattern {
    /// `*`.
    All,
    Address(IpAddr),
    /// An address, and how many bits of it count.
    Network(IpAddr, u8),
    /// A name and all names below it.
    Name(String),
    /// The names below it: `*.example.org`.
    Below(String),
}

impl NoProxy {
    /// The entries of a list, with commas or blanks between them. What is none of the forms holds for no host.
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split(|letter: char| letter == ',' || letter.is_whitespace());
        NoProxy(entries.filter_map(ExceptedHost::parse).collect())
    }

    /// Whether that address is reached without a proxy.
    pub(super) fn holds_for(&self, to: &Uri) -> bool {
        let host = to.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        let usual = if to.scheme_str() == Some("https") { 443 } else { 80 };
        let port = to.port_u16().unwrap_or(usual);
        self.0.iter().any(|entry| {
            entry.port.is_none_or(|only| only == port)
                && match (&entry.pattern, address) {
                    (HostPattern::All, _) => true,
                    (HostPattern::Address(known), Some(address)) => *known == address,
                    (HostPattern::Network(network, bits), Some(address)) => is_within(address, *network, *bits),
                    (HostPattern::Name(name), None) => host == *name || is_below(&host, name),
                    (HostPattern::Below(name), None) => is_below(&host, name),
                    _ => false,
                }
        })
    }
}

impl ExceptedHost {
    fn parse(entry: &str) -> Option<Self> {
        if let Some(rest) = entry.strip_prefix('[') {
            let (address, rest) = rest.split_once(']')?;
            let port = rest.strip_prefix(':').map(str::parse).transpose().ok()?;
            let pattern = match rest.strip_prefix('/') {
                Some(bits) => HostPattern::Network(address.parse().ok()?, bits.parse().ok()?),
                None => HostPattern::Address(address.parse().ok()?),
            };
            return Some(ExceptedHost { pattern, port });
        }
        if let Some((address, bits)) = entry.split_once('/') {
            let pattern = HostPattern::Network(address.parse().ok()?, bits.parse().ok()?);
            return Some(ExceptedHost { pattern, port: None });
        }
        if let Ok(address) = entry.parse() {
            return Some(ExceptedHost { pattern: HostPattern::Address(address), port: None });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (entry, None),
        };
        let pattern = match (host, host.strip_prefix("*.")) {
            ("*", _) => HostPattern::All,
            (_, Some(name)) => HostPattern::Below(plain(name)?),
            (host, None) => match host.parse() {
                Ok(address) => HostPattern::Address(address),
                Err(_) => HostPattern::Name(plain(host.strip_prefix('.').unwrap_or(host))?),
            },
        };
        Some(ExceptedHost { pattern, port })
    }
}

/// A name as addresses have it: in small letters, without a final dot, and what is no ASCII as name services know it.
fn plain(name: &str) -> Option<String> {
    let url = Url::parse(&format!("http://{}/", name.trim_end_matches('.'))).ok()?;
    url.host_str().filter(|host| !host.is_empty()).map(str::to_owned)
}

fn is_below(host: &str, name: &str) -> bool {
    host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => (address.to_bits().into(), network.to_bits().into(), 32_u32),
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits(), network.to_bits(), 128),
        _ => return false,
    };
    let rest = width.checked_sub(u32::from(bits));
    rest.is_some_and(|rest| (address ^ network).checked_shr(rest).unwrap_or_default() == 0)
}

#[cfg(test)]
mod tests {
    use super::NoProxy;

    #[test]
    fn each_form_holds_for_its_hosts_and_for_no_others() -> Result<(), http::uri::InvalidUri> {
        for (list, without, through) in [
            ("*", "http://hub.test https://10.0.0.1 http://[::1]", ""),
            (" other.test , * ", "http://hub.test", ""),
            (
                "hub.test",
                "http://hub.test https://a.hub.test http://HUB.test:8080 http://hub.test.",
                "http://nothub.test http://hub.test.evil",
            ),
            (".hub.test", "http://hub.test http://a.b.hub.test", "http://nothub.test"),
            ("*.hub.test", "http://a.hub.test", "http://hub.test http://nothub.test"),
            ("HUB.test.", "http://hub.test http://a.hub.test.", "http://test"),
            ("hub.test:8080", "http://hub.test:8080 http://a.hub.test:8080", "http://hub.test http://hub.test:80"),
            ("hub.test:443", "https://hub.test", "http://hub.test"),
            (
                "a.test b.test,c.test\td.test",
                "http://a.test http://b.test http://c.test http://d.test",
                "http://e.test",
            ),
            ("127.0.0.1", "http://127.0.0.1:9", "http://127.0.0.2 http://1.127.0.0.1.test"),
            ("10.0.0.0/8", "http://10.1.2.3", "http://11.0.0.1 http://hub.test"),
            ("10.0.0.0/32 0.0.0.0/33", "http://10.0.0.0", "http://10.0.0.1"),
            ("0.0.0.0/0", "http://1.2.3.4", "http://[::1] http://hub.test"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1"),
            ("::1", "http://[::1] http://[0:0:0:0:0:0:0:1]:9", "http://[::2]"),
            ("[::1]", "http://[::1]:9", "http://[::2]"),
            ("[::1]:9", "http://[::1]:9", "http://[::1]:10 http://[::1]"),
            ("fd00::/8 [fe80::]/10", "http://[fd12::1] http://[fe80::1]", "http://[fe00::1] http://10.0.0.1"),
            ("münchen.test", "http://xn--mnchen-3ya.test", "http://munchen.test"),
            ("localhost", "http://localhost:1", "http://127.0.0.1"),
            (", ,,: [ / .", "", "http://hub.test http://127.0.0.1"),
            ("", "", "http://hub.test"),
        ] {
            let parsed = NoProxy::parse(list);
            for (urls, expected) in [(without, true), (through, false)] {
                for url in urls.split_whitespace() {
                    assert_eq!(parsed.holds_for(&url.parse()?), expected, "{list:?} {url}: {parsed:?}");
                }
            }
        }
        Ok(())
    }
}
