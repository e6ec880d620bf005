//! From a session over a dataframe to a task on it.

use std::time::Duration;

use mlhub::vantage6::{NewDataframe, NewStep, NewTask, types};
use serde_json::{Value, json};

use super::{Checked, OFTEN, beside, member, organizations, signed};
use crate::federation::Federation;
use crate::hq;

const IMAGE: &str = "registry.test/average";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_a_dataframe_at_all_13_organizations_and_a_task_on_it() -> Checked {
    let Some(hq) = hq::shared() else { return Ok(()) };
    let federation = Federation::new(hq, "frames", 13, false);
    let client = member(hq, &federation).await?;
    let scope = types::SessionScope::Known(types::SessionScopeKnown::Collaboration);
    let collaboration = signed(federation.collaboration);
    let session =
        types::SessionBody::builder().name("my_session".to_owned()).collaboration_id(collaboration).scope(scope);
    let session = client.session().create().body(session).send().await?;

    let made = NewDataframe::new("olympic_athletes_db", IMAGE, "read_csv").name("athletes").arguments(json!({}));
    let made = client.create_dataframe(session.id, made).await?;
    let extraction = made.last_session_task.as_ref().ok_or("a task")?.id;
    let columns = json!([{"name": "age", "dtype": "int64"}]);
    let how = json!({"task": extraction, "columns": columns, "dataframe": made.id});
    let (members, nodes) = (13, federation.work(&federation.members, 13, how));
    beside(nodes);
    let results = client.wait_for_results(extraction).every(OFTEN).timeout(Duration::from_secs(120)).await?;
    assert_eq!(results.rows.len(), members, "all organizations, although a page of HQ has ten");

    let renamed = types::SessionChange::builder().name("renamed".to_owned());
    let renamed = client.session().update(session.id).body(renamed).send().await?;
    assert_eq!(renamed.name.as_deref(), Some("renamed"));

    let ready = client.dataframe().get(made.id).send().await?;
    assert_eq!((ready.ready, ready.columns.map(|columns| columns.len())), (Some(true), Some(members)));

    let task = NewTask::new(IMAGE, "partial_average")
        .collaboration(collaboration)
        .organizations([organizations(&federation)[0]])
        .session(session.id)
        .dataframe(made.id)
        .action("federated_compute")
        .arguments(json!({"column_name": "age"}));
    let task = client.create_task(task).await?;
    beside(federation.work(&federation.members, 1, json!({"task": task.id, "result": "{\"average\": 53.25}"})));
    let results = client.wait_for_results(task.id).every(OFTEN).timeout(Duration::from_secs(120)).await?;
    assert_eq!(results.json::<Value>()?, [json!({"average": 53.25})]);

    let changed = client.preprocess(made.id, NewStep::new(IMAGE, "add_column").arguments(json!({}))).await?;
    let step = changed.last_session_task.as_ref().ok_or("a task")?;
    assert!(step.id > task.id && step.depends_on.as_ref().is_some_and(|first| first.contains(&extraction)));
    let tree = client.session().tree(session.id).await?;
    assert_eq!((tree.dataframes.len(), tree.tasks.len()), (1, 3));
    assert!(tree.to_string().contains("dataframe") && tree.to_string().contains("athletes"), "{tree}");
    Ok(())
}
