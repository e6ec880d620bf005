//! A redirect is followed within one server, whatever transport it comes from.

use mlhub::ErrorKind;
use mlhub::testing::{Lab, Reply};

use crate::support::{Checked, READ, SAFE, builder, call, client, failure};

#[tokio::test(start_paused = true)]
async fn a_path_on_the_same_server_is_taken_with_everything_that_belongs_to_the_call() -> Checked {
    for target in ["/prefix/things/", "things/", "http://hub.test/prefix/things/", "//hub.test:80/prefix/things/"] {
        let lab = Lab::new();
        lab.then(Reply::status(307).header("location", target)).then(Reply::json(&1));
        call(&builder(&lab).token("t").build()?, &SAFE).await?;
        let seen = lab.seen();
        assert_eq!(seen[1].url, "http://hub.test/prefix/things/", "{target}");
        assert_eq!((seen[1].method.as_str(), &*seen[1].body), ("POST", &b"{\"n\":1}"[..]));
        assert_eq!(seen[1].header("authorization"), Some("Bearer t"));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn another_server_or_scheme_or_port_is_not() -> Checked {
    for target in ["https://hub.test/prefix/things", "http://hub.test:8080/", "http://evil.test/", "//evil.test/", "x:"]
    {
        let lab = Lab::new();
        lab.then(Reply::status(302).header("location", target));
        let error = failure(call(&client(&lab)?, &READ).await)?;
        assert_eq!(error.kind(), ErrorKind::Status, "{target}");
        assert_eq!(lab.seen().len(), 1, "{target}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn see_other_is_read_and_not_sent_again() -> Checked {
    for status in [301, 302, 303] {
        let lab = Lab::new();
        lab.then(Reply::status(status).header("location", "/made/7")).then(Reply::json(&1));
        call(&client(&lab)?, &SAFE).await?;
        let second = &lab.seen()[1];
        assert_eq!((second.method.as_str(), second.path(), second.body.len()), ("GET", "/made/7", 0));
        assert_eq!(second.header("content-type"), None);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_circle_ends_as_an_error_of_one_attempt() -> Checked {
    let lab = Lab::new();
    lab.rule(|_| Some(Reply::status(307).header("location", "/prefix/things")));
    let error = failure(call(&client(&lab)?, &READ).await)?;
    assert_eq!((error.kind(), error.attempts().len(), lab.seen().len()), (ErrorKind::Status, 1, 6));
    Ok(())
}
