//! Platform as data: its name, its server's address, its settings, and the table of its operations.

use mlhub::Op;

/// Platform.
#[derive(Debug)]
pub(crate) struct Platform {
    /// Its name on the command line, in the environment and in profiles.
    pub(crate) name: &'static str,
    /// Default address of its server.
    pub(crate) url: &'static str,
    /// What else can be told about it.
    pub(crate) settings: &'static [Setting],
    /// Every operation of its document.
    pub(crate) ops: &'static [Op],
}

impl Platform {
    /// The groups of its operations.
    pub(crate) fn groups(&self) -> Vec<&'static str> {
        let groups: std::collections::BTreeSet<_> = self.ops.iter().map(|op| op.group).collect();
        groups.into_iter().collect()
    }

    /// The operations of a group.
    pub(crate) fn members<'a>(&self, group: &'a str) -> impl Iterator<Item = &'static Op> + use<'a> {
        let ops: &'static [Op] = self.ops;
        ops.iter().filter(move |op| op.group == group)
    }

    /// The operation of that group and verb.
    pub(crate) fn verb(&self, group: &str, verb: &str) -> Option<&'static Op> {
        self.members(group).find(|op| op.verb == verb)
    }

    /// The operation of a group that lists what is in it.
    pub(crate) fn listing(&self, group: &str) -> Option<&'static Op> {
        self.verb(group, "list").or_else(|| self.members(group).find(|op| op.paging.is_some()))
    }

    /// The operation of a group that can be waited for.
    pub(crate) fn waiting(&self, group: &str) -> Option<&'static Op> {
        let waits = |op: &&Op| !op.waits.is_empty();
        self.verb(group, "get").filter(waits).or_else(|| self.members(group).find(waits))
    }

    /// What a call of that operation can go on to wait for: itself, or what it begins.
    pub(crate) fn awaited(&self, op: &'static Op) -> Option<&'static Op> {
        if !op.waits.is_empty() {
            return Some(op);
        }
        if let Some(starts) = op.starts {
            return self.op(starts.operation);
        }
        let begins = !matches!(op.method.as_str(), "GET" | "HEAD" | "DELETE");
        self.waiting(op.group).filter(|_| begins)
    }

    /// What can be told about it, connections included.
    pub(crate) fn all_settings(&self) -> impl Iterator<Item = &'static Setting> + use<> {
        self.settings.iter().chain(CONNECTION)
    }

    /// The operation of that id.
    pub(crate) fn op(&self, id: &str) -> Option<&'static Op> {
        self.ops.iter().find(|op| op.id == id)
    }
}

/// Setting of a platform: the variable `MLHUB_<PLATFORM>_<VARIABLE>`, and what else may say it.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The end of the variable's name.
    pub(crate) variable: &'static str,
    /// The key in a profile, where it may stand in one.
    pub(crate) key: Option<&'static str>,
    /// Default value.
    pub(crate) default: Option<&'static str>,
    /// Whether its value is never shown.
    pub(crate) secret: bool,
    /// Whether it also counts for every platform: by an option of the command line, and as `MLHUB_<VARIABLE>`.
    pub(crate) common: bool,
}

impl Setting {
    /// Setting of the environment alone.
    pub(crate) const fn new(variable: &'static str) -> Setting {
        Setting { variable, key: None, default: None, secret: false, common: false }
    }

    /// Setting of the environment that is never shown.
    pub(crate) const fn secret(variable: &'static str) -> Setting {
        Setting { secret: true, ..Setting::new(variable) }
    }

    /// The same in a profile too.
    pub(crate) const fn with_key(self, key: &'static str) -> Setting {
        Setting { key: Some(key), ..self }
    }

    /// Setting of every platform.
    const fn common(variable: &'static str, key: &'static str) -> Setting {
        Setting { common: true, ..Setting::new(variable).with_key(key) }
    }

    /// The option of the command line by which it is told for any platform.
    pub(crate) fn option(&self) -> Option<String> {
        self.common.then(|| format!("--{}", self.variable.to_lowercase().replace('_', "-")))
    }

    /// The same with a default value.
    pub(crate) const fn with_default(self, value: &'static str) -> Setting {
        Setting { default: Some(value), ..self }
    }

    /// Its variable.
    pub(crate) fn name(&self, platform: &str) -> String {
        variable_name(platform, self.variable)
    }
}

/// Authority to trust beside the system's: a PEM file.
pub(crate) const CA_FILE: Setting = Setting::common("CA_FILE", "ca_file");
/// Client certificate: a PEM file with its chain.
pub(crate) const CLIENT_CERTIFICATE: Setting = Setting::common("CLIENT_CERTIFICATE", "client_certificate");
/// Private key of the client certificate: a PEM file.
pub(crate) const CLIENT_KEY: Setting = Setting::common("CLIENT_KEY", "client_key");
/// Proxy that all connections go through, or `none`.
pub(crate) const PROXY: Setting = Setting::common("PROXY", "proxy");
/// Time to establish a connection.
pub(crate) const CONNECT_TIMEOUT: Setting = Setting::common("CONNECT_TIMEOUT", "connect_timeout").with_default("5s");
/// Time of one attempt.
pub(crate) const ATTEMPT_TIMEOUT: Setting = Setting::common("ATTEMPT_TIMEOUT", "attempt_timeout").with_default("30s");
/// Time of a call with all its attempts.
pub(crate) const CALL_TIMEOUT: Setting = Setting::common("CALL_TIMEOUT", "call_timeout").with_default("2m");
/// Longest silence of a reply that is read as it arrives.
pub(crate) const IDLE_TIMEOUT: Setting = Setting::common("IDLE_TIMEOUT", "idle_timeout").with_default("1m");

/// Settings of connections, which every platform has.
const CONNECTION: &[Setting] =
    &[CA_FILE, CLIENT_CERTIFICATE, CLIENT_KEY, PROXY, CONNECT_TIMEOUT, ATTEMPT_TIMEOUT, CALL_TIMEOUT, IDLE_TIMEOUT];

/// Settings by which every platform knows who somebody is.
pub(crate) const CREDENTIALS: &[Setting] =
    &[Setting::secret("TOKEN"), Setting::new("USERNAME"), Setting::secret("PASSWORD")];

/// Name of a variable of a platform.
pub(crate) fn variable_name(platform: &str, what: &str) -> String {
    format!("MLHUB_{}_{what}", platform.to_uppercase().replace('-', "_"))
}

/// Value of a variable of a platform; one that is empty counts as not set.
pub(crate) fn variable(platform: &str, what: &str) -> Option<String> {
    std::env::var(variable_name(platform, what)).ok().filter(|value| !value.is_empty())
}
