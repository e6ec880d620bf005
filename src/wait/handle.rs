//! A wait as a short text, to go on from another process.

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// What every handle begins with; a later form gets a later number.
const VERSION: &str = "mlhub1:";

/// What is longer is not read: no id of any platform, however escaped, comes
/// near, so it is garbage. Handles of ordinary ids stay under 512 bytes.
const MAX_LENGTH: usize = 4096;

/// Characters that stand as they are in a value.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A wait as a short text: `mlhub1:PLATFORM/OPERATION/GOAL;name=value`.
///
/// It names the job by the documented parameters of its call and nothing else: no host, no credential. Resume it with a
/// client of the same platform, from any process, as long as the platform
/// remembers the job.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WaitHandle {
    platform: String,
    op: String,
    goal: String,
    args: Vec<(String, String)>,
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
        write!(f, "{VERSION}{}/{}/{}", self.platform, self.op, self.goal)?;
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
        let Some(rest) = text.strip_prefix(VERSION) else {
            return Err(bad(match text.starts_with("mlhub") {
                true => "is a handle of another version of mlhub",
                false => "is not the handle of a wait",
            }));
        };
        let mut parts = rest.split(';');
        let names: Vec<_> = parts.next().unwrap_or_default().split('/').collect();
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
        let args = parts
            .map(|part| {
                let (name, value) = part.split_once('=').ok_or_else(|| bad("is cut or altered: a value is missing"))?;
                Ok((decoded(name)?, decoded(value)?))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(WaitHandle::new(platform, op, goal, args))
    }
}
