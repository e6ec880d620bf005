//! How a job goes.

use std::fmt;
use std::time::Duration;

/// How a job goes, after one more look at it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The platform's word for its state.
    pub status: Option<String>,
    /// How far it is, from 0 to 1, if the platform says so.
    pub fraction: Option<f64>,
    /// Time since the wait began.
    pub elapsed: Duration,
    /// Looks taken so far, failed ones included.
    pub looks: u32,
    /// Why the last look failed; the wait goes on.
    pub trouble: Option<String>,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (&self.status, &self.trouble) {
            (_, Some(_)) => "cannot tell",
            (Some(status), None) => status,
            (None, None) => "waiting",
        })?;
        if let Some(fraction) = self.fraction {
            write!(f, ", {:.0} %", fraction * 100.0)?;
        }
        write!(f, ", {}", Elapsed(self.elapsed))?;
        match &self.trouble {
            Some(trouble) => write!(f, " ({trouble})"),
            None => Ok(()),
        }
    }
}

/// A time as people say it: two units at most.
struct Elapsed(Duration);

impl fmt::Display for Elapsed {
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

/// What a wait has to say.
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
            looks: 3,
            trouble: None,
        };
        assert_eq!(progress.to_string(), "running, 42 %, 1 min 35 s");
        progress.trouble = Some("cannot connect".to_owned());
        progress.fraction = None;
        progress.elapsed = Duration::from_secs(7265);
        assert_eq!(progress.to_string(), "cannot tell, 2 h 1 min (cannot connect)");
        progress.trouble = None;
        progress.status = None;
        progress.elapsed = Duration::ZERO;
        assert_eq!(progress.to_string(), "waiting, 0 s");
    }
}
