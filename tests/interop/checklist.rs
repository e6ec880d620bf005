//! The table for people who come from the Python client names what that client has.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{peer, stand};

/// Speaks to another service, and the page says so.
const ELSEWHERE: &[&str] = &["algorithm"];

#[test]
fn every_method_of_the_python_client_has_a_row() {
    if !stand::is_there() {
        return;
    }
    let page = include_str!("../../docs/vantage6/from-python.md");
    let rows: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('(').next())
        // How one is made.
        .filter(|name| *name != "UserClient")
        .collect();
    let found = peer::order(json!({"do": "methods"}));
    let groups = found.as_object().expect("groups");
    let methods: BTreeSet<String> = groups
        .iter()
        .filter(|(group, _)| !ELSEWHERE.contains(&group.as_str()))
        .flat_map(|(group, methods)| {
            methods.as_array().expect("methods").iter().map(move |method| {
                let method = method.as_str().expect("a name");
                if group.is_empty() { method.to_owned() } else { format!("{group}.{method}") }
            })
        })
        .collect();
    assert!(methods.len() > 80, "{methods:?}");
    assert_eq!(rows, methods.iter().map(String::as_str).collect());
}
