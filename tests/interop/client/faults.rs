//! Whatever goes wrong is an error that says what.

use mlhub::ErrorKind;
use mlhub::vantage6::{NewTask, types};
use serde_json::json;

use super::{Checked, admin, failure, member, organizations, signed};
use crate::federation::Federation;
use crate::hq;

#[tokio::test(flavor = "multi_thread")]
async fn an_error_has_a_kind_a_status_and_the_servers_words_for_each_field() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let client = admin(hq).await?;
    let error = failure(client.organization().get(999_999).send().await)?;
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::NotFound, Some(404)));
    assert_eq!(error.message(), Some("Organization id=999999 not found!"));
    let number = types::OrganizationBody::builder().name("1".to_owned());
    let error = failure(client.organization().create().body(number).send().await)?;
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().is_some_and(|words| words.contains("name: ")), "{error}");
    // Everything was sent once.
    assert_eq!(error.attempts().len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_one_although_the_hub_says_401() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let client = admin(hq).await?;
    let own = client.identity().await?.organization_id;
    let nobody = types::UserBody::builder()
        .username("nobody-special".to_owned())
        .password(mlhub::Secret::new("Nobody-0"))
        .organization_id(own)
        .roles(Vec::new())
        .rules(Vec::new());
    client.user().create().body(nobody).send().await?;
    let nobody = super::stranger(hq, &super::Replies::default())?;
    nobody.login(mlhub::vantage6::Login::password("nobody-special", "Nobody-0")).await?;
    let error = failure(
        nobody.organization().create().body(types::OrganizationBody::builder().name("x".to_owned())).send().await,
    )?;
    assert_eq!((error.kind(), error.status().map(|status| status.as_u16())), (ErrorKind::Forbidden, Some(401)));
    assert_eq!(error.attempts().len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_cannot_be_made_says_what_is_missing_before_anything_is_made() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "refused", 1, true);
    let client = member(hq, &federation).await?;
    let (collaboration, session) = (signed(federation.collaboration), signed(federation.session));
    let task = || NewTask::new("registry.test/average", "m").action("federated_compute");
    for (task, words) in [
        (task().collaboration(collaboration).organizations([1]), "needs a session"),
        (task().session(session).organizations([1]), "needs a collaboration"),
        (task().session(session).collaboration(collaboration), "needs organizations"),
        (task().session(session).collaboration(collaboration).organizations([1]), "organization 1 is not in"),
    ] {
        let error = failure(client.create_task(task).await)?;
        assert_eq!(error.kind(), ErrorKind::Request, "{error}");
        assert!(error.to_string().contains(words), "{words} in {error}");
    }
    // HQ has the last word about arguments that are no JSON object of a known method.
    let unknown = task().session(session).collaboration(collaboration).action("no such action");
    let unknown = unknown.organizations(organizations(&federation)).arguments(json!({}));
    assert_eq!(failure(client.create_task(unknown).await)?.kind(), ErrorKind::Invalid);
    Ok(())
}
