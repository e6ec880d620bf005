//! Large values, which go through HQ's store where it has one. The store is a
//! stand-in for Azure's; HQ and the library that it speaks to the store with are real.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use futures::TryStreamExt;
use serde_json::{Value, json};

use super::results::echo;
use super::{Checked, OFTEN, beside, member, organizations};
use crate::federation::Federation;
use crate::stores;

/// Letters beyond ASCII, which the simulated nodes send back as six letters each: 6 MiB.
const LETTERS: usize = 1 << 20;

/// Keeps what is written, and the length of the longest piece.
#[derive(Default)]
struct Pieces {
    all: Vec<u8>,
    longest: usize,
}

impl Write for Pieces {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        self.longest = self.longest.max(piece.len());
        self.all.write(piece)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_values_go_through_the_store_and_come_back_whole_and_as_a_stream() -> Checked {
    let Some(hq) = stores::with_store() else { return Ok(()) };
    for encrypted in [false, true] {
        let federation = Federation::new(hq, &format!("large-{encrypted}"), 2, encrypted);
        let client = member(hq, &federation).await?;
        assert!(client.has_blob_store().await?);
        let (large, small) = (json!({"text": "ż".repeat(LETTERS)}), json!({"text": "ż"}));
        let [first, second] = organizations(&federation)[..] else { return Err("two members".into()) };
        let task = client.create_task(echo(&federation, large.clone()).arguments_for(second, &small)).await?;

        // HQ's database has ids alone, one for each organization.
        let runs: Vec<_> = client.run().from_task(task.id).items().try_collect().await?;
        let ids: BTreeSet<_> = runs.iter().filter_map(|run| run.arguments.as_deref()).collect();
        assert!(ids.len() == 2 && ids.iter().all(|id| id.len() == 36), "{ids:?}");

        beside(federation.work(&federation.members, 2, json!({"task": task.id}))).await?;
        let results = client.wait_for_results(task.id).every(OFTEN).timeout(Duration::from_secs(120)).await?;
        for (organization, given) in [(first, large), (second, small)] {
            let row = results.of(organization).ok_or("a row")?;
            assert!(row.json::<Value>()? == json!({"organization_id": organization, "echo": given}));
            let mut pieces = Pieces::default();
            let written = client.write_result(row.run, &mut pieces).await?;
            assert!(Some(pieces.all.as_slice()) == row.bytes.as_deref() && written == pieces.all.len() as u64);
            let whole = pieces.all.len();
            assert!(whole < LETTERS || pieces.longest * 4 < whole, "{} of {whole} bytes at once", pieces.longest);
        }
    }
    Ok(())
}
