//! Which versions of HTTP are spoken.

use std::time::Duration;

use mlhub::Builder;
use mlhub::pipeline::{HttpVersions, Pipeline};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::support::{Checked, READ, call};

/// RFC 9113, section 3.4.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[tokio::test]
async fn what_is_said_first_tells_the_version() -> Checked {
    for (versions, first) in [
        (HttpVersions::Http2, PREFACE),
        (HttpVersions::Http1, b"GET /things HTTP/1.1\r\n"),
        (HttpVersions::Negotiated, b"GET /things HTTP/1.1\r\n"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let pipeline = Builder::new(format!("http://{}", listener.local_addr()?), |pipeline: Pipeline| pipeline)
            .http(|http| http.versions(versions))
            .timeout(Duration::from_secs(10))
            .build()?;
        let calling = tokio::spawn(async move { call(&pipeline, &READ).await.is_ok() });
        let mut said = vec![0; first.len()];
        listener.accept().await?.0.read_exact(&mut said).await?;
        assert_eq!(said, first, "{versions:?}");
        calling.abort();
    }
    Ok(())
}
