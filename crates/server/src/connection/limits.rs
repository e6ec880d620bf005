//! Connection limits: how many there may be, and how long each may keep the hub waiting.

use std::time::Duration;

/// Number of connections where descriptors are plentiful. An idle one takes some kilobytes.
const MOST: usize = 4096;
/// Number of descriptors that are left to the database, logs and whatever else.
const RESERVED: usize = 128;

/// Limits of connections. The defaults hold where nothing is said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    /// Number of connections at once.
    pub(crate) connections: usize,
    /// How long the head of a request may take, from its first byte, or from the connection for the first one.
    pub(crate) head: Duration,
    /// How long the body of a request may take.
    pub(crate) body: Duration,
    /// How long a connection is kept between two requests, and how long an answer may wait to be taken. Longer than
    /// clients keep theirs (60 s are common), so that it is them who close.
    pub(crate) idle: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: connections(),
            head: Duration::from_secs(15),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
        }
    }
}

/// As many as the process may have descriptors, less some for itself.
fn connections() -> usize {
    let descriptors = descriptors();
    (descriptors - RESERVED.min(descriptors / 2)).clamp(1, MOST)
}

#[cfg(unix)]
fn descriptors() -> usize {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

#[cfg(not(unix))]
fn descriptors() -> usize {
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_descriptors_left_beside_the_connections() {
        let limits = ConnectionLimits::default();
        assert!((1..=MOST).contains(&limits.connections));
        assert!(limits.connections < descriptors());
    }
}
