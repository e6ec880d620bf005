//! Time series that come out of a job, step by step.

use std::time::{Duration, SystemTime};

use super::types::{Job, Series};
use crate::error::{Error, ErrorKind};

/// Where the lower bounds of a feature stand among what is predicted.
const LOWER: &str = "lower_";
/// Where the upper bounds of a feature stand.
const UPPER: &str = "upper_";

/// Step of a series, for one feature. What is missing is NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SeriesStep {
    /// Seconds since 1970.
    pub timestamp: f64,
    /// What was measured.
    pub observed: f64,
    /// What the model expects.
    pub predicted: f64,
    /// The least that is normal.
    pub lower: f64,
    /// The most that is normal.
    pub upper: f64,
}

impl SeriesStep {
    /// The time of the step, if it is one after 1970.
    pub fn time(&self) -> Option<SystemTime> {
        let since = Duration::try_from_secs_f64(self.timestamp).ok()?;
        SystemTime::UNIX_EPOCH.checked_add(since)
    }
}

impl Series {
    /// The names of the features, in alphabetical order, without bounds.
    pub fn features(&self) -> Vec<&str> {
        let predicted = self.predicted.iter().flat_map(|values| values.keys().map(move |name| (name, values)));
        // A bound is one only beside what it bounds.
        let is_bound = |name: &str, values: &std::collections::BTreeMap<String, _>| {
            let bounded = name.strip_prefix(LOWER).or_else(|| name.strip_prefix(UPPER));
            bounded.is_some_and(|feature| values.contains_key(feature))
        };
        let predicted = predicted.filter(|(name, values)| !is_bound(name, values)).map(|(name, _)| name);
        let mut names: Vec<_> =
            self.observed.iter().flat_map(|values| values.keys()).chain(predicted).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The times, in seconds since 1970.
    pub fn times(&self) -> &[f64] {
        self.timestamps.as_deref().unwrap_or_default()
    }

    /// What was measured, NaN where a value is missing; nothing for a feature that is not there.
    pub fn observed(&self, feature: &str) -> Vec<f64> {
        values(self.observed.as_ref().and_then(|all| all.get(feature)))
    }

    /// What the model expects; nothing for a feature that is not there.
    pub fn predicted(&self, feature: &str) -> Vec<f64> {
        values(self.predicted.as_ref().and_then(|all| all.get(feature)))
    }

    /// The least that is normal.
    pub fn lower(&self, feature: &str) -> Vec<f64> {
        self.predicted(&format!("{LOWER}{feature}"))
    }

    /// The most that is normal.
    pub fn upper(&self, feature: &str) -> Vec<f64> {
        self.predicted(&format!("{UPPER}{feature}"))
    }

    /// All of one feature, one step for each time.
    pub fn steps(&self, feature: &str) -> Vec<SeriesStep> {
        let (observed, predicted) = (self.observed(feature), self.predicted(feature));
        let (lower, upper) = (self.lower(feature), self.upper(feature));
        let at = |values: &[f64], index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let steps = self.times().iter().enumerate().map(|(index, timestamp)| SeriesStep {
            timestamp: *timestamp,
            observed: at(&observed, index),
            predicted: at(&predicted, index),
            lower: at(&lower, index),
            upper: at(&upper, index),
        });
        steps.collect()
    }
}

fn values(values: Option<&Vec<Option<f64>>>) -> Vec<f64> {
    values.into_iter().flatten().map(|value| value.unwrap_or(f64::NAN)).collect()
}

impl Job {
    /// Whether the job is over, whatever its state says: a job that is
    /// cancelled while it waits in the queue may say that it runs, for ever.
    pub fn is_over(&self) -> bool {
        self.end_timestamp.is_some()
    }

    /// The series that came out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Failed`] where none did: the job is not over, it gives none
    /// (trainings, writes), or its result was not asked for.
    pub fn series(&self) -> Result<&Series, Error> {
        self.result.as_ref().ok_or_else(|| {
            let error = self.error.as_deref();
            let why = error.unwrap_or("it is not over, or gives none, as trainings and writes do");
            Error::new(ErrorKind::Failed, format!("the job has no series: {why}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_hold_all_of_a_feature_and_nan_where_nothing_is() -> Result<(), serde_json::Error> {
        let series: Series = serde_json::from_str(
            r#"{"timestamps": [60.0, 120.0], "observed": {"f": [1.5, null]},
                "predicted": {"f": [2.0, 3.0], "lower_f": [1.0, 2.0], "upper_f": [4.0], "lower_bound": [0, 0]}}"#,
        )?;
        assert_eq!(series.features(), ["f", "lower_bound"]);
        let steps = series.steps("f");
        let expected = SeriesStep { timestamp: 60.0, observed: 1.5, predicted: 2.0, lower: 1.0, upper: 4.0 };
        assert_eq!(steps[0], expected);
        assert!(steps[1].observed.is_nan() && steps[1].upper.is_nan());
        assert_eq!(steps[1].time(), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(120)));
        assert!(series.observed("nope").is_empty());
        Ok(())
    }
}
