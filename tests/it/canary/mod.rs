//! Secrets that sing wherever they are printed: none may be heard in any sink.

mod fuzzed;
mod panics;

use std::io::Write;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use mlhub::op::{AuthKind, BodyKind, Op, Param, ParamLocation, RetryClass};
use mlhub::pipeline::{Basic, Bearer, Body, Pipeline, Token, Transport, TransportError};
use mlhub::testing::{Lab, Reply, SeenRequest};
use mlhub::{Builder, RawCall, Secret};
use serde_json::json;

use crate::support::{Checked, builder, op, param};

/// Everything secret in these tests has this in it.
const CANARY: &str = "c4n4ry";

const ACCOUNT: &[Param] =
    &[param("username", ParamLocation::Body), Param { secret: true, ..param("password", ParamLocation::Body) }];

/// Operations of every kind that carries a secret.
fn operations() -> [Op; 3] {
    [
        Op { body: BodyKind::Form, params: ACCOUNT, ..op("login", RetryClass::Never) },
        Op { body: BodyKind::Params, auth: AuthKind::Body, ..op("params", RetryClass::Safe) },
        Op { method: http::Method::GET, body: BodyKind::None, ..op("read", RetryClass::Safe) },
    ]
}

/// Everything that is written to it.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        if let Ok(mut all) = self.0.lock() {
            all.extend_from_slice(text);
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn text(&self) -> String {
        self.0.lock().map(|all| String::from_utf8_lossy(&all).into_owned()).unwrap_or_default()
    }

    /// What it holds, which it then forgets.
    fn take(&self) -> String {
        let all = self.0.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default();
        String::from_utf8_lossy(&all).into_owned()
    }
}

/// All that this thread logs from now on.
fn listen() -> (Sink, tracing::subscriber::DefaultGuard) {
    crate::support::hear_all();
    let sink = Sink::default();
    let writer = sink.clone();
    let filter = tracing_subscriber::EnvFilter::new("trace,hyper=off");
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    (sink, tracing::subscriber::set_default(subscriber))
}

/// Every way in which a client can be given a secret.
fn clients(lab: &Lab, transport: impl Transport + Clone + 'static) -> Result<Vec<Pipeline>, mlhub::Error> {
    let token = format!("{CANARY}-token");
    let fetched = token.clone();
    let source = Bearer::from_source(move |_: Option<Token>| {
        let token = Token::new(fetched.clone()).with_refresh(format!("{CANARY}-refresh"));
        async move { Ok(token) }
    });
    let builder = || builder(lab).transport(transport.clone());
    let address = format!("http://me:{CANARY}-pw@hub.test/x");
    Ok(vec![
        builder().token(token.as_str()).build()?,
        builder().basic("me", format!("{CANARY}-pw")).build()?,
        builder().authenticate(source).build()?,
        builder().header("x-api-key", &token).build()?,
        Builder::new(address, |pipeline: Pipeline| pipeline).transport(transport.clone()).clock(lab.clock()).build()?,
    ])
}

/// What a service may do that makes a client talk.
fn replies() -> Vec<Option<Reply>> {
    let replies = [
        Reply::json(&json!({"access_token": format!("{CANARY}-fresh")})),
        Reply::status(422)
            .with_json(&json!({"detail": [{"loc": ["body"], "msg": "no", "input": format!("{CANARY}-pw")}]})),
        Reply::status(302).location(&format!("http://x/?token={CANARY}")),
        Reply::bytes(format!("\"{CANARY}-text\"")),
        Reply::no_connection(),
        Reply::reset(),
        Reply::hang(),
    ];
    replies.into_iter().map(Some).chain([None]).collect()
}

/// A server that refuses the credential and repeats all it was sent, as it was
/// sent and as people would read it.
fn echo(seen: &SeenRequest) -> Reply {
    let headers: Vec<_> = seen.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    let sensitive = ["authorization", "x-api-key", "x-extra"].map(|name| seen.header(name).unwrap_or_default());
    let basic = match sensitive[0].starts_with("Basic") {
        true => format!("{CANARY}-pw"),
        false => String::new(),
    };
    let body = String::from_utf8_lossy(&seen.body).into_owned();
    let all = format!("{headers:?} {sensitive:?} {basic} {} {body}", seen.url);
    Reply::status(401).with_json(&json!({"detail": all}))
}

#[tokio::test(start_paused = true)]
async fn no_sink_hears_them() -> Checked {
    let (sink, _guard) = listen();
    let mut printed = String::new();
    for operation in operations() {
        // One row for each operation, as long as the program lives.
        let operation: &'static Op = Box::leak(Box::new(operation));
        for reply in replies() {
            let lab = Lab::new();
            lab.rule(move |seen| Some(reply.clone().unwrap_or_else(|| echo(seen))));
            for pipeline in clients(&lab, lab.clone())? {
                let pipeline = pipeline.with(|o| o.curl_trace(true).header("x-extra", &format!("{CANARY}-header")));
                printed += &format!("{pipeline:?} {lab:?}");
                let mut call = RawCall::of(pipeline, operation).query("api_key", format!("{CANARY}-query"));
                if operation.body != BodyKind::None {
                    call = call.arg("username", "me").arg("password", format!("{CANARY}-pass"));
                }
                printed += &format!("{:?}", lab.seen().len());
                if let Err(error) = call.send::<Vec<u8>>().await {
                    printed += error.message().unwrap_or_default();
                    let mut cause: Option<&dyn std::error::Error> = Some(&error);
                    while let Some(one) = cause {
                        printed += &format!("{one} {one:?} {one:#?}\n");
                        cause = one.source();
                    }
                }
            }
        }
    }
    let log = sink.text();
    assert!(log.contains("mlhub::curl") && log.contains("mlhub.attempt"), "the log is silent");
    assert!(printed.contains("MLH-AUTH"), "nothing was printed");
    for (name, text) in [("log", &log), ("errors", &printed)] {
        let heard = text.find(CANARY).map(|at| text.get(at.saturating_sub(200)..(at + 60).min(text.len())));
        assert_eq!(heard, None, "in the {name}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_secret_header_of_generated_code_is_hidden_by_its_name() -> Checked {
    const VAULT: &[Param] = &[Param { secret: true, ..param("X-Vault", ParamLocation::Header) }];
    let (sink, _guard) = listen();
    let operation: &'static Op = Box::leak(Box::new(Op { params: VAULT, ..op("vault", RetryClass::Never) }));
    let lab = Lab::new();
    lab.rule(|seen| Some(Reply::status(400).with_json(&json!({"detail": seen.header("x-vault")}))));
    let pipeline = builder(&lab).with(|o| o.curl_trace(true)).build()?;
    // Generated code marks no header as sensitive.
    let request = pipeline.requests().post("http://mlhub.invalid/things").header("x-vault", CANARY).build()?;
    let error = pipeline.exec(request, operation).await.err().ok_or("was not refused")?;
    let log = sink.text();
    assert!(log.contains("x-vault: '\"$MLHUB_X_VAULT\""), "{log}");
    assert!(!log.contains(CANARY), "{log}");
    assert_eq!(error.message(), Some("***"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_types_that_hold_them_print_nothing() -> Checked {
    let secret = Secret::new(CANARY);
    let token = Token::new(CANARY).with_refresh(CANARY);
    let (bearer, basic) = (Bearer::fixed(CANARY)?, Basic::new("me", CANARY)?);
    let credential = mlhub::pipeline::Credential::bearer(&secret)?;
    let options = mlhub::Options::default().header("x", CANARY).extra("token", CANARY);
    let builder = Builder::new(format!("http://me:{CANARY}@hub.test"), |pipeline: Pipeline| pipeline).token(CANARY);
    let lab = Lab::new();
    let operation: &'static Op = Box::leak(Box::new(Op { params: ACCOUNT, ..op("login", RetryClass::Never) }));
    let call = RawCall::of(crate::support::client(&lab)?, operation)
        .query("api_key", CANARY)
        .query("page", CANARY)
        .header("x-extra", CANARY)
        .arg("username", CANARY)
        .arg("password", CANARY);
    let raw = RawCall::raw(crate::support::client(&lab)?, operation, http::Method::GET, &format!("/x?token={CANARY}"))
        .body(CANARY);
    let all = format!(
        "{call:?} {raw:?} {secret} {secret:?} {token:?} {bearer:?} {basic:?} {credential:?} {options:?} {builder:?}"
    );
    assert!(!all.contains(CANARY), "{all}");
    assert_eq!(serde_json::to_string(&secret)?, format!("\"{CANARY}\""));
    assert_eq!(serde_json::from_str::<Secret>(&format!("\"{CANARY}\""))?.expose(), CANARY);
    Ok(())
}

/// Breaks with the request in its hands, and says what it holds.
#[derive(Clone, Debug)]
struct Breaking;

impl Transport for Breaking {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move { panic!("broke over {request:?}") })
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_middle_of_a_call_prints_nothing() -> Checked {
    panics::listen();
    let mut text = String::new();
    let lab = Lab::new();
    let operation: &'static Op = Box::leak(Box::new(Op { params: ACCOUNT, ..op("login", RetryClass::Never) }));
    for pipeline in clients(&lab, Breaking)? {
        let call = RawCall::of(pipeline, operation).arg("username", "me").arg("password", format!("{CANARY}-pass"));
        let broken = tokio::spawn(call.send::<u8>()).await.err().ok_or("did not panic")?;
        assert!(broken.is_panic());
        text += &format!("{broken} {broken:?}");
    }
    text += &panics::heard();
    assert!(text.contains("broke over Request") && text.contains("authorization"), "{text}");
    assert!(!text.contains(CANARY), "{text}");
    Ok(())
}
