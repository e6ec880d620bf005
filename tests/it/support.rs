//! What the tests of the pipeline share: operations, clients over a lab, times.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use mlhub::op::{AuthKind, BodyKind, Op, Param, ParamKind, ParamLocation, ReplyKind, ReplyShape, RetryClass};
use mlhub::pipeline::Pipeline;
use mlhub::testing::Lab;
use mlhub::{Builder, Error, Options, RawCall};

/// The result of a test: any error fails it.
pub(crate) type Checked = Result<(), Box<dyn std::error::Error>>;

/// An operation without anything special; tests change what they are about.
pub(crate) const fn op(id: &'static str, retry: RetryClass) -> Op {
    Op {
        platform: "lab",
        id,
        group: "thing",
        verb: id,
        method: http::Method::POST,
        path: "/things",
        summary: "",
        params: &[],
        arguments: &[],
        body: BodyKind::Json,
        reply: ReplyKind::Json,
        shape: ReplyShape::Any,
        retry,
        key: None,
        paging: None,
        list: None,
        columns: &[],
        row: "",
        waits: &[],
        wait_places: &[],
        starts: None,
        auth: AuthKind::Bearer,
        refused: &[],
        errors: "detail",
        wire: None,
        gzip: false,
        hints: &[],
    }
}

/// A parameter that a call may leave out.
pub(crate) const fn param(name: &'static str, place: ParamLocation) -> Param {
    Param {
        name,
        place,
        required: false,
        kind: ParamKind::Text,
        list: false,
        join: None,
        secret: false,
        flag: None,
        doc: "",
    }
}

/// A read.
pub(crate) static READ: LazyLock<Op> =
    LazyLock::new(|| Op { method: http::Method::GET, body: BodyKind::None, ..op("read", RetryClass::Safe) });
/// A change that may be repeated, such as a PUT.
pub(crate) static SAFE: LazyLock<Op> = LazyLock::new(|| op("safe", RetryClass::Safe));
/// A change that may not be repeated.
pub(crate) static NEVER: LazyLock<Op> = LazyLock::new(|| op("never", RetryClass::Never));
/// A change with an idempotency key that the server honours.
pub(crate) static KEYED: LazyLock<Op> = LazyLock::new(|| op("keyed", RetryClass::Keyed { header: "idempotency-key" }));

/// A builder over that lab.
pub(crate) fn builder(lab: &Lab) -> Builder<Pipeline> {
    Builder::new("http://hub.test/prefix", |pipeline: Pipeline| pipeline).transport(lab.clone()).clock(lab.clock())
}

/// A client over that lab, with everything by default.
pub(crate) fn client(lab: &Lab) -> Result<Pipeline, Error> {
    builder(lab).build()
}

/// A client over that lab with other options.
pub(crate) fn client_with(lab: &Lab, change: impl FnOnce(Options) -> Options) -> Result<Pipeline, Error> {
    builder(lab).with(change).build()
}

/// Calls the operation with `{"n": 1}` where it has a body.
pub(crate) async fn call(pipeline: &Pipeline, op: &'static Op) -> Result<serde_json::Value, Error> {
    let call = RawCall::of(pipeline.clone(), op);
    match op.body {
        BodyKind::None => call.send().await,
        _ => call.body(serde_json::json!({"n": 1})).send().await,
    }
}

/// A call of an operation of a document, with everything that it asks for.
pub(crate) fn filled(pipeline: &Pipeline, op: &'static Op) -> RawCall {
    let call =
        op.params.iter().filter(|param| param.required).fold(RawCall::of(pipeline.clone(), op), |call, param| {
            call.arg(param.name, "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
        });
    match op.body {
        BodyKind::Json => call.body(serde_json::json!({"n": 1})),
        _ => call,
    }
}

/// The failure of something that must fail.
pub(crate) fn failure<T>(result: Result<T, Error>) -> Result<Error, String> {
    result.err().ok_or_else(|| "succeeded where it had to fail".to_owned())
}

/// When each request was sent, in milliseconds.
pub(crate) fn times(lab: &Lab) -> Vec<u128> {
    lab.seen().iter().map(|seen| seen.at.as_millis()).collect()
}

/// Whole seconds.
pub(crate) const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Chance out of a seed (splitmix64), so that a failure comes again. Clones draw from the same row of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Chance(Arc<AtomicU64>);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Chance(Arc::new(AtomicU64::new(seed)))
    }

    /// Sixty-four bits.
    pub(crate) fn bits(&self) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// In `0..1`, never nought.
    pub(crate) fn unit(&self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Below that number.
    pub(crate) fn below(&self, end: u64) -> u64 {
        self.bits() % end.max(1)
    }
}

/// Keeps every span and event alive for as long as the program runs. Which of
/// them anybody wants is cached for all threads at once: without one listener
/// that always listens, a test that begins while another ends can go unheard.
pub(crate) fn hear_all() {
    static ALL: std::sync::Once = std::sync::Once::new();
    ALL.call_once(|| {
        // Fails only if something else listens to everything already.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    });
}
