//! What passes the lint, the generator takes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;

use crate::{broken, good};

/// Runs the generator as it comes, without our own passes.
pub(crate) fn generate(document: &Value) -> Result<(), String> {
    let document = serde_json::from_value(document.clone()).map_err(|e| e.to_string())?;
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Builder);
    let mut generator = Generator::new(&settings);
    let run = catch_unwind(AssertUnwindSafe(|| generator.generate_tokens(&document)));
    match run {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(refused)) => Err(refused.to_string()),
        Err(panic) => Err(format!("panicked: {:?}", panic.downcast_ref::<String>())),
    }
}

/// Runs all of it: our lowering, the generator, our passes over its output.
pub(crate) fn compile(document: &Value) -> Result<String, String> {
    let settings = mlhub_codegen::Settings { root: "crate".to_owned(), features: true };
    mlhub_codegen::generate("sample", &document.to_string(), &settings).map_err(|error| error.to_string())
}

/// Object parameters, and one name in path and body, only exist where they are lowered to a body first, which is not done here.
pub(crate) fn without_objects_in_the_query(mut document: Value) -> Value {
    let parameters = document.pointer_mut("/paths/~1projects/get/parameters/1/schema");
    if let Some(schema) = parameters {
        *schema = serde_json::json!({"type": "string"});
    }
    let twins = document.pointer_mut("/paths/~1projects~1{project}~1members/get/parameters");
    if let Some(Value::Array(parameters)) = twins {
        parameters.retain(|parameter| !(parameter["in"] == "query" && parameter["name"] == "project"));
    }
    document
}

#[test]
fn the_good_document_compiles() {
    assert_eq!(generate(&without_objects_in_the_query(good())), Ok(()));
}

#[test]
fn with_all_that_is_emitted_it_compiles_too() {
    let code = compile(&good());
    let code = code.unwrap_or_else(|error| panic!("{error}"));
    assert!(code.contains("pub fn project(&self)"), "a group for each tag");
}

#[test]
fn what_the_generator_refuses_or_panics_on_breaks_a_rule() {
    // All of these get a message from the lint; without it, these would not even get a place.
    let refused: Vec<String> = broken()
        .into_iter()
        .filter(|(_, document)| generate(&without_objects_in_the_query(document.clone())).is_err())
        .map(|(rule, _)| rule)
        .collect();
    insta::assert_snapshot!("refused_by_the_generator", refused.join("\n"));
}
