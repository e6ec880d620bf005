//! What the client does beyond single calls.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use futures::TryStreamExt;
use mlhub::clock::Clock;
use mlhub::loudml::{Client, Host, Hosts, Sniff, classic, types};
use mlhub::testing::{Lab, Reply};
use mlhub::{ErrorKind, TimeExpr};
use serde_json::json;

use crate::support::{Checked, failure, hear_all};

fn client(lab: &Lab) -> Client {
    Client::builder("a.test").lab(lab).build().expect("a plain address")
}

#[tokio::test(start_paused = true)]
async fn hosts_of_every_form_become_addresses() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&json!([]))));
    let mixed = [Host::from("plain"), Host::from("ported:9000"), ("pair", 9001).into(), Host::from("http://own:1/x")];
    let loud = Hosts::new(mixed).scheme("https").port(9443).builder().basic("user", "secret").lab(&lab).build()?;
    for _ in 0..4 {
        loud.models().list().send().await?;
    }
    let mut seen: Vec<_> = lab.seen().iter().map(|seen| seen.url.to_string()).collect();
    seen.sort();
    let expected = [
        "http://own:1/x/models",
        "https://pair:9001/models",
        "https://plain:9443/models",
        "https://ported:9000/models",
    ];
    assert_eq!(seen, expected);
    let credentials: Vec<_> = lab.seen().iter().map(|seen| seen.header("authorization").map(str::to_owned)).collect();
    assert!(credentials.iter().all(|said| said.as_deref() == Some("Basic dXNlcjpzZWNyZXQ=")), "{credentials:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_address_may_carry_user_and_password_or_a_user_alone() -> Checked {
    for (address, credential) in
        [("http://user:p%40ss@a.test", "Basic dXNlcjpwQHNz"), ("http://user@a.test", "Basic dXNlcjo=")]
    {
        let lab = Lab::new();
        lab.then(Reply::json(&json!({"version": "1.6.0"})));
        Client::builder(address).lab(&lab).build()?.info().await?;
        assert_eq!(lab.seen()[0].header("authorization"), Some(credential));
        assert_eq!(lab.seen()[0].url.to_string(), "http://a.test:8077/");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn no_and_cannot_tell_are_different_answers() -> Checked {
    let lab = Lab::new();
    lab.then(Reply::status(200)).then(Reply::status(404)).then(Reply::status(500));
    let client = client(&lab);
    assert!(client.models().exists(["m1", "m2"]).send().await?);
    assert!(!client.models().exists("nope").send().await?);
    assert_eq!(failure(client.models().exists("m1").send().await)?.kind(), ErrorKind::Server);
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::no_connection()));
    let client = Client::builder("a.test").with(|o| o.no_retry()).lab(&lab).build()?;
    assert_eq!(failure(client.models().exists("m1").send().await)?.kind(), ErrorKind::Connect);
    assert_eq!(failure(client.ping().await)?.kind(), ErrorKind::Connect);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_eleven_seconds_to_learn_that_nothing_listens() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::no_connection()));
    let error = failure(client(&lab).ping().await)?;
    assert_eq!(error.kind(), ErrorKind::Connect);
    let took = lab.clock().now();
    assert!(took < Duration::from_secs(3), "{took:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_foreign_version_is_a_warning_and_an_error_where_that_is_wanted() -> Checked {
    hear_all();
    for (version, known) in [("1.6.0", true), ("1.9", true), ("1.5.2", false), ("2.0.0", false)] {
        let lab = Lab::new();
        lab.rule(move |_| Some(Reply::json(&json!({"version": version, "tagline": "t", "host_id": "h"}))));
        let client = client(&lab);
        let heard = Heard::default();
        let info = {
            let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(heard.clone()));
            client.info().await?
        };
        assert_eq!(info.version, version);
        let warnings = heard.0.lock().expect("no panic").clone();
        assert_eq!(
            warnings.iter().any(|line| line.contains("made for 1.6 and later")),
            !known,
            "{version}: {warnings:?}"
        );
        assert_eq!(client.require_version().await.is_ok(), known, "{version}");
    }
    let lab = Lab::new();
    lab.then(Reply::json(&json!({"version": "2.0.0"})));
    let error = failure(client(&lab).require_version().await)?;
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("2.0.0") && error.to_string().contains("1.6"), "{error}");
    Ok(())
}

use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Keeps the text of warnings.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Text(String);
        impl tracing::field::Visit for Text {
            fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0 += &format!("{value:?} ");
            }
        }
        if *event.metadata().level() == tracing::Level::WARN {
            let mut text = Text(String::new());
            event.record(&mut text);
            self.0.lock().expect("no panic").push(text.0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn moments_go_out_as_the_server_reads_them() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(202).with_json(&json!("id"))));
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_221_000);
    let moments: [(TimeExpr, &str); 6] = [
        ("now+1h".into(), "from=now%2B1h"),
        (TimeExpr::ago(Duration::from_secs(600)), "from=now-600s"),
        (TimeExpr::ahead(Duration::from_secs(90)), "from=now%2B90s"),
        (1_795_221_000.into(), "from=1795221000"),
        (1_795_221_299.5.into(), "from=1795221299.5"),
        (then.into(), "from=2026-11-21T00%3A30%3A00Z"),
    ];
    for (moment, query) in moments {
        client(&lab).models().train("m1").from(moment).send().await?;
        assert_eq!(lab.seen().last().expect("a request").query(), query);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn fields_that_are_named_are_those_that_are_given() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::json(&json!([]))));
    let client = client(&lab);
    client.models().get(["m1"]).fields(["settings", "state"]).send().await?;
    client.models().get(["m1"]).fields("state").include_fields(false).send().await?;
    client.models().get(["m1"]).send().await?;
    let queries: Vec<_> = lab.seen().iter().map(|seen| seen.query().to_owned()).collect();
    assert_eq!(queries, ["fields=settings%3Bstate&include_fields=true", "fields=state&include_fields=false", ""]);
    Ok(())
}

/// The Python client's generator asks for page after page of what is not a list, for ever.
#[tokio::test(start_paused = true)]
async fn named_things_are_given_once_and_lists_end() -> Checked {
    let lab = Lab::new();
    let model = |name: String| json!({"settings": {"name": name, "type": "donut"}});
    lab.rule(move |seen| {
        let page = seen.query().split('&').find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).unwrap_or(0);
        let all: Vec<_> = (0..250).map(|n| model(format!("m{n:03}"))).collect();
        Some(Reply::json(&match seen.path() {
            "/models" => json!(all.chunks(100).nth(page).unwrap_or_default()),
            _ => json!([model("m1".to_owned())]),
        }))
    });
    let client = client(&lab);
    let models: Vec<_> = client.models().list().per_page(100u32).items().try_collect().await?;
    assert_eq!(models.len(), 250, "{:?}", lab.seen());
    let asked = lab.seen().len();
    assert!(asked <= 4, "{asked}");
    assert_eq!(client.models().get("m1").send().await?.len(), 1);
    assert_eq!(lab.seen().len(), asked + 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn points_are_written_in_lots_and_waited_for() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| {
        Some(match seen.method.as_str() {
            "POST" => Reply::status(202).with_json(&json!("w")),
            _ => Reply::json(&json!([{"id": "w", "state": "done", "end_timestamp": 1.5, "result": null}])),
        })
    });
    let start = SystemTime::UNIX_EPOCH + Duration::from_millis(1_500);
    let points =
        (0..25).map(|n| types::Point::at(start).field("foo", f64::from(n)).field("bad", f64::NAN).tag("host", "h1"));
    assert_eq!(client(&lab).write_points("b1", points, 10).await?, 25);
    let lots: Vec<_> = lab.seen().iter().filter(|seen| seen.method == "POST").map(|seen| seen.json()).collect();
    assert_eq!(lots.iter().map(|lot| lot.as_array().map_or(0, Vec::len)).collect::<Vec<_>>(), [10, 10, 5]);
    assert_eq!(lots[0][3], json!({"timestamp": 1.5, "foo": 3.0, "tags": {"host": "h1"}}));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_always_fails_says_so_and_names_the_way_round() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(500).with_json(&json!({"message": "Internal Server Error"}))));
    let client = client(&lab);
    let told = [
        (failure(client.buckets().update("b1").body(json!({})).send().await)?, "make the bucket again"),
        (failure(client.models().top("m1").from("now-1h").to("now").send().await)?, "`flag_abnormal_data`"),
        (failure(client.hooks().test("m1", "h1").send().await)?, "evaluate data with an anomaly"),
        (
            failure(client.models().forecast_now("m1").to("now").constraint("a:low:1").send().await)?,
            "compare the bounds",
        ),
        (failure(client.templates().create().name("t").body(json!({})).send().await)?, "delete it first"),
    ];
    for (error, way) in told {
        assert_eq!((error.kind(), error.message()), (ErrorKind::Server, Some("Internal Server Error")));
        assert!(error.hint().is_some_and(|hint| hint.contains(way)), "{error}");
        assert!(error.to_string().contains(way), "{error}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_version_of_a_model_is_searched_for_in_the_list() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| match seen.path() {
        "/models/m1/versions" => Some(Reply::json(&json!([{"version": {"name": "00", "active": true}}]))),
        _ => Some(Reply::status(404).with_json(&json!("Model (nope) not found"))),
    });
    let versions = client(&lab);
    let versions = versions.models().versions();
    assert!(versions.exists("m1", "00").await?);
    assert!(!versions.exists("m1", "01").await?);
    assert_eq!(failure(versions.exists("nope", "00").await)?.kind(), ErrorKind::NotFound);
    Ok(())
}

/// On this server a list names the one that was asked, by the address that it was asked under.
#[tokio::test(start_paused = true)]
async fn sniffing_adds_and_never_shrinks() -> Checked {
    let lab = Lab::new();
    lab.rule(|seen| {
        Some(Reply::json(&match seen.path() {
            "/models" => json!([]),
            _ => json!({"cluster_name": "loudml", "nodes": {"n1": {"roles": ["master", "compute"],
                "http": {"publish_address": "10.0.0.9:8077"}}, "n2": {"roles": ["master"],
                "http": {"publish_address": "10.0.0.8:8077"}}}}),
        }))
    });
    let loud =
        Client::builder("http://user:pw@10.0.0.1").node("http://user:pw@10.0.0.2").sniff(Sniff::on_start()).lab(&lab);
    let loud = loud.build()?;
    for _ in 0..6 {
        loud.models().list().send().await?;
    }
    let calls: Vec<_> = lab.seen().into_iter().filter(|seen| seen.path() == "/models").collect();
    let mut hosts: Vec<_> = calls.iter().map(|seen| seen.host().to_owned()).collect();
    hosts.sort();
    hosts.dedup();
    assert_eq!(hosts, ["10.0.0.1:8077", "10.0.0.2:8077", "10.0.0.9:8077"]);
    assert!(calls.iter().all(|seen| seen.header("authorization").is_some()), "credentials go along");
    Ok(())
}

#[test]
fn cooldowns_can_be_those_of_the_python_client() {
    assert_eq!(classic().to_string(), "60 s doubling to 1920 s");
}
