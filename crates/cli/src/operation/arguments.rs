//! Arguments and options of an operation, made of its parameters, and the call that they make.

use clap::{Arg, ArgAction, ArgMatches};
use mlhub::RawCall;
use mlhub::op::{BodyKind, Op, Param, ParamKind, ParamLocation};
use serde_json::Value;

use super::body::{BodySource, attach};
use super::body_text::{BodyText, is_field, takes};
use super::options::{BODY, PARAM};
use super::value::{value, values_by_name};
use crate::error::{CliError, CliResult};

/// Parameter that names a thing in every document.
const ID: &str = "id";
/// Names that mean something to every command, or to some of the platforms' commands.
const TAKEN: &[&str] = &[
    "attempt-timeout",
    "body",
    "ca-file",
    "call-timeout",
    "client-certificate",
    "client-key",
    "color",
    "connect-timeout",
    "fields",
    "goal",
    "help",
    "idle-timeout",
    "limit",
    "output",
    "param",
    "profile",
    "proxy",
    "quiet",
    "timeout",
    "token",
    "url",
    "version",
    "wait",
    "yes",
];

/// Arguments, which are given by their place; the last takes several where the document takes a list.
pub(crate) fn positional(op: &'static Op) -> Vec<Arg> {
    let params: Vec<_> = positional_params(op);
    let last = params.len();
    let arg = |(index, param): (usize, &'static Param)| {
        let arg = Arg::new(id(param)).value_name(word(op, param)).help(param.doc).required(param.required);
        let several = index + 1 == last && (param.list || param.join.is_some());
        if several { arg.num_args(1..).action(ArgAction::Append) } else { arg }
    };
    params.into_iter().enumerate().map(arg).collect()
}

/// Parameters given by their place: the path's, those that the document gives a place after them, and an id that is all
/// there is to say.
pub(crate) fn positional_params(op: &'static Op) -> Vec<&'static Param> {
    let mut params = path_params(op);
    params.extend(op.arguments.iter().filter_map(|name| op.params.iter().find(|p| p.name == *name && !in_path(p))));
    params.extend(only_id(op));
    params
}

/// The id that is the whole body: what a call is about where the path does not say it.
fn only_id(op: &'static Op) -> Option<&'static Param> {
    let mut fields = op.params.iter().filter(|param| param.place == ParamLocation::Body);
    let only = fields.next().filter(|param| param.name == ID && param.required && op.body == BodyKind::Json)?;
    fields.next().is_none().then_some(only)
}

/// What an argument is called: one beside another of the same name, by the last word of what is done, such as the
/// organization in `add_organization`.
fn word(op: &Op, param: &Param) -> String {
    let twin = op.params.iter().any(|other| other.name == param.name && other.place != param.place);
    let last = op.verb.rsplit('_').next().filter(|_| twin && !in_path(param));
    last.unwrap_or(param.name).to_uppercase()
}

/// Path parameters as they follow each other in it.
pub(crate) fn path_params(op: &'static Op) -> Vec<&'static Param> {
    let mut params: Vec<_> = op.params.iter().filter(|param| in_path(param)).collect();
    params.sort_by_key(|param| op.path.find(&format!("{{{}}}", param.name)));
    params
}

/// Options: all other parameters, but those by which a list is walked.
pub(crate) fn named(op: &'static Op) -> Vec<Arg> {
    let longs: Vec<String> = named_params(op).map(|param| option_name(param.name)).collect();
    named_params(op)
        .map(|param| {
            let long = option_name(param.name);
            let arg = Arg::new(id(param)).long(long.clone()).help(param.doc).value_name(value_name(param));
            let spelt = param.name.to_lowercase();
            let arg = if spelt == long || TAKEN.contains(&spelt.as_str()) { arg } else { arg.alias(spelt) };
            let short = short(&long).filter(|short| !longs.contains(short) && !TAKEN.contains(&short.as_str()));
            let arg = short.into_iter().fold(arg, |arg, short| arg.visible_alias(short));
            let arg = match (param.list || param.join.is_some(), param.kind) {
                (true, _) => arg.action(ArgAction::Append),
                (false, ParamKind::Boolean) => arg.num_args(0..=1).require_equals(true).default_missing_value("true"),
                (false, _) => arg,
            };
            let arg = arg.allow_hyphen_values(!matches!(param.kind, ParamKind::Text | ParamKind::Boolean));
            match (param.required, param.place, takes_body(op)) {
                (false, ..) => arg,
                // The whole body may have it, and a parameter may be given by its own name.
                (true, ParamLocation::Body, true) => arg.required_unless_present_any([BODY, PARAM]),
                (true, ..) => arg.required_unless_present(PARAM),
            }
        })
        .collect()
}

/// The name of what an id is the id of: `--session` for `--session-id`, `--organizations` for `--organization-ids`.
fn short(long: &str) -> Option<String> {
    let one = long.strip_suffix("-id").map(str::to_owned);
    one.or_else(|| long.strip_suffix("-ids").map(|name| format!("{name}s")))
}

fn named_params(op: &'static Op) -> impl Iterator<Item = &'static Param> {
    let walked = op.list.map(|list| [list.position, list.size]).unwrap_or_default();
    // Where all travel in one body, one in the path is one in the body as well; elsewhere they are two.
    let seen = move |param: &&'static Param| {
        let first = op.params.iter().find(|other| other.name == param.name);
        let two = param.place == ParamLocation::Body && op.body != BodyKind::Params;
        two || first.is_some_and(|first| std::ptr::eq(first, *param))
    };
    let walk = move |param: &&'static Param| walked.contains(&Some(param.name));
    let positional = positional_params(op);
    let positional = move |param: &&'static Param| positional.iter().any(|other| std::ptr::eq(*other, *param));
    op.params.iter().filter(move |param| !positional(param)).filter(seen).filter(move |param| !walk(param))
}

/// Option name of a parameter: hyphens for underscores, and a word before it where the name means something else here.
pub(super) fn option_name(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let long: String = name.to_lowercase().chars().map(plain).collect();
    if TAKEN.contains(&long.as_str()) { format!("param-{long}") } else { long }
}

/// Argument id of a parameter. Not the name alone: global options have ids, too.
pub(crate) fn id(param: &Param) -> String {
    match param.place {
        ParamLocation::Path => format!("path:{}", param.name),
        _ => format!("param:{}", param.name),
    }
}

fn value_name(param: &Param) -> &'static str {
    match param.kind {
        _ if param.secret => "TEXT|@FILE",
        ParamKind::Text => "TEXT",
        ParamKind::Id => "ID",
        ParamKind::Integer | ParamKind::Number => "N",
        ParamKind::Boolean => "true|false",
        ParamKind::Json => "JSON|@FILE",
    }
}

/// Whether the path takes that parameter.
fn in_path(param: &Param) -> bool {
    param.place == ParamLocation::Path
}

/// Whether a whole body can be given.
pub(crate) fn takes_body(op: &Op) -> bool {
    !matches!(op.body, BodyKind::None | BodyKind::Params)
}

/// Whether the document names fields of the body.
pub(crate) fn has_fields(op: &Op) -> bool {
    op.params.iter().any(|param| param.place == ParamLocation::Body)
}

/// Call with everything that was given.
pub(crate) async fn fill(mut call: RawCall, op: &'static Op, matches: &ArgMatches) -> CliResult<RawCall> {
    let usage =
        |message: String| CliError::usage(message, format!("mlhub {} {} {} --help", op.platform, op.group, op.verb));
    let mut typed = BodyText::default();
    for param in positional_params(op).into_iter().chain(named_params(op)) {
        // A command that waits takes fewer.
        let Ok(Some(given)) = matches.try_get_many::<String>(&id(param)) else { continue };
        let texts: Vec<&str> = given.map(String::as_str).collect();
        let name = if in_path(param) { param.name.to_uppercase() } else { format!("--{}", option_name(param.name)) };
        let value = value(param, &name, &texts).map_err(usage)?;
        if is_field(op, Some(param)) {
            typed.add(Some(param), param.name, &value, &texts);
        }
        let field = param.place == ParamLocation::Body && op.body == BodyKind::Json;
        call = if field { call.field(param.name, value) } else { call.arg(param.name, value) };
    }
    if let Ok(Some(pairs)) = matches.try_get_many::<(String, String)>(PARAM) {
        let pairs: Vec<_> = pairs.cloned().collect();
        call = by_name(call, op, &pairs, &mut typed, |call, name, value| call.query(name, value));
    }
    if let Ok(Some(body)) = matches.try_get_one::<String>(BODY) {
        // Text never fails to be a body.
        let body = body.parse().unwrap_or(BodySource::Stdin);
        let bytes = body.read().await?;
        call = attach(call, op, bytes.clone()).map_err(usage)?;
        typed = if takes(op) { typed.with_object(&bytes).unwrap_or_default() } else { typed };
    }
    Ok(typed.attach(call, op))
}

/// Call with parameters as `key=value`, and a whole body.
pub(crate) fn call_by_name(
    call: RawCall,
    op: &'static Op,
    pairs: &[(String, String)],
    body: Option<Vec<u8>>,
) -> Result<RawCall, String> {
    let mut typed = BodyText::default();
    let mut call = by_name(call, op, pairs, &mut typed, |call, name, value| call.arg(name, value));
    if let Some(bytes) = body {
        call = attach(call, op, bytes.clone())?;
        typed = if takes(op) { typed.with_object(&bytes).unwrap_or_default() } else { typed };
    }
    Ok(typed.attach(call, op))
}

/// Call with parameters as `key=value`; what the document does not name goes into the body, or `beyond` without one.
fn by_name(
    mut call: RawCall,
    op: &'static Op,
    pairs: &[(String, String)],
    typed: &mut BodyText,
    beyond: fn(RawCall, &str, Value) -> RawCall,
) -> RawCall {
    for (name, value) in values_by_name(op, pairs) {
        let param = op.param(name);
        if is_field(op, param) {
            let texts = pairs.iter().filter(|(known, _)| known == name).map(|(_, text)| text.as_str());
            typed.add(param, name, &value, &texts.collect::<Vec<_>>());
        }
        let named = param.is_some() || op.body != BodyKind::None;
        call = if named { call.arg(name, value) } else { beyond(call, name, value) };
    }
    call
}

/// Values of the path parameters, as they were given.
pub(crate) fn path_values(op: &'static Op, matches: &ArgMatches) -> Vec<String> {
    let values = |param: &'static Param| matches.get_many::<String>(&id(param)).into_iter().flatten().cloned();
    path_params(op).into_iter().flat_map(values).collect()
}

/// Value of a path parameter, as it was given; none where the operation has no such.
pub(super) fn path_value(op: &'static Op, name: &str, matches: &ArgMatches) -> Option<String> {
    let param = path_params(op).into_iter().find(|param| param.name == name)?;
    matches.get_one::<String>(&id(param)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_whose_name_is_taken_has_a_word_before_it() {
        assert_eq!(option_name("organization_id"), "organization-id");
        assert_eq!(option_name("Idempotency-Key"), "idempotency-key");
        assert_eq!(option_name("url"), "param-url");
        assert_eq!(option_name("fields"), "param-fields");
    }

    #[test]
    fn what_an_id_is_the_id_of_is_a_name_as_well() {
        assert_eq!(short("session-id").as_deref(), Some("session"));
        assert_eq!(short("organization-ids").as_deref(), Some("organizations"));
        assert_eq!((short("id"), short("ids"), short("name")), (None, None, None));
    }
}
