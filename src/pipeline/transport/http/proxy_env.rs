//! Environment variables that name proxies: `HTTP_PROXY` and its like.

use crate::secret::Secret;

/// A web server puts the headers of whoever calls it into variables: there, `HTTP_PROXY` is what a stranger wrote into
/// the header `Proxy` (CVE-2016-5385). This one is set in such programs and nowhere else.
const IN_A_WEB_SERVER: &str = "REQUEST_METHOD";
/// Each is also read in lower case, as other programs write them.
const NAMES: [&str; 4] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

/// The values of those variables. Addresses may have passwords in them: nothing of it prints.
#[derive(Clone, Debug, Default)]
pub(super) struct ProxyEnv(Vec<(&'static str, Secret)>);

impl ProxyEnv {
    /// Those that `lookup` knows. An empty one counts as none.
    pub(super) fn read(lookup: impl Fn(&str) -> Option<String>) -> Self {
        if lookup(IN_A_WEB_SERVER).is_some() {
            return ProxyEnv::default();
        }
        let known = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let found = NAMES.iter().filter_map(|name| {
            let value = known(name).or_else(|| known(&name.to_ascii_lowercase()))?;
            Some((*name, Secret::new(value)))
        });
        ProxyEnv(found.collect())
    }

    /// The first of them that is set.
    pub(super) fn first(&self, names: &[&str]) -> Option<(&'static str, &str)> {
        let find = |name: &&str| self.0.iter().find(|(known, _)| known == name);
        names.iter().find_map(find).map(|(name, value)| (*name, value.expose()))
    }
}
