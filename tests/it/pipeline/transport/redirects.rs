//! A redirect is followed within one server, whatever transport it comes from.

use mlhub::ErrorKind;
use mlhub::op::{Op, RetryClass};
use mlhub::testing::{Lab, Reply};

use crate::support::{Checked, READ, SAFE, builder, call, client, failure, op};

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
    let lab = Lab::new();
    lab.then(Reply::status(303).header("location", "/made/7")).then(Reply::json(&1));
    call(&client(&lab)?, &SAFE).await?;
    let second = &lab.seen()[1];
    assert_eq!((second.method.as_str(), second.path(), second.body.len()), ("GET", "/made/7", 0));
    assert_eq!(second.header("content-type"), None);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_change_is_sent_on_by_307_and_308_alone() -> Checked {
    for (status, method, followed) in [
        (301, "GET", true),
        (302, "GET", true),
        (301, "POST", false),
        (302, "POST", false),
        (302, "PUT", false),
        (301, "DELETE", false),
        (300, "POST", false),
        (307, "POST", true),
        (308, "DELETE", true),
    ] {
        let op: &'static Op = Box::leak(Box::new(Op { method: method.parse()?, ..op("change", RetryClass::Never) }));
        let lab = Lab::new();
        lab.then(Reply::status(status).header("location", "/prefix/moved?a=1")).then(Reply::json(&1));
        let result = call(&client(&lab)?, op).await;
        let seen: Vec<_> = lab.seen().iter().map(|seen| seen.method.to_string()).collect();
        if followed {
            assert!(result.is_ok(), "{status} {method}: {result:?}");
            assert_eq!(seen, [method, method], "{status}");
            continue;
        }
        let error = failure(result).map_err(|what| format!("{status} {method}: {what}"))?;
        assert_eq!((error.kind(), seen.len()), (ErrorKind::Status, 1), "{status} {method}");
        assert!(error.to_string().contains("/prefix/moved"), "{error}");
        assert!(!error.may_have_been_applied(), "{error}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_server_that_wants_https_is_told_by_its_address() -> Checked {
    for op in [&*READ, &*SAFE] {
        for (target, told) in [
            ("https://hub.test/prefix/things", "wants https: change its address to https://hub.test:443"),
            ("https://hub.test:8443/prefix/things", "change its address to https://hub.test:8443"),
            ("https://other.test/", "the credential would go to another server"),
        ] {
            let lab = Lab::new();
            lab.then(Reply::status(301).header("location", target));
            let error = failure(call(&builder(&lab).token("t").build()?, op).await)?;
            assert!(error.to_string().contains(told), "{error}");
            assert_eq!(lab.seen().len(), 1);
        }
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
