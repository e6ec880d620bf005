//! Resume of a wait from another process: its handle, a short text.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// What a handle begins with that any node may be asked about; a later form gets a later number.
const VERSION: &str = "mlhub1:";
/// What one begins with that names its node: a reader that knows nothing of nodes shall refuse it.
const PINNED: &str = "mlhub2:";

/// What is longer is not read: no id of any platform, however escaped, comes
/// near, so it is garbage. Handles of ordinary ids stay under 512 bytes.
const MAX_LENGTH: usize = 4096;

/// Characters that stand as they are in a value.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Handle of a wait, a short text: `mlhub1:PLATFORM/OPERATION/GOAL;name=value`.
///
/// It names the job by the documented parameters of its call and nothing else: no host, no credential. Resume it with a
/// client of the same platform, from any process, as long as the platform
/// remembers the job.
///
/// A wait that goes to one node, because the job lives there alone, has that node's address in its handle:
/// `mlhub2:PLATFORM/OPERATION/GOAL@NODE;name=value`. It is resumed there, by a client that has this node among its own;
/// to another server no text can send a client. A handle without a node is read as ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WaitHandle {
    pub(super) platform: String,
    pub(super) op: String,
    pub(super) goal: String,
    pub(super) node: Option<String>,
    pub(super) args: Vec<(String, String)>,
}

impl WaitHandle {
    /// The handle of a wait.
    pub fn new(
        platform: &str,
        op: &str,
        goal: &str,
        args: impl IntoIterator<Item = (impl Into<String>, String)>,
    ) -> Self {
        WaitHandle {
            platform: platform.to_owned(),
            op: op.to_owned(),
            goal: goal.to_owned(),
            node: None,
            args: args.into_iter().map(|(name, value)| (name.into(), value)).collect(),
        }
    }

    /// Reads a handle of that platform and one of these operations.
    #[doc(hidden)]
    pub fn parse(text: &str, platform: &str, ops: &[&str]) -> Result<Self, Error> {
        let handle: WaitHandle = text.parse()?;
        if handle.platform != platform {
            let detail = format!("the handle belongs to {}, not to {platform}", handle.platform);
            return Err(Error::new(ErrorKind::Handle, detail));
        }
        if !ops.contains(&handle.op.as_str()) {
            return Err(handle.foreign("this resource"));
        }
        Ok(handle)
    }

    /// The same wait at that node alone, or at any.
    #[doc(hidden)]
    #[must_use]
    pub fn at(self, node: Option<String>) -> Self {
        WaitHandle { node, ..self }
    }

    /// The platform.
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// The operation that the wait belongs to.
    pub fn op(&self) -> &str {
        &self.op
    }

    /// What is waited for.
    pub fn goal(&self) -> &str {
        &self.goal
    }

    /// The node where the job lives, as [`Node::base`](crate::pipeline::Node::base) has it, if it lives on one alone.
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// The names and values of the parameters.
    pub fn args(&self) -> &[(String, String)] {
        &self.args
    }

    /// A parameter of the path as the call wants it.
    pub fn arg<T: FromStr>(&self, name: &str) -> Result<T, Error> {
        let found = self.args.iter().find(|(known, _)| known == name);
        let value = found.and_then(|(_, value)| value.parse().ok());
        value.ok_or_else(|| {
            let detail = match found {
                Some(_) => format!("the handle has an odd value for {name:?}"),
                None => format!("the handle has no {name:?}: the wait was made of a call that was not complete"),
            };
            Error::new(ErrorKind::Handle, detail)
        })
    }

    /// A parameter that the call may lack. It is kept as JSON has it, texts without their quotes.
    #[doc(hidden)]
    pub fn held<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let Some((_, text)) = self.args.iter().find(|(known, _)| known == name) else {
            return Ok(None);
        };
        let value = serde_json::from_value(Value::String(text.clone())).or_else(|_| serde_json::from_str(text));
        let odd = |_| Error::new(ErrorKind::Handle, format!("the handle has an odd value for {name:?}"));
        value.map(Some).map_err(odd)
    }

    /// The error of a handle that another resource made.
    #[doc(hidden)]
    pub fn foreign(&self, group: &str) -> Error {
        let detail = format!("the handle is of {}/{}, which {group} cannot resume", self.op, self.goal);
        Error::new(ErrorKind::Handle, detail)
    }
}

impl fmt::Display for WaitHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = if self.node.is_some() { PINNED } else { VERSION };
        write!(f, "{version}{}/{}/{}", self.platform, self.op, self.goal)?;
        if let Some(node) = &self.node {
            write!(f, "@{}", utf8_percent_encode(node, VALUE))?;
        }
        for (name, value) in &self.args {
            let (name, value) = (utf8_percent_encode(name, VALUE), utf8_percent_encode(value, VALUE));
            write!(f, ";{name}={value}")?;
        }
        Ok(())
    }
}

impl FromStr for WaitHandle {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = |why: &str| Error::new(ErrorKind::Handle, format!("the text {why}"));
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(bad("is too long for the handle of a wait"));
        }
        let (rest, pinned) = match (text.strip_prefix(VERSION), text.strip_prefix(PINNED)) {
            (Some(rest), _) => (rest, false),
            (_, Some(rest)) => (rest, true),
            _ if text.starts_with("mlhub") => return Err(bad("is a handle of another version of mlhub")),
            _ => return Err(bad("is not the handle of a wait")),
        };
        let mut parts = rest.split(';');
        let names = parts.next().unwrap_or_default();
        let (names, node) = match pinned {
            true => names.rsplit_once('@').ok_or_else(|| bad("is cut or altered: the node is missing"))?,
            false => (names, ""),
        };
        let names: Vec<_> = names.split('/').collect();
        let [platform, op, goal] = names.as_slice() else {
            return Err(bad("is cut or altered: platform, operation and goal are missing"));
        };
        if [platform, op, goal].iter().any(|name| name.is_empty()) {
            return Err(bad("is cut or altered: a name is empty"));
        }
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(|text| text.into_owned()).map_err(|_| bad("is altered: a value is not text"))
        };
        let node = match decoded(node)? {
            node if node.is_empty() && pinned => return Err(bad("is cut or altered: the node is missing")),
            node => pinned.then_some(node),
        };
        let args = parts
            .map(|part| {
                let (name, value) = part.split_once('=').ok_or_else(|| bad("is cut or altered: a value is missing"))?;
                Ok((decoded(name)?, decoded(value)?))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(WaitHandle::new(platform, op, goal, args).at(node))
    }
}
