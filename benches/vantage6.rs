//! An item of a list at ten on a page, and one read, in microseconds of the
//! client's processor: beside vantage6's Python client, in one run against the
//! real HQ.
//!
//! `cargo bench --bench vantage6` prints the least of several rounds, taken in
//! turn on both sides. It needs what `tests/interop/environment` installs, and
//! says so where that is missing. `-- --gate` fails above the aim.

#[path = "../tests/interop/hq.rs"]
mod hq;
#[path = "../tests/interop/measure.rs"]
mod measure;
#[path = "../tests/interop/peer.rs"]
mod peer;
#[path = "../tests/interop/stand.rs"]
mod stand;

/// Where the scripts are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop");
const ROUNDS: usize = 9;
/// As much of the Python client's time is the aim.
const AIM: f64 = 0.1;

fn main() {
    let Some(hq) = hq::shared() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let costs = runtime.block_on(measure::beside_python(hq, ROUNDS)).expect("figures");
    if std::env::args().any(|argument| argument == "--gate") {
        let above: Vec<_> = costs.iter().filter(|cost| cost.ratio() > AIM).map(|cost| cost.what).collect();
        if !above.is_empty() {
            eprintln!("{} above {AIM} of the Python client", above.join(" and "));
            std::process::exit(1);
        }
    }
}
