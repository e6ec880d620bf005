//! Proxy: which one, for which addresses, and with which credential.

use std::fmt;
use std::sync::Arc;

use http::header::{HeaderValue, PROXY_AUTHORIZATION};
use http::{Request, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;

use super::config_error::config;
use super::proxy_env::ProxyEnv;
use crate::error::Error;
use crate::pipeline::auth::Credential;
use crate::secret::Secret;

/// An HTTP proxy: plain requests are handed to it, TLS goes through it as
/// through a tunnel.
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

    /// Hosts that are reached without the proxy, with commas between them:
    /// names, which stand for all names below them too, addresses, networks
    /// such as `10.0.0.0/8`, or `*`. The form of `NO_PROXY`.
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
    plain: Option<Arc<ProxyRule>>,
    secure: Option<Arc<ProxyRule>>,
}

struct ProxyRule {
    matcher: Matcher,
    /// In place of what the matcher has read from an address.
    login: Option<HeaderValue>,
}

impl Proxies {
    /// Fails for an address that is none.
    pub(super) fn new(choice: &ProxyChoice) -> Result<Option<Self>, Error> {
        let rules = match choice {
            ProxyChoice::None => ProxyRules { plain: None, secure: None },
            // Read once: most programs have no proxy, and their requests need not ask.
            ProxyChoice::Environment => named(&ProxyEnv::read(|name| std::env::var(name).ok()))?,
            ProxyChoice::Variables(variables) => named(variables)?,
            ProxyChoice::Given(proxy) => {
                let rule = ProxyRule::new(proxy)?;
                ProxyRules { plain: rule.clone(), secure: rule }
            }
        };
        let any = rules.plain.is_some() || rules.secure.is_some();
        Ok(any.then(|| Proxies(Arc::new(rules))))
    }

    /// The proxy on the way to that address.
    pub(super) fn for_address(&self, to: &Uri) -> Option<ProxyHop> {
        let rules = &self.0;
        let rule = if to.scheme_str() == Some("https") { &rules.secure } else { &rules.plain };
        let rule = rule.as_ref()?;
        let found = rule.matcher.intercept(to)?;
        Some(ProxyHop { login: rule.login.clone().or_else(|| found.basic_auth().cloned()), found })
    }

    /// Puts the proxy's credential on a request that it gets to see. One that
    /// goes through a tunnel does not carry it.
    pub(super) fn authorize<B>(&self, request: &mut Request<B>) {
        let plain = request.uri().scheme_str() == Some("http");
        if let (true, Some(ProxyHop { login: Some(login), .. })) = (plain, self.for_address(request.uri())) {
            request.headers_mut().entry(PROXY_AUTHORIZATION).or_insert(login);
        }
    }
}

/// The rules that variables name, for plain requests and for TLS.
fn named(variables: &ProxyEnv) -> Result<ProxyRules, Error> {
    let except = variables.first(&["NO_PROXY"]).map_or("", |(_, value)| value);
    let rule = |names: &[&str]| {
        let Some((name, address)) = variables.first(names) else { return Ok(None) };
        ProxyRule::new(&Proxy::new(address).except(except)).map_err(|error| {
            let detail = format!("{name} in the environment: {}", error.detail());
            error.with_detail(detail)
        })
    };
    Ok(ProxyRules { plain: rule(&["HTTP_PROXY", "ALL_PROXY"])?, secure: rule(&["HTTPS_PROXY", "ALL_PROXY"])? })
}

impl ProxyRule {
    /// None where it would hold for no host.
    fn new(proxy: &Proxy) -> Result<Option<Arc<Self>>, Error> {
        let text = proxy.address.expose().trim();
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let bad = |why: &str| config(format!("the proxy's address {why}"));
        let mut url = Url::parse(&text)
            .map_err(|cause| bad("is not a URL; write it like http://127.0.0.1:3128").with_source(cause))?;
        if url.scheme() != "http" {
            return Err(bad("has to begin with http://: no other kind of proxy is spoken to"));
        }
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let login = match &proxy.login {
            Some(login) => Some(login.clone()),
            None if url.username().is_empty() => None,
            None => Some((decode(url.username()), Secret::new(decode(url.password().unwrap_or_default())))),
        };
        let login = login
            .map(|(user, password)| Credential::basic(&user, &password))
            .transpose()?
            .map(|credential| credential.header().clone());
        // Cannot fail for a URL with a host, which one that begins with http:// has.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        // The matcher takes the star for names alone, and not for addresses.
        if proxy.except.split(',').any(|host| host.trim() == "*") {
            return Ok(None);
        }
        let matcher = Matcher::builder().all(url.as_str()).no(proxy.except.as_str()).build();
        Ok(Some(Arc::new(ProxyRule { matcher, login })))
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxies(set)")
    }
}

/// A proxy on the way to somewhere.
pub(super) struct ProxyHop {
    found: Intercept,
    pub(super) login: Option<HeaderValue>,
}

impl ProxyHop {
    /// Its address, without user and password.
    pub(super) fn address(&self) -> &Uri {
        self.found.uri()
    }
}
