//! What stands beside HQ: a stand-in for a store of large values, and nodes that
//! are connected.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::federation::Member;
use crate::hq::{Hq, ready};
use crate::stand;

/// An HQ with a store for large values; one for all tests.
pub(crate) fn with_store() -> Option<&'static Hq> {
    static SHARED: LazyLock<Hq> = LazyLock::new(|| {
        Hq::over(0, |folder| {
            let (blobs, port) = ready(&mut stand::script("blobs.py", &[]), folder, "blobs");
            let (account, key) = ("interop", STANDARD.encode("of-tests-alone"));
            let address = format!("http://127.0.0.1:{port}/{account}");
            let words = format!("AccountName={account};AccountKey={key};BlobEndpoint={address}");
            (vec![blobs], json!({"container_name": "large", "connection_string": words}))
        })
    });
    stand::is_there().then(|| &*SHARED)
}

impl Hq {
    /// What a peer is told to connect that node by a web socket, until it is told to kill what it runs.
    pub(crate) fn connected(&self, member: &Member) -> Value {
        let node = json!({"name": member.node, "secret": member.secret});
        json!({"do": "socket", "api": self.url, "auth": self.auth, "node": node})
    }
}
