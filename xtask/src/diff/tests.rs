//! Tests of the document diff: each change, and what it is called.

use serde_json::{Value, json};

use super::*;

fn base() -> Value {
    json!({
        "x-mlhub": {"platform": "sample", "defaults": {"retry": "safe"}},
        "paths": {
            "/trials": {
                "get": {
                    "operationId": "trial_list",
                    "parameters": [
                        {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                        {"name": "order", "in": "query", "schema": {"type": "string", "enum": ["up", "down"]}},
                    ],
                    "responses": {"2XX": {"content": {"application/json": {"schema": {
                        "type": "array", "items": {"$ref": "#/components/schemas/Trial"},
                    }}}}},
                    "x-mlhub": {"paging": {"style": "offset", "max": 100}},
                },
                "post": {
                    "operationId": "trial_create",
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}},
                    "responses": {"2XX": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Trial"}}}}},
                    "x-mlhub": {"waits": {"done": {"good": ["done"]}}},
                },
            },
            "/trials/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "delete": {"operationId": "trial_delete", "responses": {"2XX": {"description": "Gone"}}},
            },
        },
        "components": {"schemas": {
            "New": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string"}, "note": {"type": "string"},
            }},
            "Trial": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "string"}, "value": {"type": "number"},
                "parent": {"allOf": [{"$ref": "#/components/schemas/Trial"}], "description": "What it goes on from."},
            }},
        }},
    })
}

/// The base with the value at a pointer set, or taken away by null.
fn with(pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let mut document = base();
    let place = document.pointer_mut(parent).expect("a place of the document");
    match place {
        Value::Array(items) if key == "-" => items.push(value),
        Value::Object(members) if value.is_null() => {
            members.remove(key);
        }
        place => place[key] = value,
    }
    document
}

const LIST: &str = "/paths/~1trials/get";
const CREATE: &str = "/paths/~1trials/post";
const TRIAL: &str = "/components/schemas/Trial";
const NEW: &str = "/components/schemas/New";

/// What each change is reported as, with the same change the other way round.
fn story() -> String {
    let cases = [
        ("an operation", "/paths/~1trials~1{id}/delete".to_owned(), Value::Null),
        (
            "a path",
            "/paths/~1runs".to_owned(),
            json!({"get": {"operationId": "run_list", "responses": {"2XX": {"description": "Runs"}}}}),
        ),
        (
            "an optional parameter",
            format!("{LIST}/parameters/-"),
            json!({"name": "q", "in": "query", "schema": {"type": "string"}}),
        ),
        (
            "a required parameter",
            format!("{LIST}/parameters/-"),
            json!({"name": "q", "in": "query", "required": true, "schema": {"type": "string"}}),
        ),
        ("a parameter required", format!("{LIST}/parameters/0/required"), json!(true)),
        ("a parameter's type", format!("{LIST}/parameters/0/schema/type"), json!("string")),
        ("a parameter's place", format!("{LIST}/parameters/0/in"), json!("header")),
        ("a word to send", format!("{LIST}/parameters/1/schema/enum"), json!(["up", "down", "random"])),
        ("a body", format!("{CREATE}/requestBody"), Value::Null),
        ("a field to send", format!("{NEW}/properties/more"), json!({"type": "string"})),
        ("a field to send, required", format!("{NEW}/required"), json!(["name", "note"])),
        ("a field received", format!("{TRIAL}/properties/value"), Value::Null),
        ("a field received, always", format!("{TRIAL}/required"), json!(["id", "value"])),
        ("a field that may be null", format!("{TRIAL}/properties/id/nullable"), json!(true)),
        ("a field's type", format!("{TRIAL}/properties/value/type"), json!("integer")),
        (
            "a reply's list",
            format!("{LIST}/responses/2XX/content/application~1json/schema/items/$ref"),
            json!("#/components/schemas/New"),
        ),
        ("a named type", format!("{NEW}/type"), json!("array")),
        ("a default", "/x-mlhub/defaults/retry".to_owned(), json!("never")),
        ("paging", format!("{LIST}/x-mlhub/paging"), Value::Null),
        ("a page's size", format!("{LIST}/x-mlhub/paging/max"), json!(50)),
        ("a wait", format!("{CREATE}/x-mlhub/waits/running"), json!({"good": ["running"]})),
        ("a wait's words", format!("{CREATE}/x-mlhub/waits/done/good"), json!(["done", "ready"])),
        ("the reading of a reply", format!("{LIST}/x-mlhub/reply"), json!("lenient")),
        ("a description", format!("{LIST}/summary"), json!("Lists trials")),
    ];
    let mut story = String::new();
    for (name, pointer, value) in cases {
        let changed = with(&pointer, value);
        story.push_str(&format!("# {name}\n{}", Changes::between(&base(), &changed)));
        story.push_str(&format!("# {name}, the other way round\n{}", Changes::between(&changed, &base())));
    }
    story
}

#[test]
fn every_change_is_named_and_ranked() {
    insta::assert_snapshot!(story());
}

#[test]
fn a_document_does_not_differ_from_itself() {
    assert_eq!(Changes::between(&base(), &base()).to_string(), "nothing changes for callers\n");
}

#[test]
fn a_type_that_holds_itself_is_compared_once() {
    let changed = with(&format!("{TRIAL}/properties/more"), json!({"type": "string"}));
    assert_eq!(Changes::between(&base(), &changed).0.len(), 1);
}

#[test]
fn what_is_no_document_has_no_operations() {
    assert!(Changes::between(&json!([1]), &json!({"paths": {"/x": [null]}})).0.is_empty());
}

#[test]
fn a_document_is_compared_with_a_revision_or_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let workspace = Workspace::at(folder.path());
    let path = workspace.document("sample");
    std::fs::create_dir_all(folder.path().join("openapi")).expect("a folder");
    std::fs::write(&path, base().to_string()).expect("a document");
    workspace.git(&["init", "--quiet"]).expect("a repository");
    workspace.git(&["add", "."]).expect("a file added");
    let who = ["-c", "user.name=sample", "-c", "user.email=sample@example.org", "-c", "commit.gpgsign=false"];
    workspace.git(&[&who[..], &["commit", "--quiet", "-m", "One"]].concat()).expect("a commit");

    assert_eq!(old(&workspace, "openapi/sample.json", "HEAD"), Ok(Some(base())));
    assert_eq!(old(&workspace, "openapi/other.json", "HEAD"), Ok(None));
    let file = folder.path().join("other.json");
    std::fs::write(&file, "{}").expect("a file");
    assert_eq!(old(&workspace, "openapi/sample.json", &file.to_string_lossy()), Ok(Some(json!({}))));
    let failure = old(&workspace, "openapi/sample.json", "no-such").expect_err("neither").to_string();
    assert_eq!(failure, "no-such is neither a file nor a revision; give one of them to --against");
    assert_eq!(run(&workspace, Some("sample"), "HEAD"), Ok(()));
}
