//! The next command to try.

use mlhub::{ErrorKind, Op};

use super::flags;
use crate::fault::Fault;
use crate::platforms::{self, Platform};
use crate::profile::Access;

/// The failure of an operation, with the command of its group that helps.
pub(crate) fn fault(access: &Access, op: &'static Op, error: &mlhub::Error) -> Fault {
    let fault = access.fault(error);
    let command = |verb: &str| format!("mlhub {} {} {verb}", op.platform, op.group);
    match error.kind() {
        ErrorKind::NotFound => match access.platform.listing(op.group) {
            Some(list) if flags::in_order(list).is_empty() && list.id != op.id => {
                fault.next(command(list.verb) + &access.again())
            }
            _ => fault.next(command(op.verb) + " --help"),
        },
        ErrorKind::Request | ErrorKind::Invalid => fault.next(command(op.verb) + " --help"),
        _ => fault,
    }
}

/// How far the words of a command line lead into a platform's commands: the command whose help is worth a look.
pub(crate) fn way_on(words: &[String]) -> Option<String> {
    let at = words.iter().position(|word| platforms::find(word).is_some())?;
    let platform: &'static Platform = platforms::find(&words[at])?;
    let mut rest = words[at + 1..].iter().filter(|word| !word.starts_with('-'));
    let mut command = format!("mlhub {}", platform.name);
    if let Some(group) = rest.next().and_then(|word| platform.groups().into_iter().find(|group| group == word)) {
        command += &format!(" {group}");
        let verbs = super::tree::verbs(platform, group);
        if let Some(verb) = rest.next().and_then(|word| verbs.into_iter().find(|verb| verb == word)) {
            command += &format!(" {verb}");
        }
    }
    Some(command)
}
