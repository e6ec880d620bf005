//! Scripted server on a port, and the program as it talks to it.

use mlhub::testing::{Lab, Port, Reply, SeenRequest};

use crate::support::{Home, Ran};

/// A server that answers by a rule, and keeps what it was asked.
pub(crate) struct LabServer {
    pub(crate) lab: Lab,
    port: Port,
}

impl LabServer {
    /// A server that answers like this.
    pub(crate) async fn start(rule: impl Fn(&SeenRequest) -> Option<Reply> + Send + Sync + 'static) -> LabServer {
        let lab = Lab::today();
        lab.rule(rule);
        let port = Port::open(&lab).await.unwrap();
        LabServer { lab, port }
    }

    /// One that answers everything alike.
    pub(crate) async fn always(reply: Reply) -> LabServer {
        LabServer::start(move |_| Some(reply.clone())).await
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        self.port.url()
    }

    /// A home that knows it as the server of a platform, and has a token for it.
    pub(crate) fn home(&self, platform: &str) -> Home {
        let name = |what: &str| format!("MLHUB_{}_{what}", platform.to_uppercase());
        Home::new().with(&name("URL"), &self.url()).with(&name("TOKEN"), "t")
    }

    /// The last request.
    pub(crate) fn last(&self) -> SeenRequest {
        self.lab.seen().pop().unwrap()
    }
}

/// Runs the program while servers of the test answer.
pub(crate) async fn run(home: Home, args: &[&str]) -> (Home, Ran) {
    let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
    let done = tokio::task::spawn_blocking(move || {
        let ran = home.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        (home, ran)
    });
    done.await.unwrap()
}
