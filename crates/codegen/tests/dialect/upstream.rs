//! What frameworks publish, lowered: the words of OpenAPI 3.1, several replies, checks on values.

use mlhub_codegen::upstream::{canonical, lower, merge_patch};
use serde_json::{Value, json};

use crate::{folder, good, read};

/// As FastAPI writes it: 3.1, titles everywhere, a validation error beside each success.
fn fastapi() -> Value {
    read(&folder().join("published/fastapi.json"))
}

fn lowered(document: Value) -> Value {
    lower(document).expect("a document that can be lowered")
}

/// One schema, lowered as part of a reply.
fn reply(schema: Value) -> Value {
    let document = lowered(json!({
        "openapi": "3.1.0",
        "paths": {"/x": {"get": {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}}},
    }));
    document["paths"]["/x"]["get"]["responses"]["2XX"]["content"]["application/json"]["schema"].clone()
}

#[test]
fn a_published_document_becomes_one_of_the_dialect() {
    insta::assert_snapshot!("fastapi_lowered", canonical(&lowered(fastapi())));
}

#[test]
fn with_an_overlay_it_passes_the_lint() {
    let mut document = lowered(fastapi());
    merge_patch(&mut document, &read(&folder().join("published/fastapi.overlay.json")));
    assert_eq!(mlhub_codegen::dialect::lint("fastapi", &document), []);
}

#[test]
fn lowering_twice_changes_nothing() {
    for document in [fastapi(), good()] {
        let once = lowered(document);
        assert_eq!(canonical(&lowered(once.clone())), canonical(&once));
    }
}

#[test]
fn null_among_the_types_is_nullable() {
    let nullable = json!({"type": "string", "nullable": true});
    assert_eq!(reply(json!({"type": ["string", "null"]})), nullable);
    assert_eq!(reply(json!({"anyOf": [{"type": "string"}, {"type": "null"}]})), nullable);
}

#[test]
fn a_reference_or_null_is_kept_as_one_schema_that_may_be_null() {
    let schema = reply(json!({"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}));
    assert_eq!(schema, json!({"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true}));
}

#[test]
fn a_described_reference_is_kept_around_and_any_other_is_left_bare() {
    let described = json!({"$ref": "#/components/schemas/A", "description": "An [A]", "title": "A"});
    let wrapped = json!({"allOf": [{"$ref": "#/components/schemas/A"}], "description": "An (A)"});
    assert_eq!(reply(described), wrapped);
    assert_eq!(reply(json!({"$ref": "#/components/schemas/A", "const": 1})), json!({"$ref": "#/components/schemas/A"}));
    let document = lowered(json!({
        "openapi": "3.1.0",
        "paths": {"/x": {"get": {"responses": {"200": {"$ref": "#/components/responses/A", "description": "A"}}}}},
    }));
    let response = &document["paths"]["/x"]["get"]["responses"]["2XX"];
    assert_eq!(*response, json!({"$ref": "#/components/responses/A"}));
}

#[test]
fn a_form_that_may_be_anything_is_not_null() {
    let forms = json!([{"type": "string"}, {}]);
    assert_eq!(reply(json!({"anyOf": forms})), json!({"oneOf": forms}));
    assert_eq!(reply(json!({"type": "null"})), json!({}));
}

#[test]
fn several_types_are_several_forms() {
    let forms = json!({"oneOf": [{"type": "integer"}, {"type": "string"}]});
    assert_eq!(reply(json!({"type": ["integer", "string"]})), forms);
    assert_eq!(reply(json!({"anyOf": [{"type": "integer"}, {"type": "string"}]})), forms);
}

#[test]
fn closed_words_of_a_reply_move_into_its_description() {
    let schema = reply(json!({"type": "string", "enum": ["up", "down"], "description": "Where to"}));
    assert_eq!(schema, json!({"type": "string", "description": "Where to. Known values: `up`, `down`."}));
    assert_eq!(reply(json!({"const": "up"})), json!({"type": "string", "description": "Known values: `up`."}));
}

#[test]
fn a_reply_is_not_checked_and_a_request_is() {
    let schema = json!({"type": "string", "minLength": 2, "default": "ab", "title": "T"});
    assert_eq!(reply(schema.clone()), json!({"type": "string"}));
    let document = lowered(json!({
        "openapi": "3.0.0",
        "paths": {"/x": {"get": {
            "parameters": [{"in": "query", "name": "q", "schema": schema}],
            "responses": {"204": {"description": "None"}},
        }}},
    }));
    let parameter = &document["paths"]["/x"]["get"]["parameters"][0]["schema"];
    assert_eq!(*parameter, json!({"type": "string", "minLength": 2, "default": "ab"}));
}

#[test]
fn an_exclusive_number_becomes_a_bound_and_a_word() {
    let document = lowered(json!({
        "openapi": "3.1.0",
        "paths": {"/x": {"get": {
            "parameters": [{"in": "query", "name": "q", "schema": {"type": "number", "exclusiveMinimum": 0.5}}],
            "responses": {"204": {"description": "None"}},
        }}},
    }));
    let parameter = &document["paths"]["/x"]["get"]["parameters"][0]["schema"];
    assert_eq!(*parameter, json!({"type": "number", "minimum": 0.5, "exclusiveMinimum": true}));
}

#[test]
fn what_is_beside_a_type_that_combines_goes_into_a_part_of_it() {
    let schema = reply(json!({
        "type": "object",
        "allOf": [{"$ref": "#/components/schemas/A"}],
        "properties": {"b": {"type": "string", "description": "B."}},
    }));
    let own = json!({"type": "object", "properties": {"b": {"type": "string", "description": "B."}}});
    assert_eq!(schema, json!({"allOf": [{"$ref": "#/components/schemas/A"}, own]}));
}

#[test]
fn names_of_fields_are_no_keywords() {
    let properties = json!({
        "const": {"type": "string", "description": "C."},
        "type": {"type": "string", "description": "T."},
        "default": {"type": "string", "description": "D.", "nullable": true},
        "examples": {"type": "integer", "description": "E."},
    });
    let schema = json!({"type": "object", "properties": properties});
    assert_eq!(reply(schema.clone()), schema);
}

#[test]
fn what_cannot_be_lowered_says_why() {
    let none = json!({"swagger": "2.0"});
    let no_success = json!({"openapi": "3.1.0", "paths": {"/x": {"get": {"responses": {"404": {}}}}}});
    let messages = [none, no_success].map(|document| lower(document).expect_err("no such document").to_string());
    insta::assert_snapshot!("not_lowered", messages.join("\n"));
}

#[test]
fn the_canonical_text_is_sorted_and_ends_in_a_line_break() {
    let text = canonical(&json!({"b": {"d": 1, "c": [2, 1]}, "a": null}));
    assert_eq!(text, "{\n  \"a\": null,\n  \"b\": {\n    \"c\": [\n      2,\n      1\n    ],\n    \"d\": 1\n  }\n}\n");
}

/// The examples of RFC 7396, appendix A.
#[test]
fn an_overlay_is_a_json_merge_patch() {
    for (target, patch, wanted) in [
        (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
        (json!({"a": "b"}), json!({"a": null}), json!({})),
        (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
        (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
        (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
        (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
        (json!({"a": "b"}), json!(["c"]), json!(["c"])),
        (json!({"a": "foo"}), json!(null), json!(null)),
        (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
        (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
        (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
    ] {
        let mut document = target.clone();
        merge_patch(&mut document, &patch);
        assert_eq!(document, wanted, "{target} patched with {patch}");
    }
}
