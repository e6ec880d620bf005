//! What the pipeline does to a request of generated code.

use std::sync::LazyLock;

use mlhub::__private::{self, reqwest};
use mlhub::op::{BodyKind, Op, Param, ParamLocation, RetryClass, Wire};
use mlhub::testing::{Lab, Reply};
use mlhub::{Error, ErrorKind, RawCall};
use serde_json::{Value, json};

use crate::support::{Checked, READ, SAFE, client, failure, op, param};

static NAMED: LazyLock<Op> = LazyLock::new(|| Op {
    method: http::Method::GET,
    path: "/a/{id}/b",
    body: BodyKind::None,
    ..op("named", RetryClass::Safe)
});
static LATER: LazyLock<Op> = LazyLock::new(|| Op {
    path: "/models/{names}/_eval_later",
    wire: Some(Wire {
        path: Some("/models/{names}/_eval"),
        query: &[("bg", "true")],
        client_defaults: &[],
        with: &[("fields", "include_fields", "true")],
        service: None,
    }),
    ..op("later", RetryClass::Never)
});

/// Sends a request as generated code does.
async fn generated(lab: &Lab, op: &'static Op, path: &str) -> Result<Value, Error> {
    let pipeline = client(lab)?;
    let request = pipeline.requests().request(op.method.clone(), format!("{}{path}", __private::PLACEHOLDER));
    let request = request.header("api-version", "1.0").build().map_err(__private::RawError::CommunicationError)?;
    pipeline.exec(request, op).await?.decode().await
}

#[tokio::test(start_paused = true)]
async fn the_node_takes_the_place_of_the_placeholder() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"a": 1})));
    assert_eq!(generated(&lab, &NAMED, "/a/x%2Fy/b?q=%20").await?, json!({"a": 1}));
    let seen = &lab.seen()[0];
    assert_eq!(seen.url, "http://hub.test/prefix/a/x%2Fy/b?q=%20");
    assert_eq!(seen.header("api-version"), None);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn path_values_that_address_something_else_are_refused() -> Checked {
    let lab = Lab::new();
    for path in ["/a//b", "/a/../b", "/a/./b", "/a/%2e%2e/b", "/a/x/../../b", "/b"] {
        let error = failure(generated(&lab, &NAMED, path).await)?;
        assert_eq!(error.kind(), ErrorKind::Request, "{path}");
        assert_eq!(error.operation(), Some("named"));
    }
    for value in ["", ".", ".."] {
        let call = RawCall::of(client(&lab)?, &PATHED).arg("id", value);
        assert_eq!(failure(call.bytes().await)?.kind(), ErrorKind::Request, "{value:?}");
    }
    assert!(lab.seen().is_empty());
    Ok(())
}

const ID: &[Param] = &[Param { required: true, ..param("id", ParamLocation::Path) }];
static PATHED: LazyLock<Op> = LazyLock::new(|| Op {
    method: http::Method::GET,
    path: "/a/{id}",
    params: ID,
    body: BodyKind::None,
    ..op("pathed", RetryClass::Safe)
});

#[tokio::test(start_paused = true)]
async fn the_wire_form_replaces_the_documented_one() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    generated(&lab, &LATER, "/models/m1;m2/_eval_later?from=now").await?;
    assert_eq!(lab.seen()[0].url, "http://hub.test/prefix/models/m1;m2/_eval?from=now&bg=true");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_error_comes_out_of_generated_code_whole() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(404).with_json(&json!({"detail": "no such thing"})).header("x-request-id", "r1"));
    let error = failure(generated(&lab, &NAMED, "/a/7/b").await)?;
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.status(), Some(http::StatusCode::NOT_FOUND));
    assert_eq!(error.message(), Some("no such thing"));
    assert_eq!(error.request_id(), Some("r1"));
    assert_eq!(error.url_template(), Some("/a/{id}/b"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_streamed_request_body_is_sent_once() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::status(503));
    let pipeline = client(&lab)?;
    let pieces = futures::stream::iter([Ok::<_, std::io::Error>("ab"), Ok("cd")]);
    let request = reqwest::Client::new().post(format!("{}/things", __private::PLACEHOLDER));
    let request = request.body(reqwest::Body::wrap_stream(pieces)).build()?;
    let error = pipeline.exec(request, &SAFE).await.err().expect("refused for now");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    assert_eq!(lab.seen().len(), 1);
    assert_eq!(lab.seen()[0].body, "abcd");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn arguments_go_where_the_document_has_them() -> Checked {
    const EVERYWHERE: &[Param] = &[
        Param { required: true, ..param("id", ParamLocation::Path) },
        Param { join: Some(";"), ..param("names", ParamLocation::Path) },
        Param { list: true, ..param("tag", ParamLocation::Query) },
        Param { list: true, join: Some(","), ..param("fields", ParamLocation::Query) },
        param("x-mode", ParamLocation::Header),
        param("name", ParamLocation::Body),
    ];
    static ALL: LazyLock<Op> = LazyLock::new(|| Op {
        method: http::Method::PUT,
        path: "/a/{id}/{names}",
        params: EVERYWHERE,
        ..op("all", RetryClass::Safe)
    });
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    let call = RawCall::of(client(&lab)?, &ALL)
        .arg("id", "a/b c")
        .arg("names", json!(["x", "y;z"]))
        .arg("tag", json!(["t1", 2]))
        .arg("fields", json!(["f", "g"]))
        .arg("x-mode", "fast")
        .arg("name", "n")
        .arg("unknown", json!({"deep": 1}));
    call.send::<u8>().await?;
    let seen = &lab.seen()[0];
    assert_eq!(seen.url, "http://hub.test/prefix/a/a%2Fb%20c/x;y%3Bz?tag=t1&tag=2&fields=f%2Cg");
    assert_eq!(seen.header("x-mode"), Some("fast"));
    assert_eq!(seen.json(), json!({"name": "n", "unknown": {"deep": 1}}));
    let missing = failure(RawCall::of(client(&lab)?, &ALL).bytes().await)?;
    assert!(missing.to_string().contains("needs the parameter \"id\""), "{missing}");
    let unknown = failure(RawCall::of(client(&lab)?, &READ).arg("nope", 1).bytes().await)?;
    assert!(unknown.to_string().contains("\"nope\""), "{unknown}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn truth_is_written_as_the_server_reads_it() -> Checked {
    use mlhub::op::Flag;
    const FLAGS: &[Param] = &[
        Param { flag: Some(Flag::Numeric), ..param("bit", ParamLocation::Query) },
        Param { flag: Some(Flag::Presence), ..param("set", ParamLocation::Query) },
        param("word", ParamLocation::Query),
    ];
    static FLAGGED: LazyLock<Op> = LazyLock::new(|| Op {
        method: http::Method::GET,
        params: FLAGS,
        body: BodyKind::None,
        ..op("flagged", RetryClass::Safe)
    });
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    for truth in [true, false] {
        let call = RawCall::of(client(&lab)?, &FLAGGED).arg("bit", truth).arg("set", truth).arg("word", truth);
        call.send::<u8>().await?;
    }
    let asked: Vec<_> = lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    assert_eq!(asked, ["bit=1&set=1&word=true", "bit=0&word=false"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_fixed_pair_gives_way_to_one_of_the_call() -> Checked {
    static ORDERED: LazyLock<Op> = LazyLock::new(|| Op {
        method: http::Method::GET,
        params: &[],
        body: BodyKind::None,
        wire: Some(Wire { path: None, service: None, query: &[("sort", "id")], client_defaults: &[], with: &[] }),
        ..op("ordered", RetryClass::Safe)
    });
    let lab = Lab::new();
    lab.times(2, Reply::json(&1));
    RawCall::of(client(&lab)?, &ORDERED).query("page", 2).send::<u8>().await?;
    RawCall::of(client(&lab)?, &ORDERED).query("sort", "-name").send::<u8>().await?;
    let asked: Vec<_> = lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    assert_eq!(asked, ["page=2&sort=id", "sort=-name"]);
    Ok(())
}

#[tokio::test]
async fn what_a_client_usually_has_goes_where_a_call_names_nothing() -> Checked {
    static PLACED: LazyLock<Op> = LazyLock::new(|| Op {
        wire: Some(Wire {
            path: None,
            service: None,
            query: &[],
            client_defaults: &[("place_id", "place")],
            with: &[],
        }),
        ..op("placed", RetryClass::Safe)
    });
    let lab = Lab::new();
    lab.times(5, Reply::json(&1));
    let pipeline = client(&lab)?;
    let clone = pipeline.clone();
    let call = || RawCall::of(clone.clone(), &PLACED);
    call().send::<u8>().await?;
    pipeline.set_client_default("place", Some("7".to_owned()));
    call().send::<u8>().await?;
    call().query("place_id", 8).send::<u8>().await?;
    RawCall::of(pipeline.with(|o| o.without_client_defaults()), &PLACED).send::<u8>().await?;
    pipeline.set_client_default("place", None);
    call().send::<u8>().await?;
    let asked: Vec<_> = lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    assert_eq!(asked, ["", "place_id=7", "place_id=8", "", ""]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_form_is_a_form() -> Checked {
    static LOGIN: LazyLock<Op> = LazyLock::new(|| Op { body: BodyKind::Form, ..op("login", RetryClass::Never) });
    let lab = Lab::new();
    lab.then(Reply::json(&1));
    RawCall::of(client(&lab)?, &LOGIN).arg("username", "me@x").arg("password", "a b&c").send::<u8>().await?;
    let seen = &lab.seen()[0];
    assert_eq!(seen.body, "password=a+b%26c&username=me%40x");
    assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_raw_call_takes_the_same_pipeline_and_is_sent_once() -> Checked {
    static RAW: Op = Op::raw("lab", mlhub::op::AuthKind::Bearer, "detail");
    let lab = Lab::new();
    lab.then(Reply::status(503)).then(Reply::json(&2));
    let get = || RawCall::raw(client(&lab).ok()?, &RAW, http::Method::GET, "api/v1/x?a=%201").query("limit", 5).into();
    let call: Option<RawCall> = get();
    let error = failure(call.ok_or("no client")?.send::<u8>().await)?;
    assert_eq!((error.attempts().len(), error.operation()), (1, Some("raw")));
    let call: Option<RawCall> = get();
    assert_eq!(call.ok_or("no client")?.idempotent().send::<u8>().await?, 2);
    assert_eq!(lab.seen()[0].url, "http://hub.test/prefix/api/v1/x?a=+1&limit=5");
    Ok(())
}

/// A server's default that nobody would guess is said otherwise, unless the caller says it.
#[tokio::test(start_paused = true)]
async fn what_goes_with_a_parameter_is_sent_with_it_unless_it_is_set() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&json!(null))));
    for query in ["fields=a", "include_fields=false&fields=a", "other=fields"] {
        generated(&lab, &LATER, &format!("/models/m/_eval_later?{query}")).await?;
    }
    let queries: Vec<_> = lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    let expected =
        ["fields=a&bg=true&include_fields=true", "include_fields=false&fields=a&bg=true", "other=fields&bg=true"];
    assert_eq!(queries, expected);
    Ok(())
}

/// What the document knows about an answer stands in the error, behind the server's own words.
#[tokio::test(start_paused = true)]
async fn an_error_says_what_the_document_knows_about_that_answer() -> Checked {
    static HINTED: LazyLock<Op> =
        LazyLock::new(|| Op { hints: &[(404, "ask another")], ..op("hinted", RetryClass::Never) });
    let lab = Lab::new();
    lab.then(Reply::status(404).with_json(&json!("no such thing"))).then(Reply::status(400));
    let pipeline = client(&lab)?;
    let error = failure(RawCall::of(pipeline.clone(), &HINTED).send::<Value>().await)?;
    assert_eq!(error.hint(), Some("ask another"));
    assert!(error.to_string().contains("no such thing; ask another (POST"), "{error}");
    assert_eq!(failure(RawCall::of(pipeline, &HINTED).send::<Value>().await)?.hint(), None);
    Ok(())
}
