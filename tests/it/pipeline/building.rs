//! A client that is put together wrongly is refused, with the setting's name.

use std::time::Duration;

use mlhub::pipeline::{Pipeline, Tls};
use mlhub::{Builder, ErrorKind, Retry};

use crate::support::{Checked, failure};

fn start() -> Builder<Pipeline> {
    Builder::new("http://hub.test", |pipeline: Pipeline| pipeline)
}

#[test]
fn mistakes_are_named() -> Checked {
    for (builder, why) in [
        (start().ca_pem("no certificate"), "certificate"),
        (start().ca_file("/nowhere/ca.pem"), "/nowhere/ca.pem cannot be read"),
        (start().proxy("::"), "proxy's address"),
        (start().timeout(Duration::ZERO), "time limit of zero"),
        (start().deadline(Duration::ZERO), "time limit of zero"),
        (start().header("a b", "c"), "\"a b\""),
        (start().user_agent("a\nb"), "\"user-agent\""),
        (start().basic("a:b", "c"), "user name with a colon"),
        (start().node("nowhere"), "is not a URL"),
        (start().tls(Tls::default().danger_trust_anybody()), "no server's address begins with https://"),
        (start().with(|o| o.accept_status([1000])), "1000 is not an HTTP status"),
    ] {
        let error = failure(builder.build()).map_err(|what| format!("{what}: {why}"))?;
        assert!(matches!(error.kind(), ErrorKind::Config | ErrorKind::Request), "{error:?}");
        assert!(error.to_string().contains(why), "{why}: {error}");
    }
    Ok(())
}

#[test]
fn settings_that_make_sense_build() -> Checked {
    let pipeline = start()
        .node("https://other.test/prefix/")
        .timeout(Duration::from_secs(20))
        .deadline(Duration::from_secs(120))
        .retry(Retry::default().max_attempts(4).on_timeout(true))
        .connect_timeout(Duration::from_secs(1))
        .proxy("http://127.0.0.1:3128")
        .user_agent("mine/1")
        .token("t")
        .build()?;
    assert!(format!("{pipeline:?}").contains("[http://hub.test, https://other.test/prefix]"), "{pipeline:?}");
    Ok(())
}
