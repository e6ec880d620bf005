//! What names a server.

use mlhub::pipeline::Pipeline;
use mlhub::testing::{Lab, Reply};
use mlhub::{Builder, ErrorKind};

use crate::support::{Checked, READ, call, failure};

#[tokio::test(start_paused = true)]
async fn a_user_in_the_address_is_a_credential_of_that_node() -> Checked {
    let lab = Lab::new();
    lab.times(4, Reply::json(&1));
    let builder = || {
        Builder::new("http://me:p%40ss@a.test", |pipeline: Pipeline| pipeline).transport(lab.clone()).clock(lab.clock())
    };
    call(&builder().build()?, &READ).await?;
    call(&builder().token("t").build()?, &READ).await?;
    let seen = lab.seen();
    assert_eq!(seen[0].url, "http://a.test/things");
    assert_eq!(seen[0].header("authorization"), Some("Basic bWU6cEBzcw=="));
    assert_eq!(seen[1].header("authorization"), Some("Bearer t"));
    assert!(!format!("{:?}", builder().build()?).contains("p@ss"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_history_names_nodes_without_their_credentials() -> Checked {
    let lab = Lab::new();
    lab.times(2, Reply::status(503));
    let pipeline = Builder::new("http://me:p%40ss@a.test/x", |pipeline: Pipeline| pipeline)
        .node("https://you:s3cret@b.test:8443")
        .with(|o| o.retry(mlhub::Retry::default().max_attempts(2)))
        .transport(lab.clone())
        .clock(lab.clock())
        .build()?;
    let error = failure(call(&pipeline, &READ).await)?;
    let mut nodes: Vec<_> = error.attempts().iter().map(|attempt| attempt.node.as_str()).collect();
    nodes.sort_unstable();
    assert_eq!(nodes, ["http://a.test", "https://b.test:8443"]);
    let printed = format!("{error} {error:?} {:?}", pipeline.nodes());
    assert!(!printed.contains("p@ss") && !printed.contains("p%40ss") && !printed.contains("s3cret"), "{printed}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn addresses_that_are_none_are_refused_with_a_reason() -> Checked {
    for (url, why) in [
        ("", "is not a URL"),
        ("127.0.0.1:8008", "is not a URL"),
        ("hub.test", "is not a URL"),
        ("ftp://hub.test", "has to begin with http://"),
        ("localhost:8008", "has to begin with http://"),
        ("http://hub.test?x=1", "may not have a query"),
        ("http://", "is not a URL"),
    ] {
        let error = failure(Builder::new(url, |pipeline: Pipeline| pipeline).build())?;
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(why), "{url}: {error}");
    }
    Ok(())
}

#[test]
fn a_server_that_is_named_twice_counts_once() -> Checked {
    let pipeline = Builder::new("http://a.test/", |pipeline: Pipeline| pipeline)
        .node("http://A.test:80")
        .node("http://a.test/prefix")
        .build()?;
    let bases: Vec<_> = pipeline.nodes().iter().map(|node| node.base().to_owned()).collect();
    assert_eq!(bases, ["http://a.test", "http://a.test/prefix"]);
    Ok(())
}
