//! What lives on one server is asked for there only.

use mlhub::testing::Reply;
use mlhub::{ErrorKind, RawCall};

use super::site::Site;
use crate::support::{Checked, READ, call, failure, seconds};

#[tokio::test(start_paused = true)]
async fn a_pinned_call_stays() -> Checked {
    let site = Site::new();
    site.set("b", Reply::status(503));
    let pinned = site.pipeline(3).build()?.with(|o| o.pin("http://b.test"));
    failure(call(&pinned, &READ).await)?;
    assert_eq!(site.arrivals(), ["b", "b", "b"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_pinned_call_goes_to_its_server_although_that_one_is_in_cooldown() -> Checked {
    let site = Site::new();
    site.set("b", Reply::no_connection());
    let pipeline = site.pipeline(2).build()?;
    for _ in 0..2 {
        call(&pipeline, &READ).await?;
    }
    site.heal("b");
    site.arrivals();
    assert_eq!(call(&pipeline.with(|o| o.pin("http://b.test")), &READ).await?, "b");
    assert_eq!(site.arrivals(), ["b"]);
    // Its answer counts for all.
    for _ in 0..2 {
        call(&pipeline, &READ).await?;
    }
    assert!(site.arrivals().contains(&"b".to_owned()));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_pinned_call_says_that_it_could_go_nowhere_else() -> Checked {
    for (reply, kind) in [
        (Reply::no_connection(), ErrorKind::Connect),
        (Reply::hang(), ErrorKind::Timeout),
        (Reply::reset(), ErrorKind::Transport),
        (Reply::status(503), ErrorKind::Server),
    ] {
        let site = Site::new();
        site.set("b", reply);
        let pipeline = site.pipeline(3).build()?;
        let error = failure(call(&pipeline.with(|o| o.pin("http://b.test/")), &READ).await)?;
        assert_eq!(error.kind(), kind);
        assert!(error.detail().contains("pinned to that server"), "{error}");
        assert!(error.attempts().iter().all(|attempt| attempt.node == "http://b.test"));
    }
    let site = Site::new();
    site.set("b", Reply::status(404));
    let error = failure(call(&site.pipeline(3).build()?.with(|o| o.pin("http://b.test")), &READ).await)?;
    assert!(!error.detail().contains("pinned"), "the server lives: {error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_foreign_pin_is_refused_and_nothing_sent() -> Checked {
    let site = Site::new();
    for nodes in [1, 3] {
        let pipeline = site.pipeline(nodes).build()?;
        let error = failure(call(&pipeline.with(|o| o.pin("http://x.test")), &READ).await)?;
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(error.detail().contains("none of the client's servers"), "{error}");
    }
    let pipeline = site.pipeline(1).build()?;
    let error = failure(call(&pipeline.with(|o| o.pin("a.test")), &READ).await)?;
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(error.detail().contains("pinned to no server") && error.detail().contains("is not a URL"), "{error}");
    let error = failure(call(&pipeline.with(|o| o.pin("http://me:s3cret@x.test")), &READ).await)?;
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    assert!(site.arrivals().is_empty());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_reply_knows_which_server_it_came_from() -> Checked {
    let site = Site::new();
    site.set("a", Reply::no_connection());
    let pipeline = site.pipeline(3).build()?;
    let (name, node): (String, _) = RawCall::of(pipeline.clone(), &READ).send_with_node().await?;
    assert_eq!(node.base(), format!("http://{name}.test"));
    assert_ne!(name, "a");
    let pinned = pipeline.with(|o| o.pin(format!("{}:80/", node.base())));
    for _ in 0..3 {
        assert_eq!(call(&pinned, &READ).await?, name.as_str());
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_pinned_call_may_be_the_probe() -> Checked {
    let site = Site::new();
    site.set("a", Reply::no_connection());
    let pipeline = site.pipeline(2).build()?;
    call(&pipeline, &READ).await?;
    site.pass(seconds(1)).await;
    site.set("a", Reply::json("a").after(seconds(5)));
    site.arrivals();
    let pinned = pipeline.with(|o| o.pin("http://a.test"));
    let (pinned, other) = futures::future::join(call(&pinned, &READ), call(&pipeline, &READ)).await;
    assert_eq!((pinned?, other?), ("a".into(), "b".into()));
    Ok(())
}
