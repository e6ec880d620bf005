//! Proxy: which one, for which addresses, and with which credential.

use std::fmt;
use std::sync::Arc;

use http::header::{HeaderValue, PROXY_AUTHORIZATION};
use http::{Request, Uri};
use reqwest::Url;

use super::config_error::{Unusable, config};
use super::no_proxy::NoProxy;
use super::proxy_env::ProxyEnv;
use crate::error::Error;
use crate::pipeline::auth::Credential;
use crate::secret::Secret;

/// A proxy: plain requests are handed to it, TLS goes through it as through a
/// tunnel. Its address begins with `http://`, with `https://` where it is spoken
/// to over TLS itself, or with `socks5://` or `socks5h://`, through which all
/// goes as through a tunnel: by the first the names of servers are looked up
/// here, by the second by the proxy.
///
/// A user and a password may stand in its address, percent-encoded, or be
/// given apart; they print nowhere.
///
/// ```
/// use mlhub::pipeline::Proxy;
/// let proxy = Proxy::new("http://proxy.example.org:3128").basic("svc", "secret").except("localhost,10.0.0.0/8");
/// ```
#[derive(Clone)]
#[must_use]
pub struct Proxy {
    address: Secret,
    login: Option<(String, Secret)>,
    except: String,
}

impl Proxy {
    /// The proxy at that address; `http://` may be left out.
    pub fn new(address: impl Into<String>) -> Self {
        Proxy { address: Secret::new(address), login: None, except: String::new() }
    }

    /// User and password for the proxy, in place of those in its address.
    pub fn basic(mut self, user: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.login = Some((user.into(), password.into()));
        self
    }

    /// Whether it is spoken to over TLS.
    #[cfg(feature = "rustls")]
    pub(super) fn is_secure(&self) -> bool {
        self.address.expose().trim_start().to_ascii_lowercase().starts_with("https:")
    }

    /// Hosts that are reached without the proxy, with commas or blanks between
    /// them: names, which stand for all names below them too (`*.example.org`
    /// for those alone), addresses, networks such as `10.0.0.0/8`, or `*`; each
    /// but a network may have a port. The form of `NO_PROXY`.
    pub fn except(mut self, hosts: impl Into<String>) -> Self {
        self.except = hosts.into();
        self
    }
}

impl From<&str> for Proxy {
    fn from(address: &str) -> Self {
        Proxy::new(address)
    }
}

impl From<String> for Proxy {
    fn from(address: String) -> Self {
        Proxy::new(address)
    }
}

/// The address may have a password in it.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("except", &self.except).finish_non_exhaustive()
    }
}

/// Where the choice of a proxy comes from.
#[derive(Clone, Debug, Default)]
pub(super) enum ProxyChoice {
    /// The process's own environment.
    #[default]
    Environment,
    /// One that was read already.
    Variables(ProxyEnv),
    None,
    Given(Proxy),
}

/// The proxies of a transport, one for plain requests and one for TLS; most have none.
#[derive(Clone)]
pub(super) struct Proxies(Arc<ProxyRules>);

struct ProxyRules {
    plain: Option<ProxyRule>,
    secure: Option<ProxyRule>,
    except: NoProxy,
}

/// A proxy, or what is wrong with the variable that names it: it fails those alone that would go through it.
type ProxyRule = Result<ProxyHop, Unusable>;

impl Proxies {
    /// Fails for an address that is none, where a program has given it.
    pub(super) fn new(choice: &ProxyChoice) -> Result<Option<Self>, Error> {
        let rules = match choice {
            ProxyChoice::None => return Ok(None),
            // Read once: most programs have no proxy, and their requests need not ask.
            ProxyChoice::Environment => named(&ProxyEnv::read(|name| std::env::var(name).ok())),
            ProxyChoice::Variables(variables) => named(variables),
            ProxyChoice::Given(proxy) => {
                let hop = ProxyHop::new(proxy)?;
                ProxyRules {
                    plain: Some(Ok(hop.clone())),
                    secure: Some(Ok(hop)),
                    except: NoProxy::parse(&proxy.except),
                }
            }
        };
        let any = rules.plain.is_some() || rules.secure.is_some();
        Ok(any.then(|| Proxies(Arc::new(rules))))
    }

    /// The proxy on the way to that address.
    pub(super) fn for_address(&self, to: &Uri) -> Result<Option<&ProxyHop>, Unusable> {
        let rules = &self.0;
        let rule = if to.scheme_str() == Some("https") { &rules.secure } else { &rules.plain };
        match rule {
            Some(rule) if !rules.except.holds_for(to) => rule.as_ref().map(Some).map_err(Unusable::clone),
            _ => Ok(None),
        }
    }

    /// Puts the proxy's credential on a request that it gets to see. One that
    /// goes through a tunnel does not carry it.
    pub(super) fn authorize<B>(&self, request: &mut Request<B>) {
        let plain = request.uri().scheme_str() == Some("http");
        if let (true, Ok(Some(ProxyHop { login: Some(login), kind, .. }))) = (plain, self.for_address(request.uri()))
            && !matches!(kind, ProxyKind::Socks { .. })
        {
            request.headers_mut().entry(PROXY_AUTHORIZATION).or_insert(login.header.clone());
        }
    }
}

/// The rules that variables name, for plain requests and for TLS.
fn named(variables: &ProxyEnv) -> ProxyRules {
    let rule = |names: &[&str]| {
        let (name, address) = variables.first(names)?;
        let hop = ProxyHop::new(&Proxy::new(address));
        Some(hop.map_err(|error| Unusable(format!("{name} in the environment: {}", error.detail()))))
    };
    let except = variables.first(&["NO_PROXY"]).map_or("", |(_, value)| value);
    ProxyRules {
        plain: rule(&["HTTP_PROXY", "ALL_PROXY"]),
        secure: rule(&["HTTPS_PROXY", "ALL_PROXY"]),
        except: NoProxy::parse(except),
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxies(set)")
    }
}

/// Kind of a proxy: how it is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProxyKind {
    Http,
    /// The same over TLS.
    Https,
    /// SOCKS, version 5; names are looked up by the proxy or here.
    Socks {
        looks_up: bool,
    },
}

/// User and password for a proxy, and the header with both.
#[derive(Clone)]
pub(super) struct ProxyLogin {
    pub(super) user: String,
    pub(super) password: Secret,
    pub(super) header: HeaderValue,
}

/// A proxy on the way to somewhere.
#[derive(Clone)]
pub(super) struct ProxyHop {
    pub(super) kind: ProxyKind,
    /// Its address, without user and password, with its port.
    pub(super) address: Uri,
    pub(super) login: Option<ProxyLogin>,
}

impl ProxyHop {
    fn new(proxy: &Proxy) -> Result<Self, Error> {
        let text = proxy.address.expose().trim();
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let bad = |why: &str| config(format!("the proxy's address {why}"));
        let url = Url::parse(&text)
            .map_err(|cause| bad("is not a URL; write it like http://127.0.0.1:3128").with_source(cause))?;
        let (kind, usual) = match url.scheme() {
            "http" => (ProxyKind::Http, 80),
            "https" if cfg!(not(feature = "rustls")) => {
                return Err(bad("begins with https://, for which this build leaves out the feature `rustls`"));
            }
            "https" => (ProxyKind::Https, 443),
            // The port that RFC 1928 gives it.
            "socks5" | "socks" => (ProxyKind::Socks { looks_up: false }, 1080),
            "socks5h" => (ProxyKind::Socks { looks_up: true }, 1080),
            _ => return Err(bad("has to begin with http://, https://, socks5:// or socks5h://")),
        };
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return Err(bad("has no host"));
        };
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let login = match &proxy.login {
            Some(login) => Some(login.clone()),
            None if url.username().is_empty() => None,
            None => Some((decode(url.username()), Secret::new(decode(url.password().unwrap_or_default())))),
        };
        let login = login
            .map(|(user, password)| {
                let header = Credential::basic(&user, &password)?.header().clone();
                Ok::<_, Error>(ProxyLogin { user, password, header })
            })
            .transpose()?;
        let address = format!("{}://{host}:{}", url.scheme(), url.port().unwrap_or(usual));
        let address = address.parse().map_err(|cause: http::uri::InvalidUri| bad("is not a URL").with_source(cause))?;
        Ok(ProxyHop { kind, address, login })
    }
}
