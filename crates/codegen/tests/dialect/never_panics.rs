//! The lint and the lowering have an answer for any JSON.

use std::fmt;

use mlhub_codegen::{dialect, upstream};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value;

use crate::{compiles, good};

/// Words that the rules look for, so that arbitrary JSON gets past the first step.
const WORDS: &[&str] = &[
    "$ref",
    "#/components/schemas/A",
    "#/paths",
    "2XX",
    "3.0.3",
    "3.1.0",
    "A",
    "a_b",
    "/a/{b}",
    "additionalProperties",
    "allOf",
    "anyOf",
    "application/json",
    "array",
    "components",
    "const",
    "content",
    "default",
    "description",
    "done",
    "enum",
    "examples",
    "exclusiveMinimum",
    "format",
    "get",
    "in",
    "info",
    "integer",
    "items",
    "minimum",
    "name",
    "not",
    "null",
    "nullable",
    "object",
    "oneOf",
    "openapi",
    "operationId",
    "parameters",
    "paths",
    "properties",
    "query",
    "requestBody",
    "required",
    "responses",
    "schema",
    "schemas",
    "string",
    "tags",
    "title",
    "type",
    "waits",
    "x-mlhub",
    "x-mlhub-join",
    "",
    "~",
    "[",
    "<a",
    "{",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => prop::sample::select(WORDS).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(word(), inner, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Every place of a document, as a pointer.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{here}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                places(member, &format!("{here}/{key}"), found);
            }
        }
        _ => {}
    }
}

/// The good document with one value somewhere replaced; shown by that change alone.
#[derive(Clone)]
struct Damaged {
    place: String,
    document: Value,
}

impl fmt::Debug for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {:?}", self.place, self.document.pointer(&self.place))
    }
}

fn damaged() -> impl Strategy<Value = Damaged> {
    let mut all = Vec::new();
    places(&good(), "", &mut all);
    (prop::sample::select(all), json()).prop_map(|(place, value)| {
        let mut document = good();
        *document.pointer_mut(&place).expect("a place of the document") = value;
        Damaged { place, document }
    })
}

/// That many cases, unless proptest's own `PROPTEST_CASES` says otherwise. Nothing is written beside the tests: a case that
/// fails becomes a document of its own.
fn cases(ordinary: u32) -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").map(|_| ProptestConfig::default().cases);
    ProptestConfig { cases: asked.unwrap_or(ordinary), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_json_is_linted(document in json()) {
        let found = dialect::lint("any", &document);
        prop_assert!(found.iter().all(|violation| !violation.message.is_empty()));
    }

    #[test]
    fn any_json_is_lowered_or_refused(document in json()) {
        if let Ok(lowered) = upstream::lower(document) {
            prop_assert!(upstream::canonical(&lowered).ends_with('\n'));
        }
    }

    #[test]
    fn a_damaged_document_is_lowered_or_refused(damaged in damaged()) {
        let found = dialect::lint("damaged", &damaged.document);
        prop_assert!(found.iter().all(|violation| violation.document == "damaged"));
        if let Ok(once) = upstream::lower(damaged.document) {
            let twice = upstream::lower(once.clone());
            // Of what is no document at all, nothing more is promised than an answer.
            if found.is_empty() {
                prop_assert!(twice == Ok(once), "lowering twice changes something");
            }
        }
    }
}

proptest! {
    // Each case runs the generator, which takes some ten milliseconds.
    #![proptest_config(cases(128))]

    #[test]
    fn what_passes_the_lint_does_not_make_the_generator_panic(damaged in damaged()) {
        if dialect::lint("damaged", &damaged.document).is_empty() {
            if let Err(refused) = compiles::compile(&damaged.document) {
                // A path through types that are not there is refused by name, which is an answer.
                prop_assert!(refused.contains("x-mlhub"), "{refused}");
            }
            let document = compiles::without_objects_in_the_query(damaged.document);
            prop_assert_eq!(compiles::generate(&document), Ok(()));
        }
    }
}
