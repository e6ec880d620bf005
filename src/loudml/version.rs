//! Server version: which one this is, and whether this client was made for it.

use super::{Client, types};
use crate::error::{Error, ErrorKind};

impl Client {
    /// What the server says of itself. A version for which this client was not
    /// made is logged as a warning; [`require_version`](Self::require_version)
    /// makes it an error.
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub async fn info(&self) -> Result<types::Info, Error> {
        let info = self.server().info().send().await?;
        if !is_known(&info.version) {
            tracing::warn!(target: "mlhub", version = %info.version, "{}", foreign(&info.version));
        }
        Ok(info)
    }

    /// The version of the server, such as `1.6.0`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub async fn version(&self) -> Result<String, Error> {
        self.info().await.map(|info| info.version)
    }

    /// Fails with [`ErrorKind::Config`] unless the server is of version 1.6 or
    /// a later one of 1.x.
    ///
    /// # Errors
    ///
    /// Another version, and those of any call.
    pub async fn require_version(&self) -> Result<types::Info, Error> {
        let info = self.server().info().send().await?;
        match is_known(&info.version) {
            true => Ok(info),
            false => Err(Error::new(ErrorKind::Config, foreign(&info.version))),
        }
    }

    /// Whether a server answers at all.
    ///
    /// # Errors
    ///
    /// Why none does, which the Python client keeps to itself.
    pub async fn ping(&self) -> Result<(), Error> {
        self.server().ping().send().await
    }
}

fn foreign(version: &str) -> String {
    format!("the server is Loud ML {version:?}, and this client was made for 1.6 and later versions of 1.x")
}

/// 1.6 and later of 1.x.
fn is_known(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    matches!((parts.next().flatten(), parts.next().flatten()), (Some(1), Some(minor)) if minor >= 6)
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn versions_are_told_apart_by_number() {
        for known in ["1.6", "1.6.0", "1.10.2", "1.6.0-rc1", "1.7.dev1"] {
            assert!(is_known(known), "{known}");
        }
        for foreign in ["1.5.9", "0.16.0", "2.0", "11.6", "1", "", "one.six"] {
            assert!(!is_known(foreign), "{foreign}");
        }
    }
}
