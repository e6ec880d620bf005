//! `params: body`: query parameters become the fields of one JSON body, so that
//! they keep their exact types on the wire.

use serde_json::{Map, Value, json};

use crate::document::{Document, Operation};
use crate::error::Error;
use crate::meta::Params;
use crate::names;

/// Whether the operation's parameters travel in its body.
#[must_use]
pub(crate) fn in_body(operation: &Operation) -> bool {
    operation.meta.params == Some(Params::Body) && operation.params.iter().any(|p| p.place == "query")
}

/// The component that holds an operation's lowered parameters.
#[must_use]
pub(crate) fn component(operation: &Operation) -> String {
    format!("{}Params", names::pascal(&operation.id))
}

pub(super) fn into_bodies(document: &Document, json: &mut Value) -> Result<(), Error> {
    for operation in document.operations.iter().filter(|o| in_body(o)) {
        if operation.body.is_some() {
            let why = "has a body of its own, so its parameters cannot travel in one: drop `params: body` here";
            return Err(Error::new(&document.name, &operation.id, why));
        }
        let (properties, required) = fields(operation);
        let name = component(operation);
        json["components"]["schemas"][&name] = json!({
            "type": "object",
            "description": format!("Parameters of `{}`.", operation.id),
            "properties": properties,
            "required": required,
        });
        let place = &mut json["paths"][&operation.path][operation.method.as_str().to_lowercase()];
        if let Some(list) = place["parameters"].as_array_mut() {
            list.retain(|param| param["in"] != "query");
        }
        place["requestBody"] = json!({
            "required": true,
            "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}},
        });
    }
    Ok(())
}

/// All nullable: the generator leaves out an empty array that is not.
fn fields(operation: &Operation) -> (Map<String, Value>, Vec<&str>) {
    let query = || operation.params.iter().filter(|p| p.place == "query");
    let properties = query().map(|param| {
        let mut schema = match param.schema.get("$ref") {
            Some(_) => json!({"allOf": [param.schema]}),
            None => param.schema.clone(),
        };
        schema["nullable"] = json!(true);
        schema["description"] = json!(param.description);
        (param.name.clone(), schema)
    });
    (properties.collect(), query().filter(|p| p.required).map(|p| p.name.as_str()).collect())
}
