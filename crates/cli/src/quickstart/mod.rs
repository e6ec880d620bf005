//! `quickstart`: a hub in this process, a real classifier, and a search
//! through the public client, as any program of a user would do it.

mod data;
mod model;
mod report;
mod search;

use mlhub::Secret;
use uuid::Uuid;

use crate::args::Quickstart;
use crate::embedded::Embedded;
use crate::fault::Fault;
use crate::output::Out;

/// Points tried when nobody says; enough for the search to settle.
pub(crate) const TRIALS: u32 = 32;
/// Seed of the search when nobody says.
pub(crate) const SEED: i64 = 1;

/// Tunes, then judges the result on folds that the search never saw.
pub(crate) async fn run(options: &Quickstart, out: &Out) -> Result<(), Fault> {
    out.notice(report::INTRODUCTION);
    // Removed when it is dropped, also after Ctrl-C.
    let folder = tempfile::tempdir().map_err(Fault::local)?;
    let password = Secret::new(Uuid::new_v4().to_string());
    let hub = Embedded::start(&folder.path().join("quickstart.sqlite"), password).await?;
    let found = search::search(&hub.client, options, out).await?;
    hub.stop().await?;
    let judged = report::judge(found.best.clone()).await?;
    report::print(&found, &judged, out)
}
