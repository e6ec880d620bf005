//! Path template rules: it is readable, and its parameters are declared, and no others.

use std::collections::BTreeSet;

use super::rule::{Report, Rule, RuleGroup};
use crate::spec::{Operation, Spec};

const PATH_TEMPLATE: Rule =
    Rule { name: "path-template", why: "a path that cannot be taken apart cannot be filled in" };
const PATH_PARAMETER: Rule =
    Rule { name: "path-parameter", why: "the generator panics on a name that stands on one side only" };

pub(super) const GROUP: RuleGroup = RuleGroup { rules: &[PATH_TEMPLATE, PATH_PARAMETER], check };

fn check(spec: &Spec<'_>, report: &mut Report) {
    for (path, item) in spec.root.entries_of("paths") {
        if let Err(wrong) = names(path) {
            report.add(
                &item,
                PATH_TEMPLATE,
                format!("{wrong}; write \"/\" first, then words and {{name}} parameters, each name once"),
            );
        }
    }
    for operation in &spec.operations {
        if let Ok(names) = names(operation.path) {
            declared(operation, &names, report);
        }
    }
}

/// The parameters of a path template, or what is wrong with it.
pub(super) fn names(path: &str) -> Result<BTreeSet<&str>, String> {
    if !path.starts_with('/') {
        return Err(format!("the path {path:?} does not begin with a slash"));
    }
    if path.contains(['?', '#']) {
        return Err(format!("the path {path:?} holds a query or fragment"));
    }
    let mut names = BTreeSet::new();
    let mut rest = path;
    while let Some(at) = rest.find(['{', '}']) {
        let (_, brace) = rest.split_at(at);
        let inside = brace.strip_prefix('{').and_then(|text| text.split_once('}'));
        let Some((name, after)) = inside else {
            return Err(format!("the path {path:?} has a brace without its partner"));
        };
        if name.is_empty() || name.contains(['{', '/']) {
            return Err(format!("the path {path:?} has a parameter called {name:?}"));
        }
        if !names.insert(name) {
            return Err(format!("the path {path:?} has the parameter {name:?} twice"));
        }
        rest = after;
    }
    Ok(names)
}

fn declared(operation: &Operation<'_>, names: &BTreeSet<&str>, report: &mut Report) {
    let parameters = operation.parameters.iter().filter(|p| p.location == "path");
    let mut missing = names.clone();
    for parameter in parameters {
        if !missing.remove(parameter.name) && !names.contains(parameter.name) {
            report.add(
                &parameter.listed,
                PATH_PARAMETER,
                format!(
                    "{:?} does not stand in the path {:?}; add {{{}}} there or take the parameter out",
                    parameter.name, operation.path, parameter.name
                ),
            );
        }
        if !parameter.at.is("required") {
            report.add(
                &parameter.at,
                PATH_PARAMETER,
                format!("{:?} stands in the path; write \"required\": true", parameter.name),
            );
        }
    }
    for name in missing {
        report.add(
            &operation.at,
            PATH_PARAMETER,
            format!("{{{name}}} of the path is not declared; add it to parameters with \"in\": \"path\" and \"required\": true"),
        );
    }
}
