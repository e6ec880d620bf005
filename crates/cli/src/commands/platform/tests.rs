//! Tests of the command tree: every row of every table is a command, and clap agrees with all of them.

use clap::{Args as _, Command};
use mlhub::Op;
use mlhub::op::{Param, ParamKind};

use super::{overrides, tree};
use crate::global::Global;
use crate::operation::arguments;
use crate::operation::options::PARAM;
use crate::platforms;

/// The program, as far as platforms are concerned.
fn program() -> Command {
    tree::augment(Global::augment_args(Command::new("mlhub")))
}

fn sample(param: &Param) -> &'static str {
    match param.kind {
        ParamKind::Integer => "7",
        ParamKind::Number => "0.5",
        ParamKind::Boolean => "true",
        ParamKind::Text | ParamKind::Id | ParamKind::Json => "a",
    }
}

/// The command of an operation with everything that it takes.
fn words(op: &'static Op) -> Vec<String> {
    let mut words: Vec<String> = ["mlhub", op.platform, op.group, op.verb].map(str::to_owned).to_vec();
    words.extend(arguments::positional_params(op).into_iter().map(|param| sample(param).to_owned()));
    for arg in arguments::named(op) {
        let param = op.params.iter().rfind(|param| arguments::id(param) == arg.get_id().as_str()).unwrap();
        words.push(format!("--{}={}", arg.get_long().unwrap(), sample(param)));
    }
    if arguments::takes_body(op) {
        words.extend(["--body".to_owned(), "{}".to_owned()]);
    }
    words
}

#[test]
fn every_operation_of_every_platform_is_a_command_with_all_its_parameters() {
    for (platform, op) in platforms::all().flat_map(|platform| platform.ops.iter().map(move |op| (platform, op))) {
        let built = tree::verb_of(platform, op.group, op.verb);
        if !built.get_arguments().any(|arg| arg.get_id() == PARAM) {
            // Somebody has written another by hand, which has tests of its own.
            assert!(overrides::verb(platform, op.group, op.verb).is_some(), "{}", op.id);
            continue;
        }
        let words = words(op);
        let matches = program().try_get_matches_from(&words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
        let (platform, matches) = matches.subcommand().unwrap();
        let (group, matches) = matches.subcommand().unwrap();
        let (verb, matches) = matches.subcommand().unwrap();
        assert_eq!((platform, group, verb), (op.platform, op.group, op.verb));
        let walked = op.list.map(|list| [list.position, list.size]).unwrap_or_default();
        for param in op.params.iter().filter(|param| !walked.contains(&Some(param.name))) {
            // What travels in the path as well as in the body is given once.
            let id = match matches.try_contains_id(&arguments::id(param)) {
                Ok(_) => arguments::id(param),
                Err(_) => format!("path:{}", param.name),
            };
            let given = matches.get_many::<String>(&id).unwrap().count();
            assert_eq!(given, 1, "{} {}", op.id, param.name);
        }
    }
}

#[test]
fn every_group_with_something_to_wait_for_has_a_wait() {
    let mut waits = 0;
    for platform in platforms::all() {
        for group in platform.groups() {
            let Some(op) = platform.waiting(group) else { continue };
            if overrides::verb(platform, group, tree::WAITING).is_some() {
                continue;
            }
            let mut words: Vec<String> = ["mlhub", platform.name, group, tree::WAITING].map(str::to_owned).to_vec();
            words.extend(arguments::positional_params(op).into_iter().map(|param| sample(param).to_owned()));
            words.push(format!("--goal={}", op.waits[0].goal));
            program().try_get_matches_from(&words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
            waits += 1;
        }
    }
    let told = platforms::all().flat_map(|platform| platform.ops).any(|op| !op.waits.is_empty());
    assert_eq!(waits > 0, told);
}

#[test]
fn there_is_a_tree_for_each_platform() {
    assert!(platforms::all().count() <= tree::TREES.len());
}

#[test]
fn no_override_hides_a_group() {
    for platform in platforms::all() {
        for group in platform.groups() {
            assert!(overrides::top(platform, group).is_none(), "{} {group}", platform.name);
        }
    }
}

#[test]
fn only_the_platform_that_is_asked_for_is_built() {
    let command = program();
    for platform in platforms::all() {
        let bare = command.find_subcommand(platform.name).unwrap();
        assert_eq!(bare.get_subcommands().count(), 0, "{}", platform.name);
    }
}
