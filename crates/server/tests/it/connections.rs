//! Connections: whoever keeps the hub waiting is closed, and whoever is honest is answered meanwhile.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Hub, call};

/// A hub that waits for a fifth of a second, but for idle connections a minute.
async fn impatient() -> Hub {
    let short = Duration::from_millis(200);
    Hub::start_with(|settings| settings.with_header_timeout(short).with_body_timeout(short)).await
}

async fn connect(hub: &Hub, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(hub.url.strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream
}

/// What comes until the hub closes the connection.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    // A reset is an end as well.
    let _ = stream.read_to_string(&mut text).await;
    text
}

#[tokio::test]
async fn a_silent_connection_and_half_a_head_are_closed() {
    let hub = impatient().await;
    for begun in ["", "GET /he", "GET /health HTTP/1.1\r\nHost: x\r\nX-Half: "] {
        assert_eq!(rest(connect(&hub, begun).await).await, "", "{begun:?}");
    }
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_closed_as_well() {
    let hub = impatient().await;
    let mut stream = connect(&hub, "GET /health HTTP/1.1\r\n").await;
    let mut sent = 0;
    // Each byte waits for the one before to be on its way; the hub ends it long before the last.
    while stream.write_all(b"X-A: b\r\n").await.is_ok() {
        sent += 1;
        let waited = tokio::time::timeout(Duration::from_millis(20), stream.readable()).await;
        if waited.is_ok() {
            break;
        }
        assert!(sent < 1000, "it is still open");
    }
}

#[tokio::test]
async fn half_a_body_is_answered_with_408_and_closed() {
    let hub = impatient().await;
    let head = "POST /user/signup HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n";
    let reply = rest(connect(&hub, &format!("{head}{{\"email\"")).await).await;
    assert!(reply.starts_with("HTTP/1.1 408"), "{reply}");
    assert!(reply.contains("did not arrive within 0.2 s"), "{reply}");
    let chunked = "POST /auth/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";
    assert!(rest(connect(&hub, chunked).await).await.starts_with("HTTP/1.1 408"));
}

#[tokio::test]
async fn a_connection_between_two_requests_is_closed_when_it_is_idle_for_too_long_and_not_before() {
    let hub = Hub::start_with(|settings| settings.with_idle_timeout(Duration::from_millis(300))).await;
    let request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut stream = connect(&hub, request).await;
    for _ in 0..3 {
        let mut byte = [0; 1024];
        assert!(stream.read(&mut byte).await.unwrap() > 0);
        stream.write_all(request.as_bytes()).await.unwrap();
    }
    let answers = rest(stream).await;
    assert!(answers.starts_with("HTTP/1.1 200"), "{answers}");
}

#[tokio::test]
async fn where_all_places_are_taken_those_that_wait_make_room_for_whoever_comes() {
    let hub = Hub::start_with(|settings| settings.with_max_connections(10)).await;
    let ann = hub.user("ann@x.com").await;
    let mut silent = Vec::new();
    for begun in ["", "GET /", ""].iter().cycle().take(60) {
        silent.push(connect(&hub, begun).await);
        assert_eq!(ann.get("/auth/me").await.status, 200);
    }
    let body = json!({"covars": {"x": {"vtype": "cont", "min": 0, "max": 1, "guess": 0.5}}});
    assert_eq!(call(&hub.url, "POST", "/experiment/new").bearer(&ann.token).json(&body).send().await.status, 201);
    // Of sixty there were places for ten.
    for stream in silent.into_iter().take(50) {
        assert_eq!(rest(stream).await, "", "it is closed");
    }
}

#[tokio::test]
async fn a_head_without_end_is_refused_before_it_takes_memory() {
    let hub = Hub::start().await;
    let long = format!("GET /health HTTP/1.1\r\nHost: x\r\nX-Long: {}", "a".repeat(1 << 20));
    let mut stream = connect(&hub, "").await;
    let _ = stream.write_all(long.as_bytes()).await;
    let reply = rest(stream).await;
    assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 431"), "{reply}");
}
