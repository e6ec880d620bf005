//! Metrics: what an operator's monitoring sees, how much, how often and how long. Nothing in it says who.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};

/// The upper ends of the buckets of durations, in seconds: from a reply out of memory to a fit that takes half a
/// minute.
const BUCKETS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Labels of a route. Both are of a small number of texts, whatever callers send.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RouteLabels {
    /// The verb, as far as HTTP knows it.
    pub(crate) method: &'static str,
    /// The path as the document has it, with names where identifiers stand.
    pub(crate) route: String,
}

/// Labels of a reply.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReplyLabels {
    method: &'static str,
    route: String,
    status: u16,
}

type Durations = Family<RouteLabels, Histogram, fn() -> Histogram>;

/// The metrics: everything that is counted and timed. It begins at nought with the process.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<ReplyLabels, Counter>,
    durations: Durations,
    pub(crate) in_flight: Gauge,
    pub(crate) asks: Counter,
    pub(crate) tells: Counter,
    pub(crate) logins_refused: Counter,
    pub(crate) fits_waiting: Gauge,
    pub(crate) fits_running: Gauge,
    pub(crate) fit_seconds: Histogram,
    pub(crate) database_bytes: Gauge,
}

impl Metrics {
    /// With `passwords_checked` among them, which whoever checks passwords counts.
    pub(crate) fn new(passwords_checked: Counter) -> Self {
        let mut registry = Registry::with_prefix("mlhub");
        let add = &mut registry;
        add.register("passwords_checked", "Passwords hashed to be compared", passwords_checked);
        Self {
            requests: counted(add, "http_requests", "Requests answered"),
            durations: timed(
                add,
                "http_request_duration",
                "How long answers took",
                Family::new_with_constructor(durations),
            ),
            in_flight: counted(add, "http_requests_in_flight", "Requests being answered"),
            asks: counted(add, "asks", "Points asked for"),
            tells: counted(add, "tells", "Values told and stored"),
            logins_refused: counted(add, "logins_refused", "Logins that were refused"),
            fits_waiting: counted(add, "fits_waiting", "Fits of a model that wait for a core"),
            fits_running: counted(add, "fits_running", "Fits of a model that run"),
            fit_seconds: timed(add, "fit_duration", "How long fits of a model took", durations()),
            database_bytes: {
                let bytes = Gauge::default();
                add.register_with_unit("database_size", "How large the database is", Unit::Bytes, bytes.clone());
                bytes
            },
            registry,
        }
    }

    /// Counts a reply.
    pub(crate) fn count_reply(&self, labels: RouteLabels, status: u16, seconds: f64) {
        self.durations.get_or_create(&labels).observe(seconds);
        let RouteLabels { method, route } = labels;
        self.requests.get_or_create(&ReplyLabels { method, route, status }).inc();
    }

    /// All of it, in the text format of OpenMetrics.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

fn durations() -> Histogram {
    Histogram::new(BUCKETS)
}

fn counted<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn timed<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register_with_unit(name, help, Unit::Seconds, metric.clone());
    metric
}

/// A guard of a gauge: one more, until it is dropped: whatever is given up half-way is counted off as well.
#[derive(Debug)]
pub(crate) struct GaugeGuard(Gauge);

impl GaugeGuard {
    pub(crate) fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}
