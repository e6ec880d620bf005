//! A result of 50 MiB, encrypted inside of a JSON reply: read into memory by the
//! client, and written on as it arrives.

use allocation_counter::measure;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream;
use mlhub::pipeline::{Body, Transport, TransportError};
use mlhub::vantage6::crypto::{Encryptor, Layout, PrivateKey, PublicKey};
use mlhub::vantage6::{Client, Results};

const SIZE: usize = 50 << 20;
/// About what a connection hands over at once.
const PIECE: usize = 64 * 1024;

/// A reply with an encrypted result of that size, made piece by piece: the whole is nowhere.
struct Reply {
    encryptor: Option<Encryptor>,
    left: usize,
}

impl Reply {
    fn body(key: &PublicKey, size: usize) -> Body {
        let reply = Reply { encryptor: Encryptor::new(Layout::Text, key).ok(), left: size };
        let begin = Bytes::from_static(br#"{"id": 7, "result": ""#);
        let pieces = stream::unfold(Some((Some(begin), reply)), |state| async {
            let (begin, mut reply) = state?;
            match begin {
                Some(begin) => Some((Ok(begin), Some((None, reply)))),
                None => reply.more().map(|piece| (Ok(piece), Some((None, reply)))),
            }
        });
        Body::stream(pieces)
    }

    /// Some more of it; nothing after its end.
    fn more(&mut self) -> Option<Bytes> {
        let mut out = Vec::new();
        let encryptor = self.encryptor.as_mut()?;
        let piece = self.left.min(PIECE);
        encryptor.push(&[b'7'; PIECE][..piece], &mut out).expect("encrypted");
        self.left -= piece;
        if self.left == 0 {
            self.encryptor.take()?.finish(&mut out);
            out.extend_from_slice(br#"", "run": {"id": 7}}"#);
        }
        Some(out.into())
    }
}

/// A hub with one task, whose one run has that result.
#[derive(Debug)]
struct Hub(PublicKey);

impl Transport for Hub {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>, TransportError>> {
        let reply = match request.uri().path() {
            "/hq/result/7" => Reply::body(&self.0, SIZE),
            "/hq/blobstream/status" => Body::from(r#"{"blob_store_enabled": false}"#),
            "/hq/task/3/status" => Body::from(r#"{"status": "completed"}"#),
            "/hq/run" => Body::from(concat!(
                r#"{"data": [{"id": 7, "status": "completed", "blob_storage_used": false, "organization": "#,
                r#"{"id": 2, "link": "/hq/organization/2", "methods": []}}], "links": {}}"#
            )),
            other => panic!("nobody was to ask for {other}"),
        };
        Box::pin(async move { Ok(http::Response::new(reply)) })
    }
}

/// The most that is allocated at one time in a call of a client that has been used before.
fn most<T>(key: &PrivateKey, call: impl AsyncFnOnce(&Client) -> T) -> (u64, T) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let client = Client::builder("http://hub.test/hq").token("t").transport(Hub(key.public_key().clone())).build();
    let client = client.expect("a plain address");
    client.set_private_key(key.clone());
    runtime.block_on(client.has_blob_store()).expect("an answer");
    let mut value = None;
    let used = measure(|| value = Some(runtime.block_on(call(&client))));
    (used.bytes_max, value.expect("it was called"))
}

#[test]
fn a_large_result_takes_little_more_than_itself_and_nearly_nothing_on_its_way_to_a_file() {
    let key = PrivateKey::generate().expect("a key");
    let (in_memory, results): (u64, Results) = most(&key, async |client| client.results(3).await.expect("results"));
    let row = results.rows.first().and_then(|row| row.bytes.as_ref()).expect("a result");
    assert!(row.len() == SIZE && row.iter().all(|byte| *byte == b'7'), "{} bytes", row.len());
    let file = tempfile::tempfile().expect("a file");
    let (to_a_file, written) = most(&key, async |client| client.write_result(7, &file).await.expect("a result"));
    assert_eq!(written, SIZE as u64);
    println!("{SIZE} bytes: {in_memory} at most in memory, {to_a_file} on the way to a file");
    assert!(in_memory as f64 <= 2.5 * SIZE as f64, "{in_memory}");
    assert!(to_a_file > 0 && to_a_file <= 16 << 20, "{to_a_file}");
}
