//! Progress of a job that is waited for.

use std::fmt;
use std::time::Duration;

/// Progress of a job, after one more poll.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The platform's word for its state.
    pub status: Option<String>,
    /// How far it is, from 0 to 1, if the platform says so.
    pub fraction: Option<f64>,
    /// Time since the wait began.
    pub elapsed: Duration,
    /// Polls so far, failed ones included.
    pub polls: u32,
    /// Why the last poll failed; the wait goes on.
    pub failure: Option<String>,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (&self.status, &self.failure) {
            (_, Some(_)) => "cannot tell",
            (Some(status), None) => status,
            (None, None) => "waiting",
        })?;
        if let Some(fraction) = self.fraction {
            write!(f, ", {:.0} %", fraction * 100.0)?;
        }
        write!(f, ", {}", RoundedTime(self.elapsed))?;
        match &self.failure {
            Some(failure) => write!(f, " ({failure})"),
            None => Ok(()),
        }
    }
}

/// Time as people say it: two units at most.
struct RoundedTime(Duration);

impl fmt::Display for RoundedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        match (hours, minutes) {
            (0, 0) => write!(f, "{seconds} s"),
            (0, _) => write!(f, "{minutes} min {} s", seconds % 60),
            _ => write!(f, "{hours} h {} min", minutes % 60),
        }
    }
}

/// Update of a wait.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Update<V> {
    /// It goes on.
    Progress(Progress),
    /// It has ended well.
    Done(V),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_reads_like_a_line_of_a_log() {
        let mut progress = Progress {
            status: Some("running".to_owned()),
            fraction: Some(0.424),
            elapsed: Duration::from_secs(95),
            polls: 3,
            failure: None,
        };
        assert_eq!(progress.to_string(), "running, 42 %, 1 min 35 s");
        progress.failure = Some("cannot connect".to_owned());
        progress.fraction = None;
        progress.elapsed = Duration::from_secs(7265);
        assert_eq!(progress.to_string(), "cannot tell, 2 h 1 min (cannot connect)");
        progress.failure = None;
        progress.status = None;
        progress.elapsed = Duration::ZERO;
        assert_eq!(progress.to_string(), "waiting, 0 s");
    }
}
