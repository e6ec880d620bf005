//! Each trouble with TLS has words of its own, and none is tried again.

use std::net::SocketAddr;

use mlhub::loudml::Client;
use mlhub::pipeline::Tls;
use mlhub::{Builder, ErrorKind};
use rcgen::KeyPair;

use crate::pipeline::transport::certificates::Authority;
use crate::pipeline::transport::server::secure;
use crate::support::{Checked, failure};

fn to(address: SocketAddr) -> Builder<Client> {
    Client::builder(format!("https://localhost:{}", address.port()))
}

#[tokio::test]
async fn each_trouble_has_words_of_its_own() -> Checked {
    let (ours, other) = (Authority::new()?, Authority::new()?);
    let good = secure(&ours.server("localhost")?, None).await?.0;
    let expired = secure(&ours.expired("localhost")?, None).await?.0;
    let elsewhere = secure(&ours.server("other.test")?, None).await?.0;
    let strict = secure(&ours.server("localhost")?, Some(&ours)).await?.0;
    let get = async |client: Builder<Client>| {
        let loud = client.build()?;
        loud.raw(http::Method::GET, "/models").idempotent().send::<u8>().await
    };
    let trusting = |address| to(address).ca_pem(ours.pem.clone());
    assert_eq!(get(trusting(good)).await?, 1);
    let pair = ours.client(KeyPair::generate()?)?;
    let tls = Tls::default().root_bytes(ours.pem.clone()).identity_bytes(format!("{}{}", pair.certificate, pair.key));
    assert_eq!(get(to(strict).tls(tls)).await?, 1);
    let mut all = Vec::new();
    for (client, words) in [
        (to(good), "signed by an authority that is not trusted here"),
        (to(good).ca_pem(other.pem.clone()), "signed by an authority that is not trusted here"),
        (trusting(expired), "has expired"),
        (trusting(elsewhere), "for another name than the one in its address"),
        (trusting(strict), "asks for a client certificate, and none is set"),
    ] {
        let error = failure(get(client).await)?;
        assert!(error.to_string().contains(words), "{words}: {error}");
        // There, 11 s pass until a caller hears of it.
        assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Connect, 1), "{error:?}");
        assert!(!error.is_retryable() && !error.may_have_been_applied());
        all.push(words);
    }
    all.dedup();
    assert_eq!(all.len(), 4, "each its own");
    Ok(())
}
