//! From a session over a dataframe to a task on it, from a shell.

use serde_json::json;

use crate::desk::{Desk, beside, task, work};
use crate::federation::Federation;
use crate::hq;

#[test]
fn a_session_a_dataframe_a_step_and_a_task_and_the_tree_of_all() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-frames", 2, false);
    let desk = Desk::member(hq, &federation);
    let collaboration = federation.collaboration;
    let session = desk
        .gets(&format!("session create --name my_session --scope collaboration --collaboration {collaboration} -q"));
    let columns = json!([{"name": "age", "dtype": "int64"}]);
    beside(federation.work(&federation.members, 2, json!({"columns": columns})));
    let function = "--image registry.test/average --method read_csv";
    let results = desk.gets(&format!(
        "dataframe create {session} --label olympic_athletes_db --name sprinters {function} --wait --timeout 2m"
    ));
    assert_eq!(results.lines().count(), 2, "{results}");
    let list = format!("dataframe list {session}");
    assert_eq!(desk.heading(&list), ["ID", "NAME", "READY", "LAST SESSION TASK.ID"]);
    let frame = desk.gets(&format!("{list} -q"));
    assert_eq!(desk.gets(&format!("dataframe get {frame} --fields name,ready,columns.0.name")), "sprinters\ttrue\tage");

    let on_it = format!("{} --dataframe {frame}", task(&federation))
        .replace(&format!("--session {}", federation.session), &format!("--session {session}"));
    let computed = desk.gets(&on_it);
    work(&federation, &computed).join().unwrap();
    desk.gets(&format!("task wait {computed} --timeout 2m"));

    let ran = desk.types(&format!(
        "dataframe preprocess {frame} {} --arguments {{\"by\":2}}",
        function.replace("read_csv", "scale")
    ));
    let said = ran.stderr.clone();
    assert_eq!(ran.ok(), format!("{frame}\n"));
    let step = said.trim_end().rsplit(' ').next().unwrap();
    assert!(said.contains(&format!("to wait for it: mlhub vantage6 task wait {step}")), "{said}");
    work(&federation, step);
    desk.gets(&format!("task wait {step} --timeout 2m"));

    let tree = desk.gets(&format!("session tree {session}"));
    assert!(tree.starts_with(&format!("session {session} my_session")), "{tree}");
    for words in [format!("dataframe {frame} sprinters"), format!("task {computed} "), format!("task {step} ")] {
        assert!(tree.contains(&words), "{words} in {tree}");
    }
    let tree = desk.json(&format!("session tree {session}"));
    assert_eq!((tree["dataframes"].as_array().unwrap().len(), tree["tasks"].as_array().unwrap().len()), (1, 3));
    desk.fails("session tree 999999", 4, "mlhub vantage6 session list");
}
