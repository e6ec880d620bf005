//! Recorded replies of real servers decode, and encoded again they are what
//! was received: numbers by value, null as absent. A key that the document does
//! not know fails, so that the document learns it.

use http::Method;
use mlhub::Op;
use mlhub::autotune;
use serde_json::Value;

use crate::recordings;

/// Replies that are not read as the document says, each with the reason.
const AUTOTUNE_EXCEPTIONS: &[(&str, &str)] = &[(
    "root",
    "the original shows all users with their hashes there; the client takes that as the sign of an original",
)];

#[test]
fn autotune() {
    let Some(exchanges) = recordings::read("autotune.json") else { return };
    let exchanges = exchanges.as_array().expect("a list of exchanges").clone();
    let mut read = 0;
    for exchange in &exchanges {
        let name = exchange["name"].as_str().expect("a name");
        // The last entries say what came of many at once, and are no exchanges.
        let Some(path) = exchange["request"]["path"].as_str() else { continue };
        let status = exchange["status"].as_u64().expect("a status");
        let method = exchange["request"]["method"].as_str().expect("a method").parse().expect("a method");
        if !(200..300).contains(&status) || AUTOTUNE_EXCEPTIONS.iter().any(|(skipped, _)| *skipped == name) {
            continue;
        }
        let op = operation(autotune::ops::OPS, &method, path)
            .unwrap_or_else(|| panic!("{name}: no operation {method} {path}"));
        let body = &exchange["body"];
        let again = autotune::recode(op.id, body.to_string().as_bytes())
            .unwrap_or_else(|| panic!("{name}: {} has no JSON reply", op.id))
            .unwrap_or_else(|e| panic!("{name}: {} does not decode: {e}\n{body}", op.id));
        same(body, &again).unwrap_or_else(|path| panic!("{name}: {} loses or changes {path}\n{body}\n{again}", op.id));
        read += 1;
    }
    assert!(read > 40, "only {read} replies were read");
}

/// The operation whose template fits, constants before parameters.
pub(crate) fn operation<'a>(ops: &'a [Op], method: &Method, path: &str) -> Option<&'a Op> {
    let path = path.split('?').next()?.trim_end_matches('/');
    let segments: Vec<_> = path.split('/').collect();
    let fits = |op: &&Op| {
        let template: Vec<_> = op.path.trim_end_matches('/').split('/').collect();
        op.method == *method
            && template.len() == segments.len()
            && template.iter().zip(&segments).all(|(t, s)| t == s || t.starts_with('{'))
    };
    ops.iter().filter(fits).min_by_key(|op| op.path.matches('{').count())
}

/// Where two values differ; null is as good as absent.
pub(crate) fn same(received: &Value, again: &Value) -> Result<(), String> {
    match (received, again) {
        (Value::Object(a), Value::Object(b)) => a.keys().chain(b.keys()).try_for_each(|key| {
            let (a, b) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
            same(a, b).map_err(|path| format!("/{key}{path}"))
        }),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().try_for_each(|(i, (a, b))| same(a, b).map_err(|path| format!("/{i}{path}")))
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => Ok(()),
        (a, b) if a == b => Ok(()),
        (a, b) => Err(format!(": {a} became {b}")),
    }
}
