//! A document grows by an operation, and the code grows by all that belongs to
//! it, with no Rust written.

use mlhub_codegen::{Settings, generate};
use serde_json::{Value, json};

const WORKSHOP: &str = include_str!("../../../examples/own_hub/openapi/workshop.json");

fn code(document: &Value) -> Result<String, String> {
    let settings = Settings { root: "::mlhub".to_owned(), features: false };
    generate("workshop", &document.to_string(), &settings).map_err(|e| e.to_string())
}

fn workshop() -> Value {
    serde_json::from_str(WORKSHOP).expect("the document is JSON")
}

/// The document with one more list and one more job.
fn grown() -> Value {
    let mut document = workshop();
    let mut list = document["paths"]["/tools"]["get"].clone();
    list["operationId"] = json!("shelf_list");
    list["tags"] = json!(["shelf"]);
    document["paths"]["/shelves"] = json!({"get": list});
    let mut job = document["paths"]["/jobs/{id}"]["get"].clone();
    job["operationId"] = json!("repair_get");
    job["tags"] = json!(["repair"]);
    document["paths"]["/repairs/{id}"] = json!({"get": job});
    document
}

#[test]
fn an_operation_more_is_a_method_a_row_a_stream_and_a_wait_more() {
    let (before, after) = (code(&workshop()).expect("compiles"), code(&grown()).expect("compiles"));
    for added in [
        "pub fn shelf(&self) -> groups::Shelf<'_>",
        "id: \"shelf_list\"",
        "pub fn repair(&self) -> groups::Repair<'_>",
        "id: \"repair_get\"",
        "(\"repair_get\", \"running\") =>",
    ] {
        assert!(!before.contains(added), "already there: {added}");
        assert!(after.contains(added), "not added: {added}\n{after}");
    }
    // A wait for each of its two goals.
    for (added, more) in [("__private::PagedList::new(", 1), ("__private::Job::new(", 2)] {
        assert_eq!(after.matches(added).count(), before.matches(added).count() + more, "{added}\n{after}");
    }
}

#[test]
fn a_wrong_step_in_a_path_names_the_operation() {
    let mut document = workshop();
    document["paths"]["/tools"]["get"]["x-mlhub"]["paging"]["total"] = json!("meta.sum");
    let message = code(&document).expect_err("`sum` is not in the reply");
    assert!(message.contains("/paths/~1tools/get"), "{message}");
    assert!(message.contains("sum"), "{message}");
}

#[test]
fn a_wait_that_its_handle_cannot_hold_is_refused() {
    let mut document = workshop();
    let parameter = json!({"name": "x-full", "in": "header", "description": "All.", "schema": {"type": "string"}});
    let parameters = &mut document["paths"]["/jobs/{id}"]["get"]["parameters"];
    parameters.as_array_mut().expect("a list").push(parameter);
    let message = code(&document).expect_err("the handle would lose `x-full`");
    assert!(message.contains("job_get") && message.contains("`x-full`"), "{message}");
}

/// The workshop with a job's parameters in the body and an owner that travels in path and body.
fn in_bodies() -> Value {
    let mut document = workshop();
    let job = &mut document["paths"]["/jobs/{id}"]["get"];
    job["x-mlhub"]["params"] = json!("body");
    let twin = json!({"name": "id", "in": "query", "description": "The same.", "schema": {"type": "string"}});
    job["parameters"].as_array_mut().expect("a list").push(twin);
    job["x-mlhub"]["arguments"] = json!(["lines"]);
    document
}

#[test]
fn a_wait_keeps_what_travels_in_the_body() {
    let code = code(&in_bodies()).expect("compiles");
    assert!(code.contains("self.into_raw()"), "the handle reads what was set back from the request: {code}");
    assert!(code.contains("handle.held::<"), "{code}");
}

#[test]
fn a_parameter_in_path_and_body_is_set_once_and_sent_twice() {
    let code = code(&in_bodies()).expect("compiles");
    assert!(code.contains("self.id = value.clone();"), "{code}");
    assert!(code.contains("body.id(Some(value))"), "{code}");
}

#[test]
fn a_named_parameter_is_an_argument_of_the_accessor() {
    let code = code(&in_bodies()).expect("compiles");
    assert!(code.contains("(&self, id: V0, lines: V1) -> builder::JobGet"), "{code}");
    // A command line asks the table of operations.
    assert!(code.contains("arguments: &[\"lines\"]"), "{code}");
}

#[test]
fn objects_that_keep_what_they_do_not_know_read_themselves() {
    let mut document = workshop();
    document["components"]["schemas"]["Tool"]["additionalProperties"] = json!({});
    let code = code(&document).expect("compiles");
    assert!(code.contains("impl<'de> ::serde::Deserialize<'de> for types::Tool"), "{code}");
    assert!(code.contains("further.insert(key.into(), map.next_value()?)"), "{code}");
    assert!(code.contains("impl ::mlhub::__private::LenientDeserialize for types::ToolPage"), "{code}");
}

#[test]
fn ids_are_numbers_or_texts() {
    let mut document = workshop();
    document["paths"]["/jobs/{id}"]["get"]["parameters"][0]["schema"]["format"] = json!("id");
    let code = code(&document).expect("compiles");
    assert!(code.contains("::mlhub::__private::Id"), "{code}");
}

#[test]
fn replies_may_grow_and_requests_stay_plain() {
    let code = code(&workshop()).expect("compiles");
    let before = |name: &str| {
        let at = code.find(&format!("pub struct {name} {{")).expect("the type is there");
        code[..at].lines().rev().skip(1).take_while(|line| line.trim().starts_with('#')).collect::<String>()
    };
    assert!(before("ToolPage").contains("non_exhaustive"));
    assert!(!before("Login").contains("non_exhaustive"));
}

#[test]
fn a_job_that_is_started_on_one_server_is_waited_for_there() {
    let mut document = workshop();
    assert!(code(&document).expect("compiles").contains("pub async fn start("));
    document["paths"]["/jobs"]["post"]["x-mlhub"]["starts"]["id"] = json!("data.key");
    let message = code(&document).expect_err("`key` is not in the reply");
    assert!(message.contains("/paths/~1jobs/post") && message.contains("key"), "{message}");
}

#[test]
fn what_is_only_received_has_no_builder() {
    let code = code(&workshop()).expect("compiles");
    assert!(code.contains("pub fn builder() -> builder::Login "), "requests are filled in:\n{code}");
    assert!(!code.contains("builder::ToolPage "), "nobody fills in a reply:\n{code}");
}

#[test]
fn a_call_whose_status_is_the_answer_says_yes_or_no() {
    let mut document = workshop();
    let mut head = document["paths"]["/jobs/{id}"]["get"].clone();
    head["operationId"] = json!("job_exists");
    head["responses"]["2XX"] = json!({"description": "There is one."});
    head["x-mlhub"] = json!({"reply": "exists", "hints": {"503": "ask again"}});
    document["paths"]["/jobs/{id}"]["head"] = head;
    let code = code(&document).expect("compiles");
    assert!(code.contains("pub async fn send(self) -> ::std::result::Result<bool, ::mlhub::Error>"), "{code}");
    assert!(code.contains("hints: &[(503u16, \"ask again\")]"), "{code}");
}

#[test]
fn a_moment_is_a_type_of_ours_and_a_parameter_may_bring_another_along() {
    let mut document = workshop();
    let since = json!({"name": "since", "in": "query", "description": "From then on.",
        "schema": {"type": "string", "format": "moment"}});
    document["paths"]["/tools"]["get"]["parameters"].as_array_mut().expect("a list").push(since);
    document["paths"]["/tools"]["get"]["x-mlhub"]["wire"] = json!({"with": {"since": {"sorted": "yes"}}});
    let code = code(&document).expect("compiles");
    assert!(code.contains("since: Result<Option<::mlhub::__private::TimeExpr>, String>"), "{code}");
    assert!(code.contains("with: &[(\"since\", \"sorted\", \"yes\")]"), "{code}");
}

#[test]
fn a_number_in_a_path_is_a_place_in_a_list() {
    let mut document = workshop();
    let job = &mut document["paths"]["/jobs/{id}"]["get"];
    let one = job["responses"]["2XX"]["content"]["application/json"]["schema"].clone();
    job["responses"]["2XX"]["content"]["application/json"]["schema"] = json!({"type": "array", "items": one});
    job["x-mlhub"]["waits"] = json!({"done": {"status": "0.data.status", "good": ["done"], "value": "0.data"}});
    let code = code(&document).expect("compiles");
    assert!(code.contains(".and_then(|v| v.into_iter().nth(0usize))"), "{code}");
    document["paths"]["/jobs/{id}"]["get"]["x-mlhub"]["waits"]["done"]["status"] = json!("first.data.status");
    assert!(self::code(&document).expect_err("no such step").contains("first.data.status"));
}
