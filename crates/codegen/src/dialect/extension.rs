//! Extension rules: `x-mlhub` reads as its schema says, and what it claims is proved.

use serde::de::DeserializeOwned;

use super::path_template;
use super::rule::{Report, Rule, RuleGroup};
use crate::extension::{EXTENSION, Endpoint, Platform};
use crate::identifier;
use crate::spec::{Located, Operation, Spec};

const EXTENSION_FORM: Rule = Rule { name: "extension", why: "a key that is not read would be believed and not done" };
const PLATFORM: Rule = Rule { name: "platform", why: "the name stands in saved handles and in every report" };
const KEYED_PROOF: Rule =
    Rule { name: "keyed-proof", why: "a repeat with a key that the server ignores does the work twice" };
const WIRE: Rule = Rule { name: "wire", why: "the real path is filled with the parameters of the documented one" };
const ARGUMENT: Rule = Rule { name: "argument", why: "an argument of the accessor is kept by the parameter's setter" };

pub(super) const GROUP: RuleGroup =
    RuleGroup { rules: &[EXTENSION_FORM, PLATFORM, KEYED_PROOF, WIRE, ARGUMENT], check };

fn check(spec: &Spec<'_>, report: &mut Report) {
    match spec.root.get(EXTENSION) {
        Some(at) => {
            let proved = at.get("defaults").is_none_or(|at| proof(&at, report));
            let named = at.text("platform").is_some_and(identifier::is_plain);
            if !named {
                report.add(
                    &at,
                    PLATFORM,
                    "the platform has no name; write \"platform\": \"NAME\" in lower-case words joined by \"_\"",
                );
            }
            if named && proved {
                reads::<Platform>(&at, report);
            }
        }
        None => report.add(
            &spec.root,
            PLATFORM,
            format!("there is no {EXTENSION} at the top; write \"{EXTENSION}\": {{\"platform\": \"NAME\"}}"),
        ),
    }
    for operation in &spec.operations {
        if let Some(at) = operation.at.get(EXTENSION)
            && proof(&at, report)
        {
            reads::<Endpoint>(&at, report);
        }
        wire(operation, report);
        arguments(operation, report);
    }
}

fn arguments(operation: &Operation<'_>, report: &mut Report) {
    for name in operation.extension.arguments.iter().flatten() {
        let known = operation.parameters.iter().any(|p| p.name == name && p.location == "query");
        if !known {
            report.add(
                &operation.at,
                ARGUMENT,
                format!(
                    "the argument {name:?} is no query parameter of the operation; declare it or correct the name (those of the path are arguments anyway)"
                ),
            );
        }
    }
}

fn reads<T: DeserializeOwned>(at: &Located<'_>, report: &mut Report) {
    if let Err(error) = serde_json::from_value::<T>(at.value.clone()) {
        report.add(at, EXTENSION_FORM, format!("{error}; openapi/x-mlhub.schema.json says what may stand here"));
    }
}

/// Whether a keyed retry, if there is one, names its proof.
fn proof(endpoint: &Located<'_>, report: &mut Report) -> bool {
    let Some(retry) = endpoint.get("retry").filter(|retry| retry.has("keyed")) else {
        return true;
    };
    let proved = retry.text("proof").is_some_and(|proof| !proof.trim().is_empty());
    if !proved {
        report.add(
            &retry,
            KEYED_PROOF,
            "nothing says that the server honours the key; write \"proof\" with where that was shown, or \"retry\": \"never\" and the header under \"key\"",
        );
    }
    proved
}

fn wire(operation: &Operation<'_>, report: &mut Report) {
    let wire = operation.extension.wire.as_ref();
    let Some(real) = wire.and_then(|wire| wire.path.as_deref()) else {
        return;
    };
    let problem = match (path_template::names(real), path_template::names(operation.path)) {
        (Err(wrong), _) => wrong,
        (Ok(real), Ok(documented)) if real != documented => {
            format!("it takes the parameters {real:?} and the documented path {documented:?}")
        }
        _ => return,
    };
    report.add(
        &operation.at,
        WIRE,
        format!("the path under \"wire\" does not fit: {problem}; use the same parameters, each once"),
    );
}
