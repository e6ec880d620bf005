//! Addresses as RFC 1738 and its followers have them.

use mlhub::Builder;
use mlhub::pipeline::Pipeline;
use mlhub::testing::{Lab, Reply};
use tokio::net::TcpListener;

use super::server::answer;
use crate::support::{Checked, READ, call};

#[tokio::test(start_paused = true)]
async fn user_and_password_are_decoded_and_taken_out_and_the_rest_stays() -> Checked {
    for (address, sent_to, credential) in [
        ("http://u:p@h.test", "http://h.test/things", Some("Basic dTpw")),
        ("http://u@h.test", "http://h.test/things", Some("Basic dTo=")),
        ("http://u:@h.test", "http://h.test/things", Some("Basic dTo=")),
        // `a b` and `p@ss:/ü`, each character spelt out.
        ("http://a%20b:p%40ss%3A%2F%C3%BC@h.test", "http://h.test/things", Some("Basic YSBiOnBAc3M6L8O8")),
        ("https://u:p@[2001:db8::1]:8443/a/b/", "https://[2001:db8::1]:8443/a/b/things", Some("Basic dTpw")),
        ("http://[::1]", "http://[::1]/things", None),
        ("http://H.TEST:80/", "http://h.test/things", None),
        ("https://h.test:443/x%20y", "https://h.test/x%20y/things", None),
    ] {
        let lab = Lab::new();
        lab.then(Reply::json(&1));
        let builder = Builder::new(address, |pipeline: Pipeline| pipeline).transport(lab.clone()).clock(lab.clock());
        let pipeline = builder.build()?;
        call(&pipeline, &READ).await?;
        let seen = &lab.seen()[0];
        assert_eq!((seen.url.as_str(), seen.header("authorization")), (sent_to, credential), "{address}");
        let printed = format!("{pipeline:?}");
        assert!(!printed.contains("p%40") && !printed.contains("u:p"), "{printed}");
    }
    Ok(())
}

#[test]
fn a_password_that_ends_the_name_of_the_server_is_refused_and_not_printed() {
    for (address, why) in [
        ("http://u:1/hunter@h.test/x", "percent-encoded"),
        ("http://u:1\\hunter@h.test", "percent-encoded"),
        ("http://u:hunter/2@h.test", "is not a URL"),
        ("http://u:1?hunter@h.test", "query or a fragment"),
        ("http://u:1#hunter@h.test", "query or a fragment"),
    ] {
        let error = Builder::new(address, |pipeline: Pipeline| pipeline).build().expect_err("no such server");
        let said = format!("{error} {error:?}");
        assert!(said.contains(why) && !said.contains("hunter"), "{address}: {said}");
    }
}

#[tokio::test]
async fn an_address_of_ip_version_six_is_reached() -> Checked {
    // A machine without that version cannot show it.
    let Ok(listener) = TcpListener::bind("[::1]:0").await else { return Ok(()) };
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await?;
        answer(socket, &Default::default()).await
    });
    let pipeline = Builder::new(format!("http://{address}"), |pipeline: Pipeline| pipeline).build()?;
    assert_eq!(call(&pipeline, &READ).await?, 1);
    Ok(())
}
