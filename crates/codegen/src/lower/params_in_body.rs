//! Parameters in the body (`params: body`): query parameters become the fields of one JSON body, so that they keep
//! their exact types on the wire.

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::identifier;
use crate::spec::{Operation, Spec};

/// Whether the operation's parameters travel in its body.
#[must_use]
pub(crate) fn is_lowered(operation: &Operation<'_>) -> bool {
    operation.is_lowered() && operation.parameters.iter().any(|p| p.location == "query")
}

/// The component that holds an operation's lowered parameters.
#[must_use]
pub(crate) fn component(operation: &Operation<'_>) -> String {
    format!("{}Params", identifier::pascal(operation.id))
}

pub(super) fn lower(spec: &Spec<'_>, json: &mut Value) -> Result<(), Error> {
    for operation in spec.operations.iter().filter(|o| is_lowered(o)) {
        if operation.body.is_some() {
            let why = "has a body of its own, so its parameters cannot travel in one: drop `params: body` here";
            return Err(Error::new(spec.name, operation.id, why));
        }
        let (properties, required) = fields(operation);
        let name = component(operation);
        json["components"]["schemas"][&name] = json!({
            "type": "object",
            "description": format!("Parameters of `{}`.", operation.id),
            "properties": properties,
            "required": required,
        });
        let place = &mut json["paths"][operation.path][operation.method];
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
fn fields<'a>(operation: &Operation<'a>) -> (Map<String, Value>, Vec<&'a str>) {
    let query = || operation.parameters.iter().filter(|p| p.location == "query");
    let properties = query().map(|param| {
        let written = param.schema().map_or(Value::Null, |at| at.value.clone());
        let mut schema = match written.get("$ref") {
            Some(_) => json!({"allOf": [written]}),
            None => written,
        };
        schema["nullable"] = json!(true);
        schema["description"] = json!(param.at.trimmed("description"));
        (param.name.to_owned(), schema)
    });
    (properties.collect(), query().filter(|p| p.required()).map(|p| p.name).collect())
}
