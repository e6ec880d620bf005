//! Lists over many pages, against a hub of 250 organizations.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use mlhub::ErrorKind;
use mlhub::vantage6::types;

use super::{Checked, admin, failure};
use crate::hq::{self, ORGANIZATIONS};

#[tokio::test(flavor = "multi_thread")]
async fn every_organization_comes_once_whatever_the_size_of_a_page() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let client = admin(hq).await?;
    for size in [7, 10, 100, 1000] {
        let ids: Vec<i64> = client
            .organization()
            .list()
            .items()
            .page_size(size)
            .map_ok(|organization: types::Organization| organization.id)
            .try_collect()
            .await?;
        assert!(ids.len() >= ORGANIZATIONS, "{}", ids.len());
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "in the order of their ids, each once");
    }
    let rows: Vec<_> = client.organization().list().items().limit(3).fields(["id", "name"]).try_collect().await?;
    assert!(rows.iter().all(|row| row.len() == 2 && row["id"].is_i64() && row["name"].is_string()), "{rows:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_parameter_is_kept_from_page_to_page() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let client = admin(hq).await?;
    // HQ's own links keep one of them.
    let wanted: BTreeSet<i64> = [1, 2, 3, 4, 5].into();
    let list = client.organization().list().ids(wanted.iter().copied().collect::<Vec<_>>());
    let found: BTreeSet<i64> = list.items().page_size(2).map_ok(|organization| organization.id).try_collect().await?;
    assert_eq!(found, wanted);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_the_servers_own_and_truth_is_written_as_it_reads_it() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let client = admin(hq).await?;
    let own: Vec<_> = client.organization().list().name("roo%").items().try_collect().await?;
    assert!(own.iter().all(|organization| organization.name.starts_with("roo")) && !own.is_empty());
    for encrypted in [true, false] {
        let found: Vec<_> = client.collaboration().list().encrypted(encrypted).items().try_collect().await?;
        assert!(found.iter().all(|collaboration| collaboration.encrypted == encrypted));
    }
    let error = failure(client.organization().list().page(0u64).send().await)?;
    assert_eq!((error.kind(), error.message()), (ErrorKind::Server, Some("page needs to be >= 1")));
    Ok(())
}
