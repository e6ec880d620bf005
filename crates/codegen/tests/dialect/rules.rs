//! Each rule speaks where it should, alone, and says what to write instead.

use std::collections::BTreeSet;

use mlhub_codegen::dialect::{lint, rules};

use crate::{broken, good};

#[test]
fn the_good_document_breaks_no_rule() {
    assert_eq!(lint("good", &good()), []);
}

#[test]
fn every_rule_has_a_document_and_every_document_a_rule() {
    let documents: BTreeSet<String> = broken().into_keys().collect();
    let rules: BTreeSet<String> = rules().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(documents, rules);
}

#[test]
fn rules_have_names_of_their_own_and_reasons() {
    let all: Vec<_> = rules().collect();
    let names: BTreeSet<_> = all.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), all.len());
    assert!(all.iter().all(|rule| !rule.why.is_empty()));
}

#[test]
fn each_document_breaks_its_rule_and_no_other() {
    for (rule, document) in broken() {
        let found: BTreeSet<_> = lint("sample", &document).into_iter().map(|v| v.rule).collect();
        assert_eq!(found, BTreeSet::from([rule.as_str()]), "documents/{rule}.json");
    }
}

#[test]
fn reports_name_document_place_rule_and_what_to_write() {
    let lines: Vec<String> = broken()
        .into_values()
        .flat_map(|document| lint("sample", &document))
        .map(|violation| violation.to_string())
        .collect();
    insta::assert_snapshot!("reports", lines.join("\n"));
}

#[test]
fn a_report_is_one_line_whatever_the_document_holds() {
    let mut document = good();
    document["components"]["schemas"]["a\nb"] = serde_json::json!({"type": "\r\n"});
    let found = lint("sample", &document);
    assert!(!found.is_empty());
    assert!(found.iter().all(|v| v.to_string().lines().count() == 1));
}
