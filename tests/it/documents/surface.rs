//! One line per operation: what a caller sees, and what it means.

use mlhub::op::{Op, ParamLocation, RetryClass};

/// All operations of a platform, a line each.
pub(super) fn listing(ops: &[Op]) -> String {
    ops.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(op: &Op) -> String {
    let params: Vec<_> = op
        .params
        .iter()
        .map(|p| {
            let place = match p.place {
                ParamLocation::Path => "",
                ParamLocation::Query => "?",
                ParamLocation::Header => "header:",
                ParamLocation::Body => "body:",
            };
            format!("{place}{}{}", p.name, if p.required { "" } else { "=" })
        })
        .collect();
    let retry = match op.retry {
        RetryClass::Safe => "safe".to_owned(),
        RetryClass::Never => format!("never{}", op.key.map(|key| format!("({key})")).unwrap_or_default()),
        RetryClass::Keyed { header } => format!("keyed({header})"),
    };
    let mut line = format!(
        "{} {} {} [{}] {:?} -> {:?}; {retry}; {:?}",
        op.id,
        op.method,
        op.path,
        params.join(" "),
        op.body,
        op.reply,
        op.auth
    );
    if let Some(paging) = op.paging {
        line += &format!("; {:?} from {} by {}", paging.style, paging.first, paging.max);
    }
    for wait in op.waits {
        line += &format!("; wait {} on {}: {:?} {:?}", wait.goal, wait.poll, wait.good, wait.bad);
    }
    line
}
