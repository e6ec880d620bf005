//! Session, dataframe and a task on it, from a shell.

use serde_json::json;

use crate::federation::Federation;
use crate::hq;
use crate::shell::{Shell, beside, task, work};

#[test]
fn a_session_a_dataframe_a_step_and_a_task_and_the_tree_of_all() {
    let Some(hq) = hq::shared() else { return };
    let federation = Federation::new(hq, "cli-frames", 2, false);
    let shell = Shell::member(hq, &federation);
    let collaboration = federation.collaboration;
    let session = shell
        .gets(&format!("session create --name my_session --scope collaboration --collaboration {collaboration} -q"));
    let columns = json!([{"name": "age", "dtype": "int64"}]);
    beside(federation.work(&federation.members, 2, json!({"columns": columns})));
    let function = "--image registry.test/average --method read_csv";
    let results = shell.gets(&format!(
        "dataframe create {session} --label olympic_athletes_db --name sprinters {function} --wait --timeout 2m"
    ));
    assert_eq!(results.lines().count(), 2, "{results}");
    let list = format!("dataframe list {session}");
    assert_eq!(shell.heading(&list), ["ID", "NAME", "READY", "LAST SESSION TASK.ID"]);
    let frame = shell.gets(&format!("{list} -q"));
    assert_eq!(
        shell.gets(&format!("dataframe get {frame} --fields name,ready,columns.0.name")),
        "sprinters\ttrue\tage"
    );

    let on_it = format!("{} --dataframe {frame}", task(&federation))
        .replace(&format!("--session {}", federation.session), &format!("--session {session}"));
    let computed = shell.gets(&on_it);
    work(&federation, &computed).join().unwrap();
    shell.gets(&format!("task wait {computed} --timeout 2m"));

    let ran = shell.types(&format!(
        "dataframe preprocess {frame} {} --arguments {{\"by\":2}}",
        function.replace("read_csv", "scale")
    ));
    let said = ran.stderr.clone();
    assert_eq!(ran.ok(), format!("{frame}\n"));
    let step = said.trim_end().rsplit(' ').next().unwrap();
    assert!(said.contains(&format!("to wait for it: mlhub vantage6 task wait {step}")), "{said}");
    work(&federation, step);
    shell.gets(&format!("task wait {step} --timeout 2m"));

    let tree = shell.gets(&format!("session tree {session}"));
    assert!(tree.starts_with(&format!("session {session} my_session")), "{tree}");
    for words in [format!("dataframe {frame} sprinters"), format!("task {computed} "), format!("task {step} ")] {
        assert!(tree.contains(&words), "{words} in {tree}");
    }
    let tree = shell.json(&format!("session tree {session}"));
    assert_eq!((tree["dataframes"].as_array().unwrap().len(), tree["tasks"].as_array().unwrap().len()), (1, 3));
    shell.fails("session tree 999999", 4, "mlhub vantage6 session list");
}
