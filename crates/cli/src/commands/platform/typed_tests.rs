//! Property tests of what is typed: every command of every table and hostile ids, down to the bytes of the request.

use clap::ArgMatches;
use futures::FutureExt as _;
use mlhub::op::{BodyKind, Param, ParamKind, ParamLocation};
use mlhub::testing::{Lab, Reply, SeenRequest};
use mlhub::{Op, RawCall, WaitHandle};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{overrides, tree};
use crate::operation::arguments::{self, fill};
use crate::operation::options::PARAM;
use crate::operation::value::values_by_name;
use crate::platform::Platform;
use crate::platforms;
use crate::platforms::client::PlatformClient;

/// Texts that look like numbers, like JSON, like options, or like parts of an address.
const HOSTILE: &[&str] = &[
    "12e4",
    "1e5",
    "98765432109876543210",
    "0x10",
    "007",
    "1.10",
    "0.1000",
    "1_000",
    "null",
    "true",
    "NaN",
    "-5",
    "+7",
    "{\"a\":1}",
    "\"7\"",
    "1,2",
    "a b",
    "a/b",
    "a%2Fb",
    "é",
    "@x",
    "a;b",
    "?q=1",
    "#f",
    "7",
    "0",
    "-0",
    "--yes",
    "a=b",
    "a&b",
    "Bearer x",
    "\\n",
    "'",
];

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(HOSTILE).prop_map(str::to_owned),
        "[0-9]{1,30}(\\.[0-9]{1,4})?(e[0-9]{1,3})?",
        "[\\PC&&[^\\[]]{1,12}",
    ]
    // Which would address something else; those are refused, and a test of the library says so.
    .prop_filter("no step in a path", |text| !matches!(text.as_str(), "" | "." | ".."))
}

/// The client of a platform over a lab.
pub(super) fn client(platform: &Platform, lab: &Lab) -> Box<dyn PlatformClient> {
    const URL: &str = "http://server";
    match platform.name {
        "auger" => {
            Box::new(mlhub::auger::Client::builder(URL).optimizers_url(URL).token("t").lab(lab).build().unwrap())
        }
        "autotune" => Box::new(mlhub::autotune::Client::builder(URL).token("t").lab(lab).build().unwrap()),
        "loudml" => Box::new(mlhub::loudml::Client::builder(URL).lab(lab).build().unwrap()),
        "vantage6" => Box::new(mlhub::vantage6::Client::builder(URL).token("t").lab(lab).build().unwrap()),
        other => panic!("{other} has no client in this test"),
    }
}

/// Sends a call; the request.
fn sent(platform: &Platform, call: impl FnOnce(&dyn PlatformClient) -> RawCall) -> SeenRequest {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let lab = Lab::today();
        lab.rule(|_| Some(Reply::json(&json!({}))));
        let call = call(&*client(platform, &lab));
        // What is replied is no success of most of them, and only the request counts here.
        let _ = call.bytes().await;
        lab.seen().pop().unwrap()
    })
}

/// Whether what is typed for it is a name, of which every letter counts.
fn is_name(param: &Param) -> bool {
    matches!(param.kind, ParamKind::Text | ParamKind::Id) && !param.secret
}

fn given(param: &Param, text: &str) -> String {
    match param.kind {
        _ if is_name(param) => text.to_owned(),
        ParamKind::Integer => "7".to_owned(),
        ParamKind::Number => "0.5".to_owned(),
        ParamKind::Boolean => "true".to_owned(),
        _ => "a".to_owned(),
    }
}

/// The words of a command, with that text wherever a name belongs.
fn words(op: &'static Op, text: &str) -> Vec<String> {
    let mut words = vec![op.verb.to_owned()];
    for arg in arguments::named(op) {
        let param = op.params.iter().rfind(|param| arguments::id(param) == arg.get_id().as_str()).unwrap();
        words.push(format!("--{}={}", arg.get_long().unwrap(), given(param, text)));
    }
    words.push("--".to_owned());
    words.extend(arguments::positional_params(op).into_iter().map(|param| given(param, text)));
    words
}

/// What a name has to be on its way in a body.
fn in_body(param: &Param, text: &str) -> Value {
    let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
    let value = match number {
        Some(number) if param.kind == ParamKind::Id => json!(number),
        _ => json!(text),
    };
    if param.list { json!([value]) } else { value }
}

/// Holds a request to the names that were typed.
fn holds(op: &'static Op, seen: &SeenRequest, text: &str, asked: impl Fn(&Param) -> bool) {
    let decoded = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8().unwrap().into_owned();
    let pairs: Vec<(String, String)> = seen
        .query()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " "))))
        .collect();
    let body: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
    let segments: Vec<String> = seen.path().split('/').map(decoded).collect();
    for param in op.params.iter().filter(|param| is_name(param) && asked(param)) {
        let what = format!("{} {} = {text:?}: {seen:?}", op.id, param.name);
        match param.place {
            ParamLocation::Path => assert!(segments.iter().any(|segment| segment.contains(text)), "{what}"),
            ParamLocation::Query => {
                let found = pairs.iter().any(|(name, value)| name == param.name && value == text);
                assert!(found, "{what}: {pairs:?}");
            }
            ParamLocation::Header => {
                let header = seen.headers.get(param.name).map(|value| value.as_bytes().to_vec());
                assert_eq!(header.as_deref(), Some(text.as_bytes()), "{what}");
            }
            ParamLocation::Body if matches!(op.body, BodyKind::Json | BodyKind::Params) => {
                assert_eq!(body[param.name], in_body(param, text), "{what}: {body}");
            }
            ParamLocation::Body => {}
        }
    }
}

/// Every operation whose command is made of the table.
fn operations() -> Vec<(&'static Platform, &'static Op)> {
    let all = platforms::all().flat_map(|platform| platform.ops.iter().map(move |op| (platform, op)));
    let made = |(platform, op): &(&'static Platform, &'static Op)| {
        tree::verb_of(platform, op.group, op.verb).get_arguments().any(|arg| arg.get_id() == PARAM)
            && (overrides::verb(platform, op.group, op.verb).is_none() || op.body != BodyKind::Bytes)
    };
    all.filter(made).collect()
}

fn parsed(platform: &'static Platform, op: &'static Op, words: &[String]) -> ArgMatches {
    tree::verb_of(platform, op.group, op.verb)
        .try_get_matches_from(words)
        .unwrap_or_else(|error| panic!("{words:?}: {error}"))
}

fn command(platform: &'static Platform, op: &'static Op, text: &str) -> SeenRequest {
    let mut words = words(op, text);
    if arguments::takes_body(op) && !arguments::has_fields(op) {
        words.insert(1, "--body={}".to_owned());
    }
    let matches = parsed(platform, op, &words);
    sent(platform, |client| fill(client.call(op), op, &matches).now_or_never().unwrap().unwrap())
}

/// Names that a header can carry, where one takes them.
fn fits(op: &Op, text: &str) -> bool {
    let in_header = op.params.iter().any(|param| param.place == ParamLocation::Header && is_name(param));
    !in_header || text.is_ascii()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_command_sends_the_names_that_were_typed(at in any::<prop::sample::Index>(), text in hostile()) {
        let all = operations();
        let (platform, op) = *at.get(&all);
        prop_assume!(fits(op, &text));
        let walked = op.list.map(|list| [list.position, list.size]).unwrap_or_default();
        // Where all travel in one body, one in the path is one in the body as well.
        holds(op, &command(platform, op, &text), &text, |param| !walked.contains(&Some(param.name)));
    }

    #[test]
    fn a_call_sends_the_names_that_were_typed(at in any::<prop::sample::Index>(), text in hostile()) {
        let all = operations();
        let (platform, op) = *at.get(&all);
        prop_assume!(fits(op, &text));
        let pairs: Vec<_> = op.params.iter().map(|param| (param.name.to_owned(), given(param, &text))).collect();
        let mut names = std::collections::BTreeSet::new();
        // Two of one name are given by a command.
        let pairs: Vec<_> = pairs.into_iter().filter(|(name, _)| names.insert(name.clone())).collect();
        let twins = op.params.len() != names.len();
        prop_assume!(!twins || op.body == BodyKind::Params);
        let seen = sent(platform, |client| {
            values_by_name(op, &pairs).into_iter().fold(client.call(op), |call, (name, value)| call.arg(name, value))
        });
        holds(op, &seen, &text, |_| true);
    }

    #[test]
    fn a_wait_is_resumed_for_the_names_that_were_typed(at in any::<prop::sample::Index>(), text in hostile()) {
        let all: Vec<_> = operations().into_iter().filter(|(_, op)| !op.waits.is_empty()).collect();
        let (platform, op) = *at.get(&all);
        let matches = parsed(platform, op, &words(op, &text));
        let lab = Lab::today();
        let call = fill(client(platform, &lab).call(op), op, &matches).now_or_never().unwrap().unwrap();
        let handle: WaitHandle = call.wait(platform.ops, op.waits[0].goal).unwrap().handle().to_string().parse().unwrap();
        let seen = sent(platform, |client| client.call(op).held(&handle));
        prop_assert_eq!(&seen.body, &command(platform, op, &text).body);
        holds(op, &seen, &text, |_| true);
    }
}
