//! What tests do to a server: end it and start it again, and ask for what its
//! identity provider has of its own.

use serde_json::{Value, json};

use crate::hq::{Hq, serve};
use crate::peer;

impl Hq {
    /// Ends the server, and starts it again at the same address over the same data.
    pub(crate) fn restart(&self, while_away: impl FnOnce()) {
        let mut server = self.server.lock().expect("no test panics here");
        server.kill().and_then(|()| server.wait()).expect("it ends");
        while_away();
        let port = self.url.trim_end_matches("/hq").rsplit(':').next().expect("a port").to_owned();
        (*server, _) = serve(&self.folder, &self.auth, &port, 0);
    }

    /// A helper of the identity provider; see `identity.py`.
    pub(crate) fn identity(&self, helper: &str) -> Value {
        let url = format!("{}/test/{helper}", self.auth);
        let reply = peer::order(json!({"do": "call", "method": "GET", "url": url}));
        assert_eq!(reply["status"], 200, "{helper}: {reply}");
        reply["body"].clone()
    }
}
