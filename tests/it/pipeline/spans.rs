//! What is traced: spans by OpenTelemetry's conventions, and curl commands.

use std::sync::LazyLock;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::process::Command;
use std::sync::{Arc, Mutex};

use mlhub::op::{BodyKind, Op, Param, ParamLocation, RetryClass};
use mlhub::testing::{Lab, Reply};
use mlhub::{Options, RawCall};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::support::{Checked, NEVER, READ, builder, call, client, failure, op, param};

type Fields = BTreeMap<String, String>;

/// Id, name, name of the span above, fields.
type Spans = Vec<(Id, String, Option<String>, Fields)>;

/// Spans with their fields, and the texts of events by target.
#[derive(Clone, Default)]
struct Tape {
    spans: Arc<Mutex<Spans>>,
    events: Arc<Mutex<Vec<(String, String)>>>,
}

struct Reader<'a>(&'a mut Fields);

impl Visit for Reader<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Tape {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Reader(&mut fields));
        let parent = context.span(id).and_then(|span| span.parent()).map(|parent| parent.name().to_owned());
        let name = attributes.metadata().name().to_owned();
        if let Ok(mut spans) = self.spans.lock() {
            spans.push((id.clone(), name, parent, fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        if let Ok(mut spans) = self.spans.lock()
            && let Some(span) = spans.iter_mut().rev().find(|span| span.0 == *id)
        {
            values.record(&mut Reader(&mut span.3));
        }
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Reader(&mut fields));
        if let Ok(mut events) = self.events.lock() {
            events.push((event.metadata().target().to_owned(), fields.remove("message").unwrap_or_default()));
        }
    }
}

impl Tape {
    /// The commands that were logged while `filter` was in force.
    fn commands(&self) -> Vec<String> {
        let events = self.events.lock().map(|events| events.clone()).unwrap_or_default();
        events.into_iter().filter(|(target, _)| target == "mlhub::curl").map(|(_, text)| text).collect()
    }

    fn spans(&self) -> Vec<(String, Option<String>, Fields)> {
        let spans = self.spans.lock().map(|spans| spans.clone()).unwrap_or_default();
        let ours = spans.into_iter().filter(|span| span.1.starts_with("mlhub."));
        ours.map(|(_, name, parent, fields)| (name, parent, fields)).collect()
    }
}

/// Records everything that passes the filter on this thread.
fn record(filter: &str) -> (Tape, tracing::subscriber::DefaultGuard) {
    crate::support::hear_all();
    let tape = Tape::default();
    let filter = tracing_subscriber::EnvFilter::new(filter);
    let subscriber = tracing_subscriber::registry().with(filter).with(tape.clone());
    (tape, tracing::subscriber::set_default(subscriber))
}

#[tokio::test(start_paused = true)]
async fn one_span_for_the_call_and_one_below_it_for_each_attempt() -> Checked {
    let (tape, _guard) = record("info");
    let lab = Lab::new();
    lab.then(Reply::status(503)).then(Reply::no_connection()).then(Reply::json(&1));
    call(&client(&lab)?, &READ).await?;
    let lines: Vec<_> = tape
        .spans()
        .into_iter()
        .map(|(name, parent, fields)| {
            let fields: Vec<_> = fields.into_iter().map(|(name, value)| format!("  {name} = {value}")).collect();
            format!("{name} under {}\n{}", parent.unwrap_or_default(), fields.join("\n"))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_span_of_a_failed_call_carries_its_code() -> Checked {
    let (tape, _guard) = record("info");
    let lab = Lab::new();
    lab.then(Reply::status(409));
    failure(call(&client(&lab)?, &NEVER).await)?;
    let spans = tape.spans();
    assert_eq!(spans[0].2["error.type"], "MLH-CONFLICT");
    assert_eq!(spans[0].2["http.response.status_code"], "409");
    assert_eq!(spans[1].2["error.type"], "409");
    Ok(())
}

/// How many commands one call logs under that filter.
async fn commands(filter: &str, change: impl FnOnce(Options) -> Options) -> Result<usize, Box<dyn std::error::Error>> {
    let (tape, _guard) = record(filter);
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    call(&client(&lab)?.with(change), &READ).await?;
    Ok(tape.commands().len())
}

#[tokio::test(start_paused = true)]
async fn commands_are_logged_when_they_are_named_and_only_then() -> Checked {
    for (filter, expected) in [
        ("off", 0),
        ("info", 0),
        ("debug", 0),
        ("trace", 0),
        ("mlhub=trace", 0),
        ("mlhub::curl=debug", 0),
        ("mlhub::curl=trace", 1),
        ("mlhub::curl", 1),
        ("debug,mlhub::curl=trace", 1),
        ("mlhub=debug,mlhub::curl=trace", 1),
    ] {
        assert_eq!(commands(filter, |o| o).await?, expected, "{filter}");
    }
    assert_eq!(commands("trace", |o| o.curl_trace(true)).await?, 1);
    assert_eq!(commands("debug", |o| o.curl_trace(true)).await?, 0);
    Ok(())
}

const ACCOUNT: &[Param] =
    &[param("username", ParamLocation::Body), Param { secret: true, ..param("password", ParamLocation::Body) }];
static LOGIN: LazyLock<Op> =
    LazyLock::new(|| Op { body: BodyKind::Form, params: ACCOUNT, ..op("login", RetryClass::Never) });

/// What curl would be called with: the command runs in a real shell in which
/// `curl` prints its arguments.
fn arguments(command: &str, variables: &[(&str, &str)]) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let script = format!("curl() {{ for a in \"$@\"; do printf '%s\\0' \"$a\"; done; }}\n{command}");
    let output = Command::new("sh").args(["-u", "-c", &script]).envs(variables.iter().copied()).output()?;
    let text = String::from_utf8(output.stdout)?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(text.split_terminator('\0').map(str::to_owned).collect())
}

#[tokio::test(start_paused = true)]
async fn a_command_runs_and_shows_no_secret() -> Checked {
    let (tape, _guard) = record("mlhub::curl=trace");
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    let pipeline = builder(&lab).token("s3cret").build()?;
    let body = serde_json::json!({"it's": "$HOME `id`", "api_key": "k3y\"x"});
    RawCall::of(pipeline.clone(), &NEVER).body(body).header("x-odd", "h1dden").query("sig", "s1g").send::<u8>().await?;
    RawCall::of(pipeline.with(|o| o.no_auth()), &LOGIN)
        .arg("username", "me")
        .arg("password", "pa ss")
        .send::<u8>()
        .await?;

    let commands = tape.commands();
    let log = commands.join("\n");
    for secret in ["s3cret", "k3y", "h1dden", "s1g", "pa ss", "pa+ss"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    let variables =
        [("MLHUB_TOKEN", "s3cret"), ("MLHUB_API_KEY", "k3y\\\"x"), ("MLHUB_X_ODD", "h1dden"), ("MLHUB_SIG", "s1g")];
    let mut first = arguments(&commands[0], &variables)?;
    first.retain(|argument| !argument.starts_with("user-agent"));
    let mut expected = ["-sS", "-X", "POST", "http://hub.test/prefix/things?sig=s1g"].map(str::to_owned).to_vec();
    for header in ["x-odd: h1dden", "content-type: application/json", "authorization: Bearer s3cret"] {
        assert!(first.contains(&header.to_owned()), "{first:?}");
    }
    first.retain(|argument| !argument.contains(": ") && argument != "-H");
    expected.extend(["--data-raw".to_owned(), String::from_utf8(lab.seen()[0].body.to_vec())?]);
    first.push(String::from_utf8(lab.seen()[0].body.to_vec())?);
    first.dedup();
    assert_eq!(first, expected);
    let second = arguments(&commands[1], &[("MLHUB_PASSWORD", "pa+ss")])?;
    assert_eq!(second.last().map(String::as_str), Some("password=pa+ss&username=me"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_command_for_others_names_another_server_and_is_easy_to_read() -> Checked {
    let (tape, _guard) = record("mlhub::curl=trace");
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    let pipeline = builder(&lab).token("s3cret").with(|o| o.curl_for("http://localhost:8077/")).build()?;
    let body = serde_json::json!({"points": [{"b": 2, "a": "it's"}], "api_key": "k3y"});
    RawCall::of(pipeline.clone(), &NEVER).body(body.clone()).query("q", "a b").send::<u8>().await?;
    RawCall::of(pipeline, &READ).send::<u8>().await?;
    let commands = tape.commands();
    let sent = arguments(&commands[0], &[("MLHUB_TOKEN", "s3cret"), ("MLHUB_API_KEY", "k3y")])?;
    // Neither the host nor what stands before each path there; the query is the call's.
    assert!(sent.contains(&"http://localhost:8077/things?q=a+b".to_owned()), "{sent:?}");
    assert!(!commands.join("\n").contains("hub.test") && !commands.join("\n").contains("k3y"), "{commands:?}");
    let shown = sent.last().map(String::as_str);
    let expected =
        "{\n  \"api_key\": \"k3y\",\n  \"points\": [\n    {\n      \"a\": \"it's\",\n      \"b\": 2\n    }\n  ]\n}";
    assert_eq!(shown, Some(expected));
    assert_eq!(serde_json::from_str::<serde_json::Value>(expected)?, body);
    // A read has no body, and its command none either.
    assert!(!commands[1].contains("--data"), "{}", commands[1]);
    Ok(())
}
