//! Rules for calls that start jobs: what tells of the job, and where its id comes from.

use super::Family;
use super::place::Place;
use super::view::{Operation, View};
use super::violation::{Report, Rule};
use crate::meta::Starts;

const STARTS: Rule = Rule { name: "starts", why: "a job is waited for by a call that is made from the reply" };

pub(super) const FAMILY: Family = Family { rules: &[STARTS], check };

fn check(view: &View<'_>, report: &mut Report) {
    for operation in &view.operations {
        if let Some(starts) = &operation.meaning.starts {
            started(view, operation, starts, report);
        }
    }
}

fn started(view: &View<'_>, operation: &Operation<'_>, starts: &Starts, report: &mut Report) {
    let mut wrong = |what: String| report.add(&operation.at, STARTS, format!("what the operation starts {what}"));
    let Some(job) = view.operation(&starts.operation) else {
        return wrong(format!(
            "is told by {:?}, which is no operation; write the operationId of one",
            starts.operation
        ));
    };
    if job.meaning.waits.as_ref().is_none_or(|waits| waits.is_empty()) {
        wrong(format!("is told by {:?}, which nothing waits for; name an operation with waits", job.id));
    }
    if job.parameter(&starts.param).is_none_or(|p| p.place != "path") {
        wrong(format!("goes by {:?}, which is no parameter of the path of {}; name that one's", starts.param, job.id));
    }
    for parameter in job.parameters.iter().filter(|p| p.at.is("required") && p.name != starts.param) {
        if operation.parameter(parameter.name).is_none_or(|p| p.place != "path") {
            wrong(format!(
                "needs {:?}, which is no parameter of the path here; name another operation",
                parameter.name
            ));
        }
    }
    let Some(reply) = operation.reply_schema() else {
        return wrong("has its id in the reply, which is no JSON; describe the reply".to_owned());
    };
    if matches!(view.place(&reply, &starts.id), Place::Missing) {
        wrong(format!("has no id {:?} in the reply; describe it there or correct the path", starts.id));
    }
}
